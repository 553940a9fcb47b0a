"""What may become of a text at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """It may leave now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """It may not leave before ``until`` (UTC); ask again then."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """It may never leave."""

    reason: str


Verdict = Send | Hold | Cancel

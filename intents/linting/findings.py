"""What a look through training data finds."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error fails ``data validate``; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong. ``where`` is ``file:line``, the line to edit or to look at first."""

    kind: str
    severity: Severity
    message: str
    where: str

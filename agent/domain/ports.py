"""What the conversation needs from outside, as small protocols: clock and identifiers."""

import secrets
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests use one that stands still."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present time in UTC."""
        return datetime.now(UTC)


class Ids(Protocol):
    """Makes identifiers."""

    def new(self, prefix: str) -> str:
        """Return a new identifier such as ``msg_5f…``."""
        ...


class RandomIds:
    """96 random bits behind a prefix."""

    def new(self, prefix: str) -> str:
        """Return a new identifier."""
        return f"{prefix}_{secrets.token_hex(12)}"

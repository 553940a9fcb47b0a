"""How long a send waits before its next try."""

import zlib
from datetime import datetime, timedelta

from agent.brand import Brand
from agent.domain.messages import Message

LEAST_HOLD_S = 1.0
"""No wait is shorter, lest a try follow the last one at once."""
_JITTER = 0.25
"""Share of a wait that is added at most, so that what failed together is not tried together."""
_MORNING_SPREAD = timedelta(minutes=30)
"""What is put off to the next day does not leave all at once."""


def with_jitter(wait_s: float, message: Message, attempt: int = 0) -> float:
    """Return a wait that is a little longer, by another share for each message and try."""
    return max(LEAST_HOLD_S, wait_s) * (1 + _JITTER * _share(message, attempt))


def _share(message: Message, attempt: int) -> float:
    return zlib.crc32(f"{message.id}/{attempt}".encode()) / 2**32


def next_morning(brand: Brand, message: Message, now: datetime) -> datetime:
    """Return when the next day's quiet hours have ended where the brand is."""
    local = now.astimezone(brand.zone)
    ends = brand.quiet_hours.ends
    morning = datetime.combine(local.date() + timedelta(days=1), ends, brand.zone)
    return morning + _MORNING_SPREAD * _share(message, 0)

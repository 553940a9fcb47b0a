"""What a text of the brand's own accord is, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.consent import Purpose
from agent.domain.messages import Delivery, Message


class IfQuiet(StrEnum):
    """What becomes of a text that may not leave at its time: it waits, or it lapses."""

    WAIT = "wait"
    LAPSE = "lapse"


class OutboundState(StrEnum):
    """Where a proactive text stands. ``LAPSED``: its time was not allowed, or has passed."""

    QUEUED = "queued"
    WAITING = "waiting"
    SENT = "sent"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A text to send. ``id`` is the caller's own: the same one twice is sent once.

    ``topic`` is one of the brand's; without it the text may be about any of its purpose, and all
    of them must be wanted. ``send_at`` and ``lapses_at`` are aware times; without ``send_at`` it
    is due at once, without ``lapses_at`` it waits as long as it must.
    """

    to: str
    text: str
    purpose: Purpose
    topic: str = ""
    id: str | None = None
    if_quiet: IfQuiet = IfQuiet.WAIT
    send_at: datetime | None = None
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundReceipt:
    """What became of a text so far. ``not_before`` and ``reason`` tell of one that waits."""

    message: Message
    state: OutboundState
    duplicate: bool = False
    not_before: datetime | None = None
    reason: str = ""


def receipt_of(message: Message, *, duplicate: bool = False) -> OutboundReceipt:
    """Say where a stored proactive text stands."""
    state = _STATES.get(message.delivery or Delivery.PENDING, OutboundState.SENT)
    if state is OutboundState.CANCELLED and message.error.startswith("lapsed"):
        state = OutboundState.LAPSED
    waits = state is OutboundState.QUEUED and message.not_before is not None
    return OutboundReceipt(
        message=message,
        state=OutboundState.WAITING if waits else state,
        duplicate=duplicate,
        not_before=message.not_before if waits else None,
        reason=message.held_because if waits else message.error,
    )


_STATES = {
    Delivery.PENDING: OutboundState.QUEUED,
    Delivery.QUEUED: OutboundState.QUEUED,
    Delivery.CANCELLED: OutboundState.CANCELLED,
    Delivery.FAILED: OutboundState.FAILED,
    Delivery.UNDELIVERED: OutboundState.FAILED,
}

"""Messages in and out, and the delivery of those that leave."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.consent import Purpose
from agent.domain.ids import ConversationId, MessageId, TurnId


class Direction(StrEnum):
    """Seen from the brand: ``INBOUND`` comes from the customer."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Author(StrEnum):
    """Who wrote a message. ``AGENT`` is the software, ``REP`` a person of the brand."""

    CUSTOMER = "customer"
    AGENT = "agent"
    REP = "rep"


class Delivery(StrEnum):
    """Where an outbound message is on its way.

    ``UNKNOWN``: the provider was called and nobody knows whether it took the message.
    ``CANCELLED``: never left (the customer said STOP, or a person took over).
    """

    PENDING = "pending"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Delivery only moves forward: a status with a lower rank than the present one is late news.
_RANK = {
    Delivery.PENDING: 0,
    Delivery.QUEUED: 1,
    Delivery.SENDING: 2,
    Delivery.UNKNOWN: 3,
    Delivery.SENT: 4,
    Delivery.DELIVERED: 5,
    Delivery.UNDELIVERED: 5,
    Delivery.FAILED: 5,
    Delivery.CANCELLED: 5,
}

FINAL_DELIVERIES = frozenset(state for state, rank in _RANK.items() if rank == max(_RANK.values()))


def forward(present: Delivery, news: Delivery) -> Delivery:
    """Return the later of two delivery states; a final state never changes again."""
    if present in FINAL_DELIVERIES or _RANK[news] <= _RANK[present]:
        return present
    return news


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A customer's text as a channel hands it over, free of any provider's field names.

    ``provider_id`` is unique within ``provider``; ``sender`` is the customer's address and
    ``recipient`` the brand's, in E.164 where they are phone numbers.
    """

    provider: str
    provider_id: str
    channel: str
    sender: str
    recipient: str
    text: str
    received_at: datetime
    media: tuple[str, ...] = ()
    provider_handled: bool = False
    """The provider has itself answered this keyword (Twilio does for single-word STOP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A stored message."""

    id: MessageId
    conversation_id: ConversationId
    direction: Direction
    author: Author
    text: str
    created_at: datetime
    turn_id: TurnId | None = None
    delivery: Delivery | None = None
    encoding: str = ""
    segments: int = 0
    provider: str = ""
    provider_id: str = ""
    error: str = ""
    provider_handled: bool = False
    author_name: str = ""
    essential: bool = False
    attempts: int = 0
    media: tuple[str, ...] = ()
    """Links of pictures and other files that came, or go, with the text."""
    purpose: Purpose = Purpose.CONVERSATIONAL
    topic: str = ""
    proactive: bool = False
    """Sent of the brand's own accord: needs consent for its purpose, waits out quiet hours."""
    not_before: datetime | None = None
    lapses_at: datetime | None = None
    may_wait: bool = True
    held_because: str = ""

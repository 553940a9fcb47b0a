"""What the simulator's page is told, as JSON values."""

from dataclasses import dataclass
from datetime import datetime

from agent.brand import Brand
from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Author, Delivery, Direction, Message
from agent.store.unit_of_work import UnitOfWork
from api.simulator.suggestions import suggestions

CHANNEL, PROVIDER = "web", "simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """A seeded customer to pick. ``note`` introduces them."""

    address: str
    name: str
    tier: str
    note: str
    open_orders: int
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One text. ``delivery`` is None for the customer's own; ``at`` is aware."""

    id: MessageId
    direction: Direction
    author: Author
    author_name: str
    text: str
    at: datetime
    delivery: Delivery | None
    segments: int
    encoding: str
    turn_id: TurnId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """A thread; ``cursor`` is the last event already in it. Without one, the ids are None."""

    conversation_id: ConversationId | None
    status: ConversationStatus | None
    cursor: int
    messages: tuple[MessageView, ...]


def customer_views(uow: UnitOfWork) -> list[CustomerView]:
    """Return the seeded customers by name, those without one last."""
    known = sorted(uow.customers.demo(), key=lambda pair: (not pair[0].name, pair[0].name))
    return [
        CustomerView(
            address=customer.address,
            name=customer.name,
            tier=customer.tier,
            note=note,
            open_orders=customer.open_orders,
            suggestions=suggestions(customer),
        )
        for customer, note in known
    ]


def find_thread(uow: UnitOfWork, brand: Brand, address: str) -> Conversation | None:
    """Return the simulator's conversation with this address, or None."""
    return uow.conversations.find(
        channel=CHANNEL, customer_address=address, brand_address=brand.numbers[0]
    )


def thread_view(uow: UnitOfWork, brand: Brand, address: str) -> ThreadView:
    """Return the thread with this address, empty if there is none."""
    # Read first: news that come meanwhile are told twice rather than never.
    cursor = uow.live.last_event_id()
    conversation = find_thread(uow, brand, address)
    if conversation is None:
        return ThreadView(conversation_id=None, status=None, cursor=cursor, messages=())
    messages = uow.messages.thread(conversation.id)
    return ThreadView(
        conversation_id=conversation.id,
        status=conversation.status,
        cursor=cursor,
        messages=tuple(_message(message) for message in messages),
    )


def _message(message: Message) -> MessageView:
    return MessageView(
        id=message.id,
        direction=message.direction,
        author=message.author,
        author_name=message.author_name,
        text=message.text,
        at=message.created_at,
        delivery=message.delivery,
        segments=message.segments,
        encoding=message.encoding,
        turn_id=message.turn_id,
    )

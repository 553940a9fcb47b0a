"""What a visitor is told: what has arrived, and nothing of how it was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.brand import Brand
from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId, MessageId
from agent.domain.messages import Author, Delivery, Direction, Message
from agent.store.repositories.live import News
from agent.store.unit_of_work import UnitOfWork
from agent.wiring.services import Services
from api.pages.live import ReadNews
from api.simulator.views import find_thread

_ON_ITS_WAY = frozenset({Delivery.PENDING, Delivery.QUEUED, Delivery.SENDING})
_ARRIVED = frozenset({Delivery.SENT, Delivery.DELIVERED})
_TOLD = frozenset({"message", "delivery", "status", "typing"})
"""Kinds of news that concern a visitor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One text as the page draws it. ``author_name`` is a person's, else empty."""

    id: MessageId
    direction: Direction
    author: Author
    author_name: str
    text: str
    at: datetime
    delivery: Delivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatView:
    """A visitor's thread. ``cursor``: the last event in it; ``expecting``: a text is on its way."""

    status: ConversationStatus | None
    cursor: int
    expecting: bool
    messages: tuple[ChatMessage, ...]


def chat_view(uow: UnitOfWork, brand: Brand, address: str) -> ChatView:
    """Return a visitor's thread, empty if there is none."""
    # Read first: news that come meanwhile are told twice rather than never.
    cursor = uow.live.last_event_id()
    conversation = find_thread(uow, brand, address)
    if conversation is None:
        return ChatView(status=None, cursor=cursor, expecting=False, messages=())
    thread = uow.messages.thread(conversation.id)
    return ChatView(
        status=conversation.status,
        cursor=cursor,
        expecting=any(message.delivery in _ON_ITS_WAY for message in thread),
        messages=tuple(_shown(message) for message in thread if _visible(message)),
    )


def chat_news(services: Services, address: str) -> ReadNews:
    """Return what reads a visitor's news; the conversation may begin while the page is open."""
    known: list[ConversationId] = []
    read_to = 0

    def read(after: int) -> Sequence[News]:
        nonlocal read_to
        with services.database.read() as uow:
            if not known:
                conversation = find_thread(uow, services.brand, address)
                if conversation is None:
                    return ()
                known.append(conversation.id)
            news = uow.live.news_after(max(after, read_to), conversation_id=known[0])
        read_to = max([read_to, *(item.id for item in news)])
        return [_told(item) for item in news if item.kind in _TOLD]

    return read


def _visible(message: Message) -> bool:
    return message.direction is Direction.INBOUND or message.delivery in _ARRIVED


def _shown(message: Message) -> ChatMessage:
    return ChatMessage(
        id=message.id,
        direction=message.direction,
        author=message.author,
        author_name=message.author_name if message.author is Author.REP else "",
        text="\n".join(filter(None, (message.text, *message.media))),
        at=message.created_at,
        delivery=message.delivery,
    )


def _told(item: News) -> News:
    """Leave out what only the console needs."""
    data = {"on": item.data.get("on") is True} if item.kind == "typing" else {}
    return News(id=item.id, conversation_id=item.conversation_id, kind=item.kind, data=data)

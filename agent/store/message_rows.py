"""Rows of messages, and what they hold as domain objects."""

from sqlmodel import Session

from agent.domain.consent import Purpose
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Author, Delivery, Direction, Message
from agent.errors import NotFoundError
from agent.store.tables import MessageRow


def message_row(session: Session, message_id: MessageId) -> MessageRow:
    """Return a message's row.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = session.get(MessageRow, message_id)
    if row is None:
        raise NotFoundError(f"There is no message {message_id}.")
    return row


_LOCKED = "locked_messages"


def locked_message_row(session: Session, message_id: MessageId) -> MessageRow:
    """Read a message's row afresh and keep others from changing it until the transaction ends.

    On SQLite a transaction that writes has the database to itself from its beginning.

    Raises:
        NotFoundError: there is none with this id.
    """
    locked: set[str] = session.info.setdefault(_LOCKED, set())
    if message_id in locked or session.get_bind().dialect.name == "sqlite":
        return message_row(session, message_id)
    row = session.get(MessageRow, message_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(f"There is no message {message_id}.")
    locked.add(message_id)
    return row


def message_of(row: MessageRow) -> Message:
    """Return what a row holds."""
    return Message(
        id=MessageId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        direction=Direction(row.direction),
        author=Author(row.author),
        author_name=row.author_name,
        text=row.text,
        created_at=row.created_at,
        turn_id=None if row.turn_id is None else TurnId(row.turn_id),
        delivery=None if row.delivery is None else Delivery(row.delivery),
        encoding=row.encoding,
        segments=row.segments,
        provider=row.provider,
        provider_id=row.provider_id or "",
        error=row.error,
        provider_handled=row.provider_handled,
        essential=row.essential,
        attempts=row.attempts,
        media=tuple(row.media or ()),
        purpose=Purpose(row.purpose),
        topic=row.topic,
        proactive=row.proactive,
        not_before=row.not_before,
        lapses_at=row.lapses_at,
        may_wait=row.may_wait,
        held_because=row.held_because,
    )

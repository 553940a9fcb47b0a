"""Texts put into the outbox: measured, stored, and shown to whoever watches the conversation."""

from agent.domain.ids import ConversationId, TurnId
from agent.domain.messages import Author, Direction, Message
from agent.replies.segments import measure
from agent.store.unit_of_work import UnitOfWork


def put_into_outbox(
    uow: UnitOfWork,
    conversation_id: ConversationId,
    text: str,
    *,
    author: Author,
    provider: str,
    author_name: str = "",
    turn_id: TurnId | None = None,
    ordinal: int = 0,
    essential: bool = False,
) -> Message:
    """Store a text for sending; it leaves once its send is enqueued.

    Args:
        uow: the transaction.
        conversation_id: whose.
        text: fitted to what SMS carries (``agent.replies.segments``).
        author: who says it.
        provider: the channel that carries it.
        author_name: of a rep.
        turn_id: the turn that it answers, if it answers one.
        ordinal: its place among the turn's replies, from 0.
        essential: whether the carriers require it.
    """
    measured = measure(text)
    message = uow.messages.add_outbound(
        conversation_id,
        author=author,
        text=text,
        provider=provider,
        encoding=measured.encoding,
        segments=measured.segments,
        turn_id=turn_id,
        ordinal=ordinal,
        author_name=author_name,
        essential=essential,
    )
    uow.live.publish(
        conversation_id, "message", message_id=message.id, direction=Direction.OUTBOUND
    )
    return message

"""Messages in and out."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.consent import Purpose
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import (
    Author,
    Delivery,
    Direction,
    InboundMessage,
    Message,
    forward,
)
from agent.domain.ports import Clock, Ids
from agent.errors import NotFoundError
from agent.store.tables import MessageRow

_UNSENT = (Delivery.PENDING, Delivery.QUEUED)


class Messages:
    """Messages by id, by provider's id, by conversation and by turn."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def find_inbound(self, provider: str, provider_id: str) -> Message | None:
        """Return the inbound message that the provider knows by this id, or None."""
        row = self._session.exec(
            select(MessageRow).where(
                MessageRow.provider == provider,
                MessageRow.provider_id == provider_id,
                MessageRow.direction == Direction.INBOUND,
            )
        ).first()
        return None if row is None else _message(row)

    def add_inbound(self, conversation_id: ConversationId, inbound: InboundMessage) -> Message:
        """Store a customer's text.

        Raises:
            sqlalchemy.exc.IntegrityError: the provider's id is already stored.
        """
        now = self._clock.now()
        row = MessageRow(
            id=self._ids.new("msg"),
            conversation_id=conversation_id,
            direction=Direction.INBOUND,
            author=Author.CUSTOMER,
            text=inbound.text,
            media=list(inbound.media) or None,
            provider=inbound.provider,
            provider_id=inbound.provider_id,
            provider_handled=inbound.provider_handled,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return _message(row)

    def claim(self, conversation_id: ConversationId, turn_id: TurnId) -> list[Message]:
        """Give all unclaimed texts to a turn; return the turn's, oldest first."""
        self._session.execute(
            sa.update(MessageRow)
            .where(
                col(MessageRow.conversation_id) == conversation_id,
                col(MessageRow.direction) == Direction.INBOUND,
                col(MessageRow.turn_id).is_(None),
            )
            .values(turn_id=turn_id)
        )
        return self.of_turn(turn_id, Direction.INBOUND)

    def of_turn(self, turn_id: TurnId, direction: Direction) -> list[Message]:
        """Return a turn's texts of one direction in order."""
        rows = self._session.exec(
            select(MessageRow)
            .where(MessageRow.turn_id == turn_id, MessageRow.direction == direction)
            .order_by(col(MessageRow.created_at), col(MessageRow.ordinal), col(MessageRow.id))
        ).all()
        return [_message(row) for row in rows]

    def add_outbound(
        self,
        conversation_id: ConversationId,
        *,
        author: Author,
        text: str,
        provider: str,
        encoding: str,
        segments: int,
        turn_id: TurnId | None = None,
        ordinal: int = 0,
        author_name: str = "",
        essential: bool = False,
    ) -> Message:
        """Put a text into the outbox."""
        now = self._clock.now()
        row = MessageRow(
            id=self._ids.new("msg"),
            conversation_id=conversation_id,
            direction=Direction.OUTBOUND,
            author=author,
            author_name=author_name,
            text=text,
            provider=provider,
            turn_id=turn_id,
            ordinal=ordinal,
            essential=essential,
            delivery=Delivery.PENDING,
            encoding=encoding,
            segments=segments,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return _message(row)

    def exists(self, message_id: MessageId) -> bool:
        """Whether a message is stored; one that was may have been erased."""
        return self._session.get(MessageRow, message_id) is not None

    def get(self, message_id: MessageId) -> Message:
        """Return one message.

        Raises:
            NotFoundError: there is none with this id.
        """
        return _message(self._row(message_id))

    def find_outbound(self, provider: str, provider_id: str) -> Message | None:
        """Return the outbound message that the provider knows by this id, or None."""
        row = self._session.exec(
            select(MessageRow).where(
                MessageRow.provider == provider,
                MessageRow.provider_id == provider_id,
                MessageRow.direction == Direction.OUTBOUND,
            )
        ).first()
        return None if row is None else _message(row)

    def set_delivery(
        self,
        message_id: MessageId,
        news: Delivery,
        *,
        provider_id: str | None = None,
        error: str = "",
    ) -> Delivery:
        """Move the delivery forward and return its present state; late news change nothing."""
        row = self._locked(message_id)
        state = forward(Delivery(row.delivery or Delivery.PENDING), news)
        if state is news:
            row.delivery = news
            row.error = error or row.error
        if provider_id:
            row.provider_id = provider_id
        row.updated_at = self._clock.now()
        self._session.add(row)
        self._session.flush()
        return state

    def begin_sending(self, message_id: MessageId) -> bool:
        """Claim a text that has not left for sending.

        Returns:
            False where another process has claimed it or it was cancelled meanwhile.
        """
        result = self._session.execute(
            sa.update(MessageRow)
            .where(col(MessageRow.id) == message_id, col(MessageRow.delivery).in_(_UNSENT))
            .values(
                delivery=Delivery.SENDING,
                attempts=MessageRow.attempts + 1,
                updated_at=self._clock.now(),
            )
        )
        return int(result.rowcount) == 1  # type: ignore[attr-defined]

    def retry_later(self, message_id: MessageId, *, error: str) -> int:
        """Put a message that a provider surely did not take back; return the attempts so far.

        Nothing changes where there are other news of it meanwhile.
        """
        row = self._locked(message_id)
        if row.delivery in {Delivery.SENDING, Delivery.UNKNOWN}:
            row.delivery = Delivery.QUEUED
            row.error = error
            row.updated_at = self._clock.now()
            self._session.add(row)
            self._session.flush()
        return row.attempts

    def earlier_unsent(self, message: Message) -> MessageId | None:
        """Return an earlier reply of the same turn that has not left: they leave in order."""
        if message.turn_id is None:
            return None
        earlier = (
            select(MessageRow.id)
            .where(
                MessageRow.turn_id == message.turn_id,
                MessageRow.direction == Direction.OUTBOUND,
                MessageRow.ordinal < self._row(message.id).ordinal,
                col(MessageRow.delivery).in_((*_UNSENT, Delivery.SENDING)),
            )
            .order_by(col(MessageRow.ordinal).desc())
            .limit(1)
        )
        found = self._session.exec(earlier).first()
        return None if found is None else MessageId(found)

    def touch(self, message_id: MessageId) -> None:
        """Note that something was done about a message just now."""
        self._session.execute(
            sa.update(MessageRow)
            .where(col(MessageRow.id) == message_id)
            .values(updated_at=self._clock.now())
        )

    def cancel_pending(self, conversation_ids: Sequence[ConversationId]) -> int:
        """Cancel what has not left yet; return how many."""
        result = self._session.execute(
            sa.update(MessageRow)
            .where(
                col(MessageRow.conversation_id).in_(conversation_ids),
                col(MessageRow.direction) == Direction.OUTBOUND,
                col(MessageRow.delivery).in_(_UNSENT),
            )
            .values(delivery=Delivery.CANCELLED, updated_at=self._clock.now())
        )
        return int(result.rowcount)  # type: ignore[attr-defined]

    def thread(self, conversation_id: ConversationId, *, limit: int = 500) -> list[Message]:
        """Return the last messages of a conversation, oldest first."""
        rows = self._session.exec(
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id)
            .order_by(
                col(MessageRow.created_at).desc(),
                col(MessageRow.ordinal).desc(),
                col(MessageRow.id).desc(),
            )
            .limit(limit)
        ).all()
        return [_message(row) for row in reversed(rows)]

    def latest(
        self, conversation_ids: Sequence[ConversationId]
    ) -> Mapping[ConversationId, Message]:
        """Return the newest message of each of these conversations that has one."""
        newest_first = (
            col(MessageRow.created_at).desc(),
            col(MessageRow.ordinal).desc(),
            col(MessageRow.id).desc(),
        )
        ranked = (
            sa.select(
                col(MessageRow.id).label("id"),
                sa.func.row_number()
                .over(partition_by=col(MessageRow.conversation_id), order_by=newest_first)
                .label("place"),
            )
            .where(col(MessageRow.conversation_id).in_(conversation_ids))
            .subquery()
        )
        rows = self._session.exec(
            select(MessageRow)
            .join(ranked, col(MessageRow.id) == ranked.c.id)
            .where(ranked.c.place == 1)
        )
        return {ConversationId(row.conversation_id): _message(row) for row in rows}

    def last_provider(self, conversation_id: ConversationId) -> str:
        """Return the provider of the customer's last text; a reply goes the same way."""
        provider = self._session.exec(
            select(MessageRow.provider)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
            )
            .order_by(col(MessageRow.created_at).desc())
            .limit(1)
        ).first()
        if provider is None:
            raise NotFoundError(f"Conversation {conversation_id} has no text to reply to.")
        return provider

    def unclaimed(self, conversation_id: ConversationId) -> list[Message]:
        """Return texts that no turn has taken yet, oldest first."""
        rows = self._session.exec(
            select(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
                col(MessageRow.turn_id).is_(None),
            )
            .order_by(col(MessageRow.created_at), col(MessageRow.id))
        ).all()
        return [_message(row) for row in rows]

    def _locked(self, message_id: MessageId) -> MessageRow:
        """Read a row afresh, and keep others from changing it: news may come from two sides."""
        row = self._session.get(
            MessageRow, message_id, with_for_update=True, populate_existing=True
        )
        if row is None:
            raise NotFoundError(f"There is no message {message_id}.")
        return row

    def _row(self, message_id: MessageId) -> MessageRow:
        row = self._session.get(MessageRow, message_id)
        if row is None:
            raise NotFoundError(f"There is no message {message_id}.")
        return row


def _message(row: MessageRow) -> Message:
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

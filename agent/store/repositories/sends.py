"""How messages leave: claimed, tried again, moved on by news, cancelled."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId, MessageId
from agent.domain.messages import Delivery, Direction, Message, forward
from agent.domain.ports import Clock
from agent.store.message_rows import locked_message_row, message_of, message_row
from agent.store.tables import MessageRow

_UNSENT = (Delivery.PENDING, Delivery.QUEUED)


class Sends:
    """The delivery of messages, which stand in ``messages``."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def locked(self, message_id: MessageId) -> Message:
        """Return a message as it is now; nobody else changes it until the transaction ends."""
        return message_of(locked_message_row(self._session, message_id))

    def set_delivery(
        self,
        message_id: MessageId,
        news: Delivery,
        *,
        provider_id: str | None = None,
        error: str = "",
    ) -> Delivery:
        """Move the delivery forward and return its present state; late news change nothing."""
        row = locked_message_row(self._session, message_id)
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
        row = locked_message_row(self._session, message_id)
        if row.delivery in {Delivery.SENDING, Delivery.UNKNOWN}:
            row.delivery = Delivery.QUEUED
            row.error = error
            row.updated_at = self._clock.now()
            self._session.add(row)
            self._session.flush()
        return row.attempts

    def earlier_unsent(self, message: Message) -> MessageId | None:
        """Return an earlier reply of the same turn that has not left: they leave in order."""
        ordinal = message_row(self._session, message.id).ordinal
        if message.turn_id is None or ordinal == 0:
            return None
        earlier = (
            select(MessageRow.id)
            .where(
                MessageRow.turn_id == message.turn_id,
                MessageRow.direction == Direction.OUTBOUND,
                MessageRow.ordinal < ordinal,
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

"""Texts that the brand sends of its own accord: stored, held, let out and counted."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.consent import Purpose
from agent.domain.ids import ConversationId, CustomerId, MessageId
from agent.domain.messages import Author, Delivery, Direction
from agent.domain.ports import Clock, Ids
from agent.store.customer_tables import CustomerRow
from agent.store.tables import ConversationRow, MessageRow

_UNSENT = (Delivery.FAILED, Delivery.CANCELLED)


class Proactive:
    """Proactive texts; each is a row of ``messages``."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def add(
        self,
        conversation_id: ConversationId,
        *,
        text: str,
        provider: str,
        encoding: str,
        segments: int,
        purpose: Purpose,
        topic: str,
        client_id: str | None,
        not_before: datetime | None,
        lapses_at: datetime | None,
        may_wait: bool,
    ) -> MessageId:
        """Put a text into the outbox.

        Raises:
            sqlalchemy.exc.IntegrityError: ``client_id`` is already stored.
        """
        now = self._clock.now()
        row = MessageRow(
            id=self._ids.new("msg"),
            conversation_id=conversation_id,
            direction=Direction.OUTBOUND,
            author=Author.AGENT,
            text=text,
            provider=provider,
            delivery=Delivery.PENDING,
            encoding=encoding,
            segments=segments,
            purpose=purpose,
            topic=topic,
            proactive=True,
            client_id=client_id,
            not_before=not_before,
            lapses_at=lapses_at,
            may_wait=may_wait,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return MessageId(row.id)

    def find(self, client_id: str) -> MessageId | None:
        """Return the text that the caller knows by this id, or None."""
        found = self._session.exec(
            select(MessageRow.id).where(MessageRow.client_id == client_id)
        ).first()
        return None if found is None else MessageId(found)

    def hold(self, message_id: MessageId, *, until: datetime, reason: str) -> None:
        """Note until when a text is held, and why."""
        self._change(message_id, not_before=until, held_because=reason)

    def release(self, message_id: MessageId) -> None:
        """Note that a text is let out now; from here it counts for the caps."""
        self._change(message_id, released_at=self._clock.now(), held_because="")

    def released_since(
        self,
        customer_id: CustomerId,
        purpose: Purpose,
        since: datetime,
        *,
        but: MessageId | None = None,
    ) -> list[datetime]:
        """Return when texts for a purpose were let out to a customer, whatever the number.

        The customer's row is locked until the transaction ends, so that two texts let out at the
        same moment count each other.
        """
        self._session.exec(
            select(CustomerRow.id).where(CustomerRow.id == customer_id).with_for_update()
        ).first()
        query = (
            select(MessageRow.released_at)
            .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
            .where(
                ConversationRow.customer_id == customer_id,
                MessageRow.purpose == purpose,
                col(MessageRow.released_at) > since,
                col(MessageRow.delivery).not_in(_UNSENT),
            )
        )
        if but is not None:
            query = query.where(MessageRow.id != but)
        return [at for at in self._session.exec(query) if at is not None]

    def wrote_at(self, conversation_id: ConversationId) -> datetime | None:
        """Return when the customer last wrote here, or None."""
        return self._session.exec(
            select(sa.func.max(MessageRow.created_at)).where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
            )
        ).first()

    def threads(self, customer_id: CustomerId) -> list[ConversationId]:
        """Return all conversations with a customer."""
        query = select(ConversationRow.id).where(ConversationRow.customer_id == customer_id)
        return [ConversationId(found) for found in self._session.exec(query)]

    def cancel(self, conversation_ids: Sequence[ConversationId], *, reason: str) -> int:
        """Cancel proactive texts that have not left; return how many."""
        return self._cancel(
            col(MessageRow.conversation_id).in_(conversation_ids),
            col(MessageRow.proactive).is_(True),
            reason=reason,
        )

    def cancel_answers(self, conversation_id: ConversationId) -> int:
        """Cancel answers that have not left, and leave proactive texts; return how many."""
        return self._cancel(
            col(MessageRow.conversation_id) == conversation_id,
            col(MessageRow.direction) == Direction.OUTBOUND,
            col(MessageRow.proactive).is_(False),
            reason="",
        )

    def _cancel(self, *which: sa.ColumnElement[bool], reason: str) -> int:
        result = self._session.execute(
            sa.update(MessageRow)
            .where(*which, col(MessageRow.delivery).in_([Delivery.PENDING, Delivery.QUEUED]))
            .values(delivery=Delivery.CANCELLED, error=reason, updated_at=self._clock.now())
        )
        return int(result.rowcount)  # type: ignore[attr-defined]

    def _change(self, message_id: MessageId, **values: object) -> None:
        self._session.execute(
            sa.update(MessageRow).where(col(MessageRow.id) == message_id).values(**values)
        )

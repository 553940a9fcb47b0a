"""Conversations and the burst of texts that a turn waits for."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.conversations import (
    Conversation,
    ConversationEvent,
    ConversationStatus,
    FlowState,
    Pending,
    next_status,
)
from agent.domain.ids import ConversationId, CustomerId
from agent.domain.ports import Clock, Ids
from agent.errors import NotFoundError
from agent.store.codec import dump_flow, dump_pending, load_flow, load_pending
from agent.store.tables import ConversationRow, EscalationRow

MAX_BURST_S = 8.0
"""A turn waits at most this long after the first unclaimed text (DESIGN.md, Intake)."""

CLOCKS_APART = timedelta(seconds=0.3)
"""How far the clocks of two machines may be apart: a turn that comes too early finds no other."""


class Conversations:
    """Conversations by id, address and state."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def ensure(
        self, customer_id: CustomerId, *, channel: str, customer_address: str, brand_address: str
    ) -> Conversation:
        """Return the thread between these two addresses, opening it if there is none."""
        row = self._session.exec(
            select(ConversationRow).where(
                ConversationRow.channel == channel,
                ConversationRow.customer_address == customer_address,
                ConversationRow.brand_address == brand_address,
            )
        ).first()
        if row is None:
            now = self._clock.now()
            row = ConversationRow(
                id=self._ids.new("con"),
                customer_id=customer_id,
                channel=channel,
                customer_address=customer_address,
                brand_address=brand_address,
                status=ConversationStatus.BOT,
                created_at=now,
                updated_at=now,
            )
            self._session.add(row)
            self._session.flush()
        return _conversation(row)

    def find(
        self, *, channel: str, customer_address: str, brand_address: str
    ) -> Conversation | None:
        """Return the thread between these two addresses, or None."""
        row = self._session.exec(
            select(ConversationRow).where(
                ConversationRow.channel == channel,
                ConversationRow.customer_address == customer_address,
                ConversationRow.brand_address == brand_address,
            )
        ).first()
        return None if row is None else _conversation(row)

    def counts(self) -> Mapping[ConversationStatus, int]:
        """Return how many conversations are in each state; states with none are left out."""
        rows = self._session.exec(
            select(ConversationRow.status, sa.func.count()).group_by(ConversationRow.status)
        )
        return {ConversationStatus(status): count for status, count in rows}

    def exists(self, conversation_id: ConversationId) -> bool:
        """Whether a conversation is stored; one that was may have been erased."""
        return self._session.get(ConversationRow, conversation_id) is not None

    def lock(self, conversation_id: ConversationId) -> None:
        """Keep other transactions that lock it from going on until this one ends."""
        self._session.exec(
            select(ConversationRow.id)
            .where(ConversationRow.id == conversation_id)
            .with_for_update()
        )

    def get(self, conversation_id: ConversationId) -> Conversation:
        """Return one conversation.

        Raises:
            NotFoundError: there is none with this id.
        """
        return _conversation(self._row(conversation_id))

    def list(
        self, *, status: ConversationStatus | None = None, queue: str = "", limit: int = 200
    ) -> list[Conversation]:
        """Return conversations, last active first; ``queue`` keeps those with an open case."""
        query = select(ConversationRow)
        if status is not None:
            query = query.where(ConversationRow.status == status)
        if queue:
            query = query.where(
                col(ConversationRow.id).in_(
                    select(EscalationRow.conversation_id).where(
                        EscalationRow.queue == queue, col(EscalationRow.closed_at).is_(None)
                    )
                )
            )
        rows = self._session.exec(
            query.order_by(col(ConversationRow.updated_at).desc()).limit(limit)
        ).all()
        return [_conversation(row) for row in rows]

    def text_arrived(self, conversation_id: ConversationId, *, silence_s: float) -> float:
        """Note that a text came: the burst ends after ``silence_s`` seconds without another.

        Returns:
            Seconds until the burst is over if no other text comes.
        """
        row = self._row(conversation_id)
        now = self._clock.now()
        began = row.burst_began_at or now
        row.burst_began_at = began
        row.ready_at = min(
            now + timedelta(seconds=silence_s), began + timedelta(seconds=MAX_BURST_S)
        )
        row.status = next_status(ConversationStatus(row.status), ConversationEvent.CUSTOMER_WROTE)
        self._touch(row, now)
        return max(0.0, (row.ready_at - now).total_seconds())

    def claim_burst(
        self, conversation_id: ConversationId, *, at_once: bool = False
    ) -> Conversation | None:
        """Note that a turn takes all waiting texts; return the conversation as it is then.

        Texts that come meanwhile wait for the transaction's end, and begin a burst of their own.

        Args:
            conversation_id: whose burst.
            at_once: whether or not the silence has lasted long enough.

        Returns:
            None where the burst still goes on, or there is no such conversation.
        """
        ready_at = col(ConversationRow.ready_at)
        claim = sa.update(ConversationRow).where(col(ConversationRow.id) == conversation_id)
        if not at_once:
            over = ready_at <= self._clock.now() + CLOCKS_APART
            claim = claim.where(sa.or_(ready_at.is_(None), over))
        row = self._session.scalars(
            claim.values(ready_at=None, burst_began_at=None).returning(ConversationRow),
            execution_options={"populate_existing": True, "synchronize_session": False},
        ).one_or_none()
        return None if row is None else _conversation(row)

    def apply(
        self, conversation_id: ConversationId, event: ConversationEvent, *, rep: str | None = None
    ) -> ConversationStatus:
        """Move the conversation along and return its new state.

        Raises:
            TransitionError: the event makes no sense in its state.
        """
        row = self._row(conversation_id)
        row.status = next_status(ConversationStatus(row.status), event)
        if rep is not None:
            row.assigned_rep = rep
        self._touch(row, self._clock.now())
        return ConversationStatus(row.status)

    def remember(
        self,
        conversation_id: ConversationId,
        *,
        failed_turns: int,
        pending: Pending | None,
        flow: FlowState | None,
    ) -> None:
        """Keep where the dialogue stands.

        Raises:
            NotFoundError: there is no conversation with this id.
        """
        kept = self._session.execute(
            sa.update(ConversationRow)
            .where(col(ConversationRow.id) == conversation_id)
            .values(
                failed_turns=failed_turns,
                pending=dump_pending(pending),
                flow=dump_flow(flow),
                updated_at=self._clock.now(),
            )
        )
        if not kept.rowcount:  # type: ignore[attr-defined]
            raise NotFoundError(f"There is no conversation {conversation_id}.")

    def _touch(self, row: ConversationRow, now: datetime) -> None:
        row.updated_at = now
        self._session.add(row)
        self._session.flush()

    def _row(self, conversation_id: ConversationId) -> ConversationRow:
        row = self._session.get(ConversationRow, conversation_id)
        if row is None:
            raise NotFoundError(f"There is no conversation {conversation_id}.")
        return row


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        customer_id=CustomerId(row.customer_id),
        channel=row.channel,
        customer_address=row.customer_address,
        brand_address=row.brand_address,
        status=ConversationStatus(row.status),
        created_at=row.created_at,
        updated_at=row.updated_at,
        failed_turns=row.failed_turns,
        pending=load_pending(row.pending),
        flow=load_flow(row.flow),
        assigned_rep=row.assigned_rep,
    )

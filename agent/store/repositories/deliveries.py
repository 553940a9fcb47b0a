"""What became of sends that could not simply leave: bad numbers, texts that wait or are unknown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import CustomerId, MessageId
from agent.domain.ports import Clock
from agent.errors import SendProblem
from agent.store.delivery_tables import SendNoteRow, UnreachableRow
from agent.store.inserting import add_unless_there
from agent.store.tables import MessageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A customer whose number refused a text. ``code`` is the provider's own."""

    customer_id: CustomerId
    problem: SendProblem
    code: str
    since: datetime


class Deliveries:
    """Numbers that take nothing, texts that wait, and texts of which nobody knows."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def now(self) -> datetime:
        """Return the time by which texts and senders wait."""
        return self._clock.now()

    # ── customers' numbers ─────────────────────────────────────────────────────────────────

    def mark_unreachable(
        self, customer_id: CustomerId, *, problem: SendProblem, code: str, message_id: MessageId
    ) -> None:
        """Note that a customer's number refused a text."""
        add_unless_there(
            self._session,
            UnreachableRow,
            customer_id=customer_id,
            problem=problem,
            code=code,
            message_id=message_id,
            since=self._clock.now(),
        )

    def unreachable(self, customer_id: CustomerId) -> Unreachable | None:
        """Return why a customer's number takes no texts, or None."""
        row = self._session.get(UnreachableRow, customer_id)
        return None if row is None else _unreachable(row)

    def all_unreachable(self, customer_ids: Collection[CustomerId]) -> list[Unreachable]:
        """Return those of these customers whose number takes no texts."""
        query = select(UnreachableRow).where(col(UnreachableRow.customer_id).in_(customer_ids))
        return [_unreachable(row) for row in self._session.exec(query)]

    def latest_unreachable(self, *, limit: int) -> list[Unreachable]:
        """Return whose numbers take no texts, the latest first."""
        query = select(UnreachableRow).order_by(col(UnreachableRow.since).desc()).limit(limit)
        return [_unreachable(row) for row in self._session.exec(query)]

    def reachable_again(self, customer_id: CustomerId) -> None:
        """Forget it: they have written."""
        self._session.execute(
            sa.delete(UnreachableRow).where(col(UnreachableRow.customer_id) == customer_id)
        )

    # ── texts that wait ────────────────────────────────────────────────────────────────────

    def wait(self, message_id: MessageId, *, until: datetime | None) -> None:
        """Let a text wait until a time; None: it asks for a slot again."""
        note = self._session.get(SendNoteRow, message_id)
        if note is None and until is None:
            return
        note = note or SendNoteRow(message_id=message_id)
        note.slot_at = until
        self._session.add(note)
        self._session.flush()

    def waits_until(self, message_id: MessageId) -> datetime | None:
        """Return until when a text waits, None where it does not."""
        note = self._session.get(SendNoteRow, message_id)
        slot_at = None if note is None else note.slot_at
        not_before = self._session.get_one(MessageRow, message_id).not_before
        waits = [at for at in (slot_at, not_before) if at is not None and at > self._clock.now()]
        return max(waits, default=None)

    # ── sends of which nobody knows ────────────────────────────────────────────────────────

    def look_later(self, message_id: MessageId, at: datetime | None) -> int:
        """Say when to ask the provider about a text, None: no more; return the asks so far."""
        note = self._session.get(SendNoteRow, message_id) or SendNoteRow(message_id=message_id)
        note.look_at = at
        self._session.add(note)
        self._session.flush()
        return note.looks

    def take_due_looks(self, *, limit: int, again: timedelta) -> list[tuple[MessageId, int]]:
        """Claim texts to ask the provider about; return each with how many asks that makes.

        They are due again after ``again``, should whoever claimed them crash.
        """
        now = self._clock.now()
        due = (
            select(SendNoteRow)
            .where(col(SendNoteRow.look_at) <= now)
            .order_by(col(SendNoteRow.look_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = []
        for row in self._session.exec(due).all():
            row.looks += 1
            row.look_at = now + again
            self._session.add(row)
            taken.append((MessageId(row.message_id), row.looks))
        self._session.flush()
        return taken

    def provider_ids_like(self, message_id: MessageId, *, since: datetime) -> set[str]:
        """Return the provider's ids of our other texts to the same conversation since a time."""
        ours = self._session.get_one(MessageRow, message_id)
        rows = self._session.exec(
            select(MessageRow.provider_id).where(
                MessageRow.conversation_id == ours.conversation_id,
                MessageRow.id != message_id,
                MessageRow.provider == ours.provider,
                col(MessageRow.updated_at) >= since,
                col(MessageRow.provider_id).is_not(None),
            )
        )
        return {provider_id for provider_id in rows if provider_id}


def _unreachable(row: UnreachableRow) -> Unreachable:
    return Unreachable(
        customer_id=CustomerId(row.customer_id),
        problem=SendProblem(row.problem),
        code=row.code,
        since=row.since,
    )

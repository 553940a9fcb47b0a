"""What became of sends that could not simply leave: bad numbers, waiting texts, blocked senders."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from agent.domain.ids import CustomerId, MessageId
from agent.domain.ports import Clock
from agent.errors import SendProblem
from agent.store.delivery_tables import SendingNumberRow, SendNoteRow, UnreachableRow
from agent.store.tables import MessageRow

SPREAD = timedelta(seconds=0.1)
"""Between texts that waited for the same moment, where the number has no pace of its own."""
TROUBLED_AFTER = 2
"""Refusals in a row after which a sender waits: one may be about one recipient's country."""
FIRST_BLOCK, LONGEST_BLOCK = timedelta(minutes=1), timedelta(minutes=30)
"""How long a sender waits; doubled with each refusal."""
PROBE = timedelta(seconds=30)
"""How long the others wait while one text tries whether the sender works again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A customer whose number refused a text. ``code`` is the provider's own."""

    customer_id: CustomerId
    problem: SendProblem
    code: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingNumber:
    """One of the brand's numbers at one provider, and how sending from it goes."""

    provider: str
    number: str
    failures: int
    blocked_until: datetime | None
    code: str
    alarms: int
    alarmed_at: datetime | None


class Deliveries:
    """Numbers that take nothing, texts that wait, and senders that must."""

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
        self._ensure(
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

    # ── the pace of the brand's numbers ────────────────────────────────────────────────────

    def slot(
        self,
        message_id: MessageId,
        *,
        provider: str,
        number: str,
        parts: int,
        parts_per_second: float | None,
    ) -> datetime | None:
        """Return when a text may leave at its number's pace, reserving the time; None: now.

        The number's row is locked until the transaction ends, so that processes share the pace.
        """
        now = self._clock.now()
        note = self._session.get(SendNoteRow, message_id)
        if note is not None and note.slot_at is not None:
            return note.slot_at if note.slot_at > now else None
        row = self._number(provider, number)
        free_at = None if row is None else row.free_at
        if parts_per_second is None and (free_at is None or free_at <= now):
            return None
        row = row or self._new_number(provider, number)
        slot_at = max(now, row.free_at or now)
        takes = SPREAD if parts_per_second is None else timedelta(seconds=parts / parts_per_second)
        row.free_at = slot_at + takes
        self._session.add(row)
        self._session.flush()
        if slot_at <= now:
            return None
        self.wait(message_id, until=slot_at)
        return slot_at

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

    def slow_down(self, provider: str, number: str, *, until: datetime) -> None:
        """Let nothing leave from a number before a time that its provider has named."""
        row = self._number(provider, number) or self._new_number(provider, number)
        row.free_at = max(until, row.free_at or until)
        self._session.add(row)
        self._session.flush()

    # ── senders that are set up wrong ──────────────────────────────────────────────────────

    def blocked_until(self, provider: str, number: str) -> datetime | None:
        """Return until when a sender waits, None where it may send.

        The first to ask after that time may try; the others wait for what comes of it.
        """
        row = self._session.get(SendingNumberRow, (provider, number))
        if row is None or row.blocked_until is None:
            return None
        row = self._number(provider, number) or row
        now = self._clock.now()
        if row.blocked_until is not None and row.blocked_until > now:
            return row.blocked_until
        row.blocked_until = now + PROBE
        self._session.add(row)
        self._session.flush()
        return None

    def trouble(self, provider: str, number: str, *, code: str) -> datetime | None:
        """Count a refusal because something is set up wrong; return until when the sender waits."""
        row = self._number(provider, number) or self._new_number(provider, number)
        now = self._clock.now()
        row.failures += 1
        row.alarms += 1
        row.code, row.alarmed_at = code, now
        over = row.failures - TROUBLED_AFTER
        if over >= 0:
            row.blocked_until = now + min(LONGEST_BLOCK, FIRST_BLOCK * 2 ** min(over, 10))
        self._session.add(row)
        self._session.flush()
        return row.blocked_until

    def works(self, provider: str, number: str) -> None:
        """Note that a sender works: the provider took a text."""
        row = self._session.get(SendingNumberRow, (provider, number))
        if row is not None and (row.failures > 0 or row.blocked_until is not None):
            row.failures, row.blocked_until = 0, None
            self._session.add(row)
            self._session.flush()

    def sending_numbers(self) -> list[SendingNumber]:
        """Return every number that ever had to wait or was refused."""
        rows = self._session.exec(
            select(SendingNumberRow).order_by(
                col(SendingNumberRow.provider), col(SendingNumberRow.number)
            )
        )
        return [
            SendingNumber(
                provider=row.provider,
                number=row.number,
                failures=row.failures,
                blocked_until=row.blocked_until,
                code=row.code,
                alarms=row.alarms,
                alarmed_at=row.alarmed_at,
            )
            for row in rows
        ]

    def _number(self, provider: str, number: str) -> SendingNumberRow | None:
        return self._session.get(
            SendingNumberRow, (provider, number), with_for_update=True, populate_existing=True
        )

    def _new_number(self, provider: str, number: str) -> SendingNumberRow:
        self._ensure(
            SendingNumberRow, provider=provider, number=number, failures=0, code="", alarms=0
        )
        return self._session.get_one(
            SendingNumberRow, (provider, number), with_for_update=True, populate_existing=True
        )

    def _ensure(self, table: type[SQLModel], **values: object) -> None:
        """Add a row unless another process has: two that add the same one must not fail."""
        postgres = self._session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert if postgres else sqlite.insert
        self._session.execute(insert(table).values(**values).on_conflict_do_nothing())

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

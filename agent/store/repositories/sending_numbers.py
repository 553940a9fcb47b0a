"""The brand's numbers: the pace they keep, and those that must wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from agent.domain.ids import MessageId
from agent.domain.ports import Clock
from agent.store.delivery_tables import SendingNumberRow, SendNoteRow
from agent.store.inserting import add_unless_there
from agent.store.repositories.deliveries import Deliveries

SPREAD = timedelta(seconds=0.1)
"""Between texts that waited for the same moment, where the number has no pace of its own."""
TROUBLED_AFTER = 2
"""Refusals in a row after which a sender waits: one may be about one recipient's country."""
FIRST_BLOCK, LONGEST_BLOCK = timedelta(minutes=1), timedelta(minutes=30)
"""How long a sender waits; doubled with each refusal."""
PROBE = timedelta(seconds=30)
"""How long the others wait while one text tries whether the sender works again."""


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


class SendingNumbers:
    """The brand's numbers by provider. Texts that wait for one are noted with ``deliveries``."""

    def __init__(self, session: Session, clock: Clock, deliveries: Deliveries) -> None:
        self._session = session
        self._clock = clock
        self._deliveries = deliveries
        # Looked for in this transaction and not there, which is the rule.
        self._absent: set[tuple[str, str]] = set()

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
        self._deliveries.wait(message_id, until=slot_at)
        return slot_at

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
        if (provider, number) in self._absent:
            return None
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

    def all(self) -> list[SendingNumber]:
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
        row = self._session.get(
            SendingNumberRow, (provider, number), with_for_update=True, populate_existing=True
        )
        if row is None:
            self._absent.add((provider, number))
        return row

    def _new_number(self, provider: str, number: str) -> SendingNumberRow:
        add_unless_there(
            self._session,
            SendingNumberRow,
            provider=provider,
            number=number,
            failures=0,
            code="",
            alarms=0,
        )
        self._absent.discard((provider, number))
        return self._session.get_one(
            SendingNumberRow, (provider, number), with_for_update=True, populate_existing=True
        )

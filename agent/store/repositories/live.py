"""What is live: news for pages, active versions, running processes, LLM usage, notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId
from agent.domain.ports import Clock
from agent.store import news
from agent.store.inserting import add_unless_there
from agent.store.service_tables import ActiveRow, EventRow, LlmUsageRow, ProcessRow
from agent.store.tables import NoteRow

SETTLED_AFTER = timedelta(seconds=2)
"""Longer than a transaction takes from publishing news to its commit."""
_YOUNG_AT_MOST = 2000
"""Events that come within that time under the heaviest load."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One line of the append-only events table."""

    id: int
    conversation_id: ConversationId
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A rep's remark."""

    author: str
    text: str
    created_at: datetime


class Live:
    """Small tables that pages and processes read."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def publish(self, conversation_id: ConversationId, kind: str, **data: Any) -> None:
        """Add news. ``data`` holds ids and states, never texts or numbers."""
        now = self._clock.now()
        row = EventRow(conversation_id=conversation_id, kind=kind, data=data, at=now)
        news.keep(self._session, row)

    def news_after(
        self, event_id: int, *, conversation_id: ConversationId | None = None, limit: int = 200
    ) -> list[News]:
        """Return news with a greater id, in order.

        PostgreSQL hands out ids before the commit, so that a smaller id may become visible after a
        greater one. Where ids are missing, what comes after them is left for the next reading,
        until it is ``SETTLED_AFTER`` old: by then they are known to be missing for good.
        """
        query = select(EventRow).where(col(EventRow.id) > event_id)
        if conversation_id is not None:
            query = query.where(EventRow.conversation_id == conversation_id)
        settled = self._settled_id()
        if settled is not None:
            query = query.where(col(EventRow.id) <= settled)
        rows = self._session.exec(query.order_by(col(EventRow.id)).limit(limit)).all()
        return [
            News(
                id=row.id or 0,
                conversation_id=ConversationId(row.conversation_id),
                kind=row.kind,
                data=row.data or {},
            )
            for row in rows
        ]

    def last_event_id(self) -> int:
        """Return the id up to which all news are there, 0 if there are none."""
        settled = self._settled_id()
        if settled is not None:
            return settled
        return self._session.exec(select(sa.func.max(EventRow.id))).one() or 0

    def _settled_id(self) -> int | None:
        """Return the id before the first young gap, else the newest; None where no gap can be.

        On SQLite writers come one after the other, and so do their ids. In one statement, since
        another one would see what was committed in between.
        """
        news.write(self._session)
        if self._session.get_bind().dialect.name != "postgresql":
            return None
        newest = (
            sa.select(col(EventRow.id).label("id"), col(EventRow.at).label("at"))
            .order_by(col(EventRow.id).desc())
            .limit(_YOUNG_AT_MOST)
            .subquery()
        )
        before = sa.func.lag(newest.c.id).over(order_by=newest.c.id)
        steps = sa.select(newest.c.id, newest.c.at, before.label("before")).subquery()
        young_gap = sa.and_(
            steps.c.at > self._clock.now() - SETTLED_AFTER, steps.c.id - steps.c.before > 1
        )
        first_gap = sa.func.min(steps.c.before).filter(young_gap)
        settled = sa.select(sa.func.coalesce(first_gap, sa.func.max(steps.c.id), 0))
        return int(self._session.execute(settled).scalar_one())

    def active(self, name: str) -> str | None:
        """Return what is active under this name, or None."""
        row = self._session.get(ActiveRow, name)
        return None if row is None else row.value

    def set_active(self, name: str, value: str) -> None:
        """Make something active."""
        row = self._session.get(ActiveRow, name) or ActiveRow(name=name, value=value)
        row.value, row.updated_at = value, self._clock.now()
        self._session.add(row)
        self._session.flush()

    def take_turn(self, name: str, *, every: timedelta) -> bool:
        """Take the turn at something that one process does every so often; False: not yet."""
        now = self._clock.now()
        never = ActiveRow(name=f"turn:{name}", value="", updated_at=_NEVER)
        add_unless_there(self._session, ActiveRow, **never.model_dump())
        taken = self._session.execute(
            sa.update(ActiveRow)
            .where(col(ActiveRow.name) == never.name, col(ActiveRow.updated_at) <= now - every)
            .values(updated_at=now)
        )
        return bool(taken.rowcount)  # type: ignore[attr-defined]

    def beat(self, executor_id: str) -> None:
        """Give a sign of life."""
        now = self._clock.now()
        row = self._session.get(ProcessRow, executor_id) or ProcessRow(
            executor_id=executor_id, started_at=now
        )
        row.heartbeat_at = now
        self._session.add(row)

    def silent_executors(self, silence_s: float) -> list[str]:
        """Return executors without a sign of life for this long."""
        limit = self._clock.now() - timedelta(seconds=silence_s)
        rows = self._session.exec(select(ProcessRow).where(col(ProcessRow.heartbeat_at) < limit))
        return [row.executor_id for row in rows]

    def alive_executors(self, silence_s: float) -> int:
        """Return how many executors have given a sign of life within this time."""
        limit = self._clock.now() - timedelta(seconds=silence_s)
        alive = select(sa.func.count()).where(col(ProcessRow.heartbeat_at) >= limit)
        return self._session.exec(alive).one()

    def forget_executor(self, executor_id: str) -> None:
        """Drop an executor whose work has been handed on."""
        row = self._session.get(ProcessRow, executor_id)
        if row is not None:
            self._session.delete(row)

    def llm_tokens(self, day: date) -> int:
        """Return the tokens used that day."""
        row = self._session.get(LlmUsageRow, day)
        return 0 if row is None else row.tokens

    def add_llm_usage(self, day: date, tokens: int) -> None:
        """Count a call and its tokens."""
        row = self._session.get(LlmUsageRow, day) or LlmUsageRow(day=day)
        row.calls += 1
        row.tokens += tokens
        self._session.add(row)

    def add_note(self, conversation_id: ConversationId, *, author: str, text: str) -> None:
        """Keep a rep's remark."""
        self._session.add(
            NoteRow(
                conversation_id=conversation_id,
                author=author,
                text=text,
                created_at=self._clock.now(),
            )
        )

    def notes(self, conversation_id: ConversationId) -> list[Note]:
        """Return the remarks on a conversation, oldest first."""
        rows = self._session.exec(
            select(NoteRow)
            .where(NoteRow.conversation_id == conversation_id)
            .order_by(col(NoteRow.id))
        )
        return [Note(author=r.author, text=r.text, created_at=r.created_at) for r in rows]

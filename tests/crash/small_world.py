"""The durable path in one thread, with a queue that survives and crashes that are exceptions.

The store, inbox, turns and outbox are the real ones, on SQLite. The queue is a table, so that
enqueueing belongs to the caller's transaction as with DBOS; work is done at least once, one turn a
conversation at a time and in order. A crash is raised at the nth commit, before or after it takes
effect, and leaves what a killed process would.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import InboundMessage
from agent.inbox import Accepted
from agent.runtime.work import Work
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.inline import Inline, assemble_inline
from tests.conftest import CountingIds, FakeClock
from tests.crash.life import BRAND_NUMBER, EchoAnswerer, ScriptedMind, Text
from tests.crash.provider import DirectSender, Provider
from tests.crash.world import World
from tests.fakes import fake_mind, foundation


class Crash(BaseException):
    """The process is gone; nothing catches this."""


class TableQueue:
    """Turns and sends that wait, in a table of the same database."""

    def __init__(self, engine: sa.Engine, clock: FakeClock) -> None:
        self._engine = engine
        self._clock = clock
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE TABLE waiting (id INTEGER PRIMARY KEY, kind TEXT, subject TEXT,"
                    " conversation TEXT, due TIMESTAMP)"
                )
            )

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        self._add(session, "turn", turn_id, conversation_id, delay_s)

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        self._add(session, "send", message_id, "", delay_s)

    def _add(
        self, session: Session, kind: str, subject: str, conversation: str, delay_s: float
    ) -> None:
        session.execute(
            sa.text("INSERT INTO waiting (kind, subject, conversation, due) VALUES (:k, :s, :c, :d)"),
            {"k": kind, "s": subject, "c": conversation,
             "d": (self._clock.now() + timedelta(seconds=delay_s)).isoformat()},
        )  # fmt: skip

    def ready(self) -> list[Any]:
        """Return what may run now: of each conversation's turns only the first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT * FROM waiting ORDER BY id")).all()
        first: dict[str, int] = {}
        for row in rows:
            if row.kind == "turn" and row.due <= self._clock.now().isoformat():
                first.setdefault(row.conversation, row.id)
        return [
            row for row in rows
            if row.due <= self._clock.now().isoformat()
            and (row.kind == "send" or first[row.conversation] == row.id)
        ]  # fmt: skip

    def done(self, row: Any) -> None:
        """Forget what is done."""
        with self._engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM waiting WHERE id = :id"), {"id": row.id})

    def next_due_in_s(self) -> float | None:
        """Return in how many seconds the next piece of work is due; None where none waits."""
        with self._engine.connect() as connection:
            due = connection.execute(sa.text("SELECT min(due) FROM waiting")).scalar()
        if due is None:
            return None
        from datetime import datetime

        return max(0.0, (datetime.fromisoformat(due) - self._clock.now()).total_seconds())


@dataclass
class SmallWorld:
    """A service in one thread. ``crash_in`` counts commits down to the crash."""

    home: Path
    clock: FakeClock = field(default_factory=FakeClock)
    provider: Provider = field(default_factory=Provider)
    crash_in: int | None = None
    crash_before: bool = False

    def __post_init__(self) -> None:
        url = f"sqlite:///{self.home / 'small.db'}"
        self.engine = create_engine(url)
        upgrade(self.engine)
        ids = CountingIds()
        self.database = Database(self.engine, self.clock, ids)
        self.queue = TableQueue(self.engine, self.clock)
        answerer = EchoAnswerer()
        base = foundation(
            self.engine, self.database, self.clock, ids, self.home, burst_silence_s=2.0
        )
        self.parts: Inline = assemble_inline(
            base,
            fake_mind(ScriptedMind(), answerer, self.clock),
            {"twilio": DirectSender(self.provider)},
        )
        # The inline parts come with a queue that does not survive; this one does.
        object.__setattr__(self.parts.inbox, "queue", self.queue)
        answerer.take = self.take
        self.work = Work(
            runner=self.parts.runner, outbox=self.parts.outbox, database=self.database,
            queue=self.queue, on_turn_done=lambda _: None,
        )  # type: ignore[arg-type]  # fmt: skip
        self._watch_commits()
        self.judge = World(url, self.provider)

    def _watch_commits(self) -> None:
        dialect = self.engine.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            crash = False
            if self.crash_in is not None:
                self.crash_in -= 1
                crash = self.crash_in <= 0
            if crash:
                self.crash_in = None
            if crash and self.crash_before:
                raise Crash
            commit(connection)
            if crash:
                raise Crash

        dialect.do_commit = do_commit  # type: ignore[method-assign]

    def take(self, text: Text) -> Accepted:
        """Take a customer's text."""
        return self.parts.inbox.accept(
            InboundMessage(
                provider="twilio", provider_id=text.id, channel="sms", sender=text.sender,
                recipient=BRAND_NUMBER, text=text.text, received_at=self.clock.now(),
            ),
            silence_s=text.silence_s,
        )  # fmt: skip

    def do(self, row: Any) -> None:
        """Do one piece of work, and forget it only then."""
        if row.kind == "turn":
            self.work.take_turn(TurnId(row.subject), ConversationId(row.conversation))
        else:
            self.work.send(MessageId(row.subject))
        self.queue.done(row)

    def drain(self) -> None:
        """Let time pass until nothing waits any more."""
        self.crash_in = None
        for _ in range(500):
            for row in self.queue.ready():
                self.do(row)
            due_in_s = self.queue.next_due_in_s()
            if due_in_s is None:
                return
            self.clock.forward(due_in_s)
        raise AssertionError("work without an end")

    def close(self) -> None:
        """Let the database go."""
        self.judge.close()
        self.engine.dispose()

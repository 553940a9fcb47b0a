"""A service for page tests: real store, inbox, turn, desk, templates and rules; scripted models.

Turns and sends run on timers of this process instead of DBOS, which only one app a process may own.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from agent.channels import LOCAL_PROVIDERS, LocalSender
from agent.consent.desk import ConsentDesk
from agent.desk import Desk
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import InboundMessage
from agent.domain.ports import RandomIds, SystemClock
from agent.foundation import Foundation
from agent.inbox import Inbox
from agent.outbox import Outbox
from agent.replies.evidence import Evidence
from agent.replies.grounded import Answer
from agent.runtime.turn_runner import TurnRunner
from agent.secrets_file import Secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.services import seed
from agent.wiring.teaching import knowledge_desk, learning
from agent.wiring.texts import gate
from intents.types import Candidate, Entity, EntityType, Sentiment, Understanding
from tests.conftest import CountingIds, FakeClock
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

SECRETS = Secrets(
    session="s" * 32, api_key="tw_test", first_email="lead@shop.example", first_password="let-me-in"
)
ROSALIND = "+15550101001"
RETURNS = "How do I return boots that don't fit?"
LATE = "where is my order 61874?"
ANGRY = "this is the third time I'm asking, I want a real person"


@dataclass
class ScriptedAnswerer(FakeAnswerer):
    """Answers with evidence and a cut claim, so that pages have something to show."""

    def answer(self, question: str, **context: Any) -> Answer:
        plain = super().answer(question, **context)
        if not plain.answered:
            return plain
        passage = Evidence(
            id="passage:1",
            kind="passage",
            source="returns.md",
            heading="Returns > Unworn goods",
            text="Unworn goods can be returned within 60 days. Boots must be clean.",
            score=0.81,
        )
        return Answer(
            text=plain.text, answered=True, composer="extractive", evidence=(passage, *plain.evidence),
            cut=(("We pay for everything.", "no evidence for a promise"),),
            took_ms={"retrieval": 6.2, "composing": 3.1},
        )  # fmt: skip


@dataclass
class TimerQueue:
    """Runs turns and sends after their delay, each on a thread of its own; ``run`` runs them now."""

    live: bool
    runner: TurnRunner | None = None
    outbox: Outbox | None = None
    waiting: list[Callable[[], None]] = field(default_factory=list)

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        self._later(delay_s, lambda: self._turn(turn_id, conversation_id))

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        self._later(delay_s, lambda: self.outbox.send(message_id))

    def _later(self, delay_s: float, task: Callable[[], object]) -> None:
        if not self.live:
            self.waiting.append(task)
            return
        timer = threading.Timer(delay_s + 0.03, task)
        timer.daemon = True
        timer.start()

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()

    def _turn(self, turn_id: TurnId, conversation_id: ConversationId) -> None:
        for message_id in self.runner.run(turn_id, conversation_id):
            self.outbox.send(message_id)


@dataclass
class House:
    """The service and its scripted parts. ``clock`` stands still unless the house is live."""

    services: Any
    queue: TimerQueue
    understander: FakeUnderstander
    answerer: ScriptedAnswerer
    clock: Any

    @property
    def database(self) -> Database:
        return self.services.database

    def text(self, text: str, *, sender: str = ROSALIND) -> ConversationId:
        """Let a customer text, and run the turn."""
        if not self.queue.live:
            self.clock.forward(30)
        accepted = self.services.inbox.accept(
            InboundMessage(
                provider="simulator", provider_id=self.services.ids.new("sim"), channel="web",
                sender=sender, recipient=self.services.brand.numbers[0], text=text,
                received_at=self.clock.now(),
            ),
            silence_s=0,
        )  # fmt: skip
        self.queue.run()
        return accepted.conversation_id

    def thread(self, conversation_id: ConversationId) -> Sequence[Any]:
        with self.database.read() as uow:
            return uow.messages.thread(conversation_id)


def open_house(folder: Path, *, clock: Any = None, live: bool = False, **settings: Any) -> House:
    """Build a house on SQLite in ``folder``, with the demo's customers and one lead."""
    clock, ids = clock or SystemClock(), CountingIds()
    (folder / "test.db").write_bytes(_seeded(clock.now().date()))
    engine = create_engine(f"sqlite:///{folder / 'test.db'}")
    database = Database(engine, clock, ids)
    base = foundation(engine, database, clock, ids, folder, **settings)
    understander, answerer = scripted_understander(), ScriptedAnswerer()
    answerer.answers[RETURNS] = (
        "Unworn boots can come back within 60 days, online or in either shop. Bring the box."
    )
    answerer.answers[LATE] = "Order 61874 with UPS is delayed; it was expected three days ago."
    queue = TimerQueue(live=live)
    services = _services(base, understander, answerer, queue, clock)
    return House(services, queue, understander, answerer, clock)


@cache
def _seeded(today: date) -> bytes:
    """Return a migrated and seeded SQLite file, made once a day and process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "seeded.db"
        engine = create_engine(f"sqlite:///{path}")
        upgrade(engine)
        clock = FakeClock(datetime.combine(today, time(16), UTC))
        database = Database(engine, clock, RandomIds())
        seed(foundation(engine, database, clock, RandomIds(), Path(folder)), SECRETS)
        # Closing the last connection moves the write-ahead log into the file.
        engine.dispose()
        return path.read_bytes()


def close_house(house: House) -> None:
    engine: sa.Engine = house.database.engine
    engine.dispose()


def _services(
    base: Foundation,
    understander: FakeUnderstander,
    answerer: FakeAnswerer,
    queue: TimerQueue,
    clock: Any,
) -> Any:
    mind = fake_mind(understander, answerer, clock)
    queue.runner = TurnRunner(
        database=base.database,
        taker=mind.taker,
        brand=base.brand,
        handovers=mind.handovers,
        detach=lambda *_: None,
    )
    queue.outbox = Outbox(
        database=base.database,
        senders={name: LocalSender() for name in LOCAL_PROVIDERS},
        brand=base.brand,
        gate=gate(base),
    )
    inbox = Inbox(
        database=base.database, queue=queue, brand=base.brand, ids=base.ids,
        read_consent=understander.read_consent, silence_s=base.settings.burst_silence_s,
        returning=lambda *_: None,
    )  # fmt: skip
    taught = learning(base, mind)
    return SimpleNamespace(
        learning=taught, knowledge=knowledge_desk(base, mind, taught), settings=base.settings, secrets=SECRETS, brand=base.brand, clock=clock, ids=base.ids,
        database=base.database, inbox=inbox, outbox=queue.outbox,
        desk=Desk(database=base.database, queue=queue, brand=base.brand),
        consent=SimpleNamespace(
            desk=ConsentDesk(database=base.database, brand=base.brand, clock=clock)
        ),
        understander=understander, answerer=answerer, version="0", start=lambda: None, close=lambda: None,
    )  # fmt: skip


def scripted_understander() -> FakeUnderstander:
    known = FakeUnderstander()
    known.tell(
        LATE, intent="track_order", confidence=0.93, candidates=_ranked(track_order=0.93, delivery_time=0.04, change_order=0.01),
        sentiment=Sentiment.NEGATIVE, sentiment_score=-0.34, frustration=0.31,
        entities=(Entity(type=EntityType.ORDER_NUMBER, text="61874", value="61874", start=18, end=23),),
    )  # fmt: skip
    known.tell(
        RETURNS, intent="return_product", confidence=0.88, sentiment_score=-0.06, frustration=0.12,
        candidates=_ranked(return_product=0.88, exchange_product=0.07, sizing_help=0.03),
    )  # fmt: skip
    known.tell(
        ANGRY, intent="contact_human_agent", confidence=0.91, sentiment=Sentiment.NEGATIVE, sentiment_score=-0.78,
        frustration=0.82, candidates=_ranked(contact_human_agent=0.91, complaint=0.06),
    )  # fmt: skip
    return known


def reading(text: str, **changes: Any) -> Understanding:
    known = FakeUnderstander()
    known.tell(text, **changes)
    return known.readings[text]


def _ranked(**scores: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(intent=intent, confidence=share) for intent, share in scores.items())

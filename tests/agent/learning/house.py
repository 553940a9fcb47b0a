"""Finished turns to learn from, on a real store."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.domain.ids import ConversationId, TurnId
from agent.domain.messages import InboundMessage
from agent.domain.signals import Decision, Escalate, Route
from agent.domain.turns import Trace, Versions
from agent.learning.label_files import LabelFiles
from agent.learning.labelling import Labelling
from agent.learning.observer import Observer
from agent.learning.shadow import Shadow
from agent.store.unit_of_work import Database
from intents.errors import VersionError
from tests.agent.builders import signals, understanding
from tests.conftest import FakeClock
from tests.fakes import FakeUnderstander

ADA = "+15550100301"
INTENTS = ("track_order", "get_refund", "product_info", "out_of_scope")


@dataclass
class Learner:
    """An observer with one shadow version, ``two``, that tests can steer."""

    database: Database
    clock: FakeClock
    folder: Path
    blind_share: float = 0.0
    live: str = "one"
    shadow: FakeUnderstander = field(default_factory=lambda: FakeUnderstander(version="two"))

    def __post_init__(self) -> None:
        self.observer = Observer(
            database=self.database,
            shadow=Shadow(database=self.database, load=self._load, clock=self.clock),
            live_version=lambda: self.live,
            blind_share=self.blind_share,
        )
        self.labelling = Labelling(
            database=self.database,
            files=LabelFiles(
                database=self.database,
                folder=self.folder / "labels",
                training_data=self.folder / "training_data",
            ),
            intents=lambda: INTENTS,
        )

    def _load(self, version: str) -> FakeUnderstander:
        if version != self.shadow.version:
            raise VersionError(f"There is no version {version!r}.", hint="Train it.")
        return self.shadow

    def turn(
        self,
        text: str,
        *,
        sender: str = ADA,
        rule: str = "",
        traced: bool = True,
        read: bool = True,
        **reading: Any,
    ) -> TurnId:
        """Store a text and its finished turn; ``rule`` escalates it."""
        self.clock.forward(5)
        with self.database.begin() as uow:
            customer = uow.customers.ensure(sender)
            conversation = uow.conversations.ensure(
                customer, channel="sms", customer_address=sender, brand_address="+15550100200"
            ).id
            uow.messages.add_inbound(conversation, _inbound(text, sender, self.clock))
            turn_id = TurnId(f"turn_{self.clock.at.timestamp():.0f}")
            uow.messages.claim(conversation, turn_id)
            uow.turns.begin(turn_id, conversation)
            if traced:
                trace = _trace(text, rule, read=read, **reading)
                uow.turns.finish(turn_id, result={}, trace=trace)
            else:
                uow.turns.fail(turn_id, result={})
        return turn_id

    def conversation(self, sender: str = ADA) -> ConversationId:
        """Return the conversation with a customer."""
        with self.database.begin() as uow:
            customer = uow.customers.ensure(sender)
            return uow.conversations.ensure(
                customer, channel="sms", customer_address=sender, brand_address="+15550100200"
            ).id


def _inbound(text: str, sender: str, clock: FakeClock) -> InboundMessage:
    return InboundMessage(
        provider="twilio", provider_id=f"SM{clock.at.timestamp()}", channel="sms", sender=sender,
        recipient="+15550100200", text=text, received_at=clock.now(),
    )  # fmt: skip


def _trace(text: str, rule: str, *, read: bool, **reading: Any) -> Trace:
    seen = understanding(text=text, **reading) if read else None
    before = signals(text, read=seen)
    decision = Decision(route=Route.KNOWLEDGE, rule="question", reason="A question.")
    escalate = Escalate(rule=rule, queue="general", reason="why") if rule else None
    after = Decision(
        route=Route.ESCALATION if rule else Route.KNOWLEDGE, rule=rule or "question",
        reason="A question.", escalate=escalate,
    )  # fmt: skip
    return Trace(
        versions=Versions(schema=1, model="one", rules="r1"),
        signals_before=before,
        decision_before=decision,
        signals_after=before,
        decision_after=after,
    )

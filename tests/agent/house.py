"""An agent with fakes for models, knowledge and provider, for tests of whole conversations."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agent.desk import Desk
from agent.domain.consent import ConsentState
from agent.domain.ids import RepId
from agent.domain.messages import Direction, InboundMessage
from agent.inbox import Accepted
from agent.runtime.inline import InlineQueue
from agent.store.repositories.users import User
from agent.store.unit_of_work import Database
from agent.wiring.inline import assemble_inline
from tests.conftest import CountingIds, FakeClock
from tests.fakes import FakeAnswerer, FakeSender, FakeUnderstander, fake_mind, foundation

REP = User(id=RepId("usr_1"), email="rep@shop.example", name="Robin", role="rep")
PHONE = "+15550100301"


@dataclass
class House:
    """An agent with fakes for models, knowledge and provider, and the real rest."""

    parts: Any
    understander: FakeUnderstander
    answerer: FakeAnswerer
    sender: FakeSender
    clock: FakeClock
    desk: Desk
    count: int = 0

    def text(
        self, text: str, *, provider_id: str = "", run: bool = True, **changes: Any
    ) -> Accepted:
        self.count += 1
        self.clock.forward(1)
        accepted = self.parts.inbox.accept(
            InboundMessage(
                provider="twilio", provider_id=provider_id or f"SM{self.count}", channel="sms",
                sender=PHONE, recipient="+15550100200", text=text,
                received_at=self.clock.now(), **changes,
            )
        )  # fmt: skip
        if run:
            self.parts.run_waiting()
        return accepted

    def replies(self) -> list[str]:
        return [text for _, text in self.sender.sent]

    def last(self) -> str:
        return self.replies()[-1]

    def conversation(self) -> Any:
        with self.parts.database.read() as uow:
            return uow.conversations.list()[0]

    def outbound(self) -> list[Any]:
        with self.parts.database.read() as uow:
            thread = uow.messages.thread(self.conversation().id)
        return [m for m in thread if m.direction is Direction.OUTBOUND]

    def turns(self) -> list[Any]:
        with self.parts.database.read() as uow:
            return uow.turns.of_conversation(self.conversation().id)

    def consent(self) -> ConsentState:
        with self.parts.database.read() as uow:
            customer = uow.customers.find(PHONE)
            return uow.consents.state(customer.id, sender=self.parts.brand.slug)


def build_house(
    engine: sa.Engine, database: Database, clock: FakeClock, ids: CountingIds, home: Path
) -> House:
    understander, answerer, sender = FakeUnderstander(), FakeAnswerer(), FakeSender()
    base = foundation(engine, database, clock, ids, home)
    parts = assemble_inline(base, fake_mind(understander, answerer, clock), {"twilio": sender})
    desk = Desk(database=database, queue=InlineQueue(), brand=base.brand)
    return House(parts, understander, answerer, sender, clock, desk)

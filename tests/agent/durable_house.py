"""The real durable runtime around a fake mind, for tests that stop and start it."""

from dataclasses import dataclass
from pathlib import Path

from agent.domain.messages import InboundMessage
from agent.domain.ports import Clock, RandomIds, SystemClock
from agent.inbox import Accepted
from agent.runtime.durable import Pulse
from agent.secrets_file import load_secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.services import Services, assemble
from tests.fakes import FakeAnswerer, FakeSender, FakeUnderstander, fake_mind, foundation

QUICK = Pulse(beat_s=0.3, silent_s=1.0)
"""Takes another process for dead after a second, so that tests need not wait for fifteen."""


@dataclass
class DurableHouse:
    services: Services
    answerer: FakeAnswerer
    sender: FakeSender


def build(
    url: str, home: Path, *, clock: Clock | None = None, sender: FakeSender | None = None
) -> DurableHouse:
    engine = create_engine(url)
    upgrade(engine)
    clock, ids = clock or SystemClock(), RandomIds()
    answerer = FakeAnswerer(answers={"do you resole boots?": "Yes, within 10 days."})
    sender = sender or FakeSender()
    base = foundation(engine, Database(engine, clock, ids), clock, ids, home, burst_silence_s=0.0)
    services = assemble(
        base,
        fake_mind(FakeUnderstander(), answerer, clock),
        load_secrets(home),
        {"twilio": sender},
        pulse=QUICK,
    )
    return DurableHouse(services, answerer, sender)


def text(
    house: DurableHouse,
    words: str,
    provider_id: str = "SM1",
    *,
    sender: str = "+15550100301",
    silence_s: float | None = None,
) -> Accepted:
    return house.services.inbox.accept(
        InboundMessage(
            provider="twilio", provider_id=provider_id, channel="sms", sender=sender,
            recipient="+15550100200", text=words, received_at=house.services.clock.now(),
        ),
        silence_s=silence_s,
    )  # fmt: skip

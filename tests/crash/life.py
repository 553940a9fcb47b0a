"""One life of a service process: the real durable path around a scripted mind, until it is killed.

Runs in a process of its own, born by ``tests.crash.zygote``, and does what it is told over a
connection.
"""

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agent.domain.ids import ConversationId, RepId
from agent.domain.messages import InboundMessage
from agent.domain.ports import RandomIds, SystemClock
from agent.logs import configure_logs
from agent.replies.grounded import Answer
from agent.runtime.durable import Pulse
from agent.secrets_file import load_secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.repositories.users import User
from agent.store.unit_of_work import Database
from agent.wiring.services import Services, assemble
from intents.types import Expected, Understanding
from tests.agent.builders import understanding
from tests.crash.effects import Effects
from tests.crash.provider import HttpSender
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

BRAND_NUMBER = "+15550100200"
REP = User(id=RepId("usr_1"), email="rep@shop.example", name="Robin", role="rep")
SLOW_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What a life begins with. ``changed``: the workflows' code is a later build's."""

    url: str
    home: str
    provider: str
    silence_s: float = 0.0
    changed: bool = False
    beat_s: float = 0.15
    silent_s: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A customer's text as the provider delivers it, and again until it is acknowledged."""

    id: str
    sender: str
    text: str
    silence_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepReply:
    """A rep's reply to a customer. Not repeated: the rep sees that it was not stored."""

    to: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The ``count``-th time since arming that an effect is about to be, or has been, caused."""

    when: str
    effect: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    """The service could not take it, for its database is away."""

    reason: str


class ScriptedMind(FakeUnderstander):
    """Understands what stands in brackets."""

    def held(self) -> "ScriptedMind":
        return self

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        if "[person]" in text:
            return understanding("contact_human_agent", 0.97, text=text)
        return super().understand(text, expected)


@dataclass
class EchoAnswerer(FakeAnswerer):
    """Answers every question with itself; ``[slow]``, ``[raise]`` and ``[late]`` are obeyed."""

    take: Callable[[Text], object] = lambda _: None
    """Takes the second text of ``[late]``."""

    def answer(self, question: str, **_: Any) -> Answer:
        if "[raise]" in question:
            raise RuntimeError("scripted")
        if "[slow]" in question:
            time.sleep(SLOW_S)
        if "[late]" in question:
            # A second text while the first is being answered; again after a crash, as a duplicate.
            self.take(late_text(question.split("#")[1].split(maxsplit=1)[0]))
        text = f"Echo: {question}"
        return Answer(
            text=text, answered=True, composer="extractive", evidence=(), passages=(), cut=(),
            took_ms={"retrieval": 0.0, "composing": 0.0}, prompt_version="", failure=None,
        )  # fmt: skip


def phone(place: int | str) -> str:
    """Return the number of one of the customers."""
    return "+1555" + str(place).rjust(7, "0")


def late_text(place: int | str) -> Text:
    """Return the text that comes while ``[late]`` is being answered."""
    return Text(id=f"late-{place}", sender=phone(place), text=f"and blue? #{place}")


class Trap:
    """Writes down effects, and kills the process at the boundary it is armed with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: Boundary | None = None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seen: list[str] = []

    def arm(self, boundary: Boundary | None) -> None:
        with self._lock:
            self._armed = boundary
            self._counts.clear()
            self._seen.clear()

    def seen(self, when: str, effect: str) -> None:
        with self._lock:
            self._counts[when, effect] += 1
            if when == "after":
                self._seen.append(effect)
            armed = self._armed
            if armed == Boundary(when=when, effect=effect, count=self._counts[when, effect]):
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)  # until the signal is there

    def read(self) -> list[str]:
        with self._lock:
            return list(self._seen)


class WatchedSender:
    """Tells the trap when the provider has answered, refusals and time-outs too."""

    def __init__(self, inner: HttpSender, effects: Effects) -> None:
        self._inner = inner
        self._effects = effects

    def send(self, **changes: Any) -> Any:
        try:
            return self._inner.send(**changes)
        finally:
            self._effects.provider()


def live(birth: Birth, connection: Connection) -> None:
    """Begin, say so, and obey until the end of the connection."""
    configure_logs("WARNING")
    trap = Trap()
    effects = Effects(trap.seen)
    effects.install()
    services = build(birth, effects)
    if birth.changed:
        from tests.crash import later_build

        later_build.install()
    services.start()
    connection.send(os.getpid())
    while True:
        try:
            command, argument = connection.recv()
        except EOFError:
            os._exit(0)
        try:
            answer = _obey(services, trap, command, argument)
        except sa.exc.SQLAlchemyError as error:
            answer = Refused(type(error).__name__)  # as the webhook answers 503
        connection.send(answer)


def build(birth: Birth, effects: Effects) -> Services:
    """Put a service together around the scripted mind."""
    home = Path(birth.home)
    engine = create_engine(birth.url)
    upgrade(engine)
    clock, ids = SystemClock(), RandomIds()
    answerer = EchoAnswerer()
    base = foundation(
        engine, Database(engine, clock, ids), clock, ids, home, burst_silence_s=birth.silence_s
    )
    services = assemble(
        base,
        fake_mind(ScriptedMind(), answerer, clock),
        load_secrets(home),
        {"twilio": WatchedSender(HttpSender(birth.provider), effects)},
        pulse=Pulse(beat_s=birth.beat_s, silent_s=birth.silent_s),
    )
    answerer.take = partial(take_text, services)
    return services


def _obey(services: Services, trap: Trap, command: str, argument: Any) -> Any:
    match command:
        case "arm":
            trap.arm(argument)
        case "effects":
            return trap.read()
        case "text":
            return take_text(services, argument)
        case "reply":
            return _reply(services, argument)
        case "close":
            services.close()
        case _:
            raise ValueError(command)
    return None


def take_text(services: Services, text: Text) -> bool:
    """Take a customer's text; return whether it was known already."""
    return services.inbox.accept(
        InboundMessage(
            provider="twilio", provider_id=text.id, channel="sms", sender=text.sender,
            recipient=BRAND_NUMBER, text=text.text, received_at=services.clock.now(),
        ),
        silence_s=text.silence_s,
    ).duplicate  # fmt: skip


def _reply(services: Services, reply: RepReply) -> str:
    with services.database.read() as uow:
        conversation = uow.conversations.find(
            channel="sms", customer_address=reply.to, brand_address=BRAND_NUMBER
        )
    if conversation is None:
        raise LookupError(reply.to)
    rep = replace(REP)
    return str(services.desk.reply(ConversationId(conversation.id), text=reply.text, rep=rep).id)


def be_born(birth: Birth, connection: Connection) -> None:
    """Live in a fork; whatever happens, do not return into the parent's code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(Path(birth.home) / "life.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        live(birth, connection)
    except BaseException:  # noqa: BLE001 - the log is all there is
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)

"""A real Kannel between the service and Kannel's own stand-in of a carrier."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
import uvicorn

from agent.domain.messages import Author, Delivery, Message
from agent.wiring.services import Services
from tests.api.gateways import CUSTOMER, SECRET, SHOP, gateway, gateway_service

FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
QUESTION, ANSWER = "do you resole boots?", "Yes, within 10 days."
GSM_QUESTION, GSM_ANSWER = "costs {5 €} ~ [é]?", "It is 5 € {net} ~ é|^\\"
EMOJI_QUESTION, EMOJI_ANSWER = "hi 😀 ça va?", "Hello 👋 “you”"
LONG_QUESTION, LONG_ANSWER = "and in long?", "ж" * 66 + "😀" + "ж" * 10
"""The emoji lies over the place where Kannel would cut."""

pytestmark = pytest.mark.skipif(
    shutil.which("bearerbox") is None or not FAKESMSC.exists(),
    reason="Kannel is not installed: apt-get install kannel kannel-extras",
)

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = test
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
store-type = file
store-location = {folder}/store
store-dump-freq = 1
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 20
http-queue-delay = 1
reply-couldnotfetch = ""
reply-couldnotrepresent = ""
reply-requestfailed = ""
reply-emptymessage = ""
log-level = 1

group = sendsms-user
username = shop
password = pw
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
{method}-url = "{url}"
"""
POST = "?secret={secret}&id=%I&from=%p&to=%P&time=%T&coding=%c&charset=%C"
GET = POST + "&text=%b"


def free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def wait_for(found: Callable[[], Any], what: str, *, timeout_s: float = 20) -> Any:
    ends = time.monotonic() + timeout_s
    while time.monotonic() < ends:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {timeout_s} s")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Process:
    """A program with its output, ended by its own id."""

    command: list[str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.child is None:
            return
        os.kill(self.child.pid, number)
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(timeout=10)
        self.child = None

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@dataclass
class Kannel:
    """bearerbox, smsbox, and the carrier's stand-in that texts in and keeps what comes out."""

    folder: Path
    ports: dict[str, int]
    carriers: count = field(default_factory=lambda: count(1))
    logs: list[Path] = field(default_factory=list)
    bearerbox: Process = field(init=False)
    smsbox: Process = field(init=False)
    carrier: Process | None = None

    def __post_init__(self) -> None:
        configuration = str(self.folder / "kannel.conf")
        self.bearerbox = Process(["bearerbox", configuration], self.folder / "bearerbox.log")
        self.smsbox = Process(["smsbox", configuration], self.folder / "smsbox.log")

    @property
    def send_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    def configure(self, url: str, method: str) -> None:
        pattern = url + (POST if method == "post" else GET)
        text = CONFIGURATION.format(
            **self.ports, folder=self.folder, method=method,
            url=pattern.replace("{secret}", SECRET),
        )  # fmt: skip
        (self.folder / "kannel.conf").write_text(text)

    def start(self, *, smsbox: bool = True) -> None:
        self.bearerbox.start()
        wait_for(lambda: listens(self.ports["box"]), "bearerbox")
        if smsbox:
            self.smsbox.start()
            wait_for(lambda: listens(self.ports["sendsms"]), "smsbox")

    def stop(self) -> None:
        if self.carrier is not None:
            self.carrier.stop(signal.SIGKILL)
            self.carrier = None
        # smsbox first: it hands back what it has taken.
        self.smsbox.stop()
        self.bearerbox.stop()

    def text(self, coding: str, data: str) -> None:
        """Let the customer text: the carrier connects, sends, and stays to take what comes."""
        if self.carrier is not None:
            self.carrier.stop(signal.SIGKILL)
        log = self.folder / f"carrier-{next(self.carriers)}.log"
        self.logs.append(log)
        self.carrier = Process(
            [str(FAKESMSC), "-v", "0", "-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-m", "1",
             "-i", "0.01", f"{CUSTOMER} {SHOP} {coding} {data}"],
            log,
        )  # fmt: skip
        self.carrier.start()
        wait_for(lambda: "sent message 1" in log.read_text("utf-8", "replace"), "the text")

    def delivered(self) -> list[str]:
        """Return what reached the phone, parts joined by their headers."""
        lines = [
            line for log in self.logs for line in log.read_text("utf-8", "replace").splitlines()
        ]
        got = [line.split("<", 1)[1][:-1] for line in lines if ": Got message" in line]
        texts: list[str] = []
        for one in got:
            sender, to, coding, rest = one.split(" ", 3)
            assert (sender, to) == (SHOP, CUSTOMER)
            if coding == "text":
                texts.append(rest)
            elif coding == "ucs-2":
                texts.append(_ucs2(rest))
            else:
                header, _, content = rest.split(" ", 2)
                first = unquote_to_bytes(header)[5] == 1
                texts.append(_ucs2(content)) if first else texts.append(
                    texts.pop() + _ucs2(content)
                )
        return texts


def _ucs2(encoded: str) -> str:
    return unquote_to_bytes(encoded.replace("+", " ")).decode("utf-16-be")


class Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        pass


@dataclass
class World:
    services: Services
    kannel: Kannel

    def stored(self) -> list[Message]:
        with self.services.database.read() as uow:
            return [m for c in uow.conversations.list() for m in uow.messages.thread(c.id)]

    def texts_in(self) -> list[str]:
        return [message.text for message in self.stored() if message.direction == "inbound"]

    def replies(self, delivery: Delivery) -> list[str]:
        return [
            m.text for m in self.stored() if m.direction == "outbound" and m.delivery is delivery
        ]

    def reply_as_rep(self, text: str) -> None:
        """Let a person answer the only conversation."""
        with self.services.database.begin() as uow:
            (conversation,) = uow.conversations.list()
            message = uow.messages.add_outbound(
                conversation.id, author=Author.REP, text=text, provider="gateway",
                encoding="GSM-7", segments=1, essential=True,
            )  # fmt: skip
            self.services.runtime._work.queue.enqueue_send(uow.session, message.id, delay_s=0)


@contextmanager
def serving(app: Any, port: int) -> Iterator[None]:
    server = Server(
        uvicorn.Config(
            app, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started, "the service")
    yield
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(params=["post"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    names = ("service", "admin", "box", "smsc", "sendsms")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    kannel = Kannel(tmp_path, ports)
    base = f"http://127.0.0.1:{ports['service']}"
    kannel.configure(f"{base}/webhooks/gateway/kannel", request.param)
    entries = [gateway(send_url=kannel.send_url, networks=["127.0.0.1"], callback_url=base)]
    answers = {QUESTION: ANSWER, GSM_QUESTION: GSM_ANSWER, EMOJI_QUESTION: EMOJI_ANSWER,
               LONG_QUESTION: LONG_ANSWER}  # fmt: skip
    with (
        gateway_service(tmp_path / "home", entries, answers) as (services, app),
        serving(app, ports["service"]),
    ):
        try:
            yield World(services, kannel)
        finally:
            kannel.stop()


@pytest.mark.parametrize("world", ["get", "post"], indirect=True)
def test_texts_come_in_replies_go_out_and_receipts_come_back(world: World) -> None:
    kannel = world.kannel
    kannel.start()

    kannel.text("text", QUESTION)
    wait_for(lambda: world.replies(Delivery.DELIVERED), "a delivered reply")
    kannel.text("text", GSM_QUESTION)
    wait_for(lambda: len(world.replies(Delivery.DELIVERED)) == 2, "GSM and its extension")
    encoded = "".join(f"%{byte:02X}" for byte in EMOJI_QUESTION.encode("utf-16-be"))
    kannel.text("ucs2", encoded)
    wait_for(lambda: len(world.replies(Delivery.DELIVERED)) == 3, "emoji")
    kannel.text("text", LONG_QUESTION)
    wait_for(lambda: len(world.replies(Delivery.DELIVERED)) == 4, "a long reply")

    assert world.texts_in() == [QUESTION, GSM_QUESTION, EMOJI_QUESTION, LONG_QUESTION]
    # Nothing else reaches the phone: what we answer to Kannel's call is not texted.
    assert kannel.delivered() == [ANSWER, GSM_ANSWER, EMOJI_ANSWER, LONG_ANSWER]


def test_kannel_restarted_in_between_loses_and_doubles_nothing(world: World) -> None:
    kannel = world.kannel
    # The box that speaks HTTP is away: the text waits in bearerbox's store, over its restart too.
    kannel.start(smsbox=False)
    kannel.text("text", QUESTION)
    wait_for(lambda: QUESTION.encode() in _store(kannel), "the text in the store")
    kannel.stop()
    assert world.texts_in() == []

    kannel.start()
    wait_for(world.texts_in, "the text that waited")
    # No carrier is there: the reply waits in Kannel, and again over its restart.
    wait_for(lambda: world.replies(Delivery.SENT), "the reply handed over")
    wait_for(lambda: ANSWER.encode() in _store(kannel), "the reply in the store")
    kannel.stop()
    # Kannel is away altogether: our outbox tries again.
    world.reply_as_rep("Anything else?")
    wait_for(
        lambda: any(m.attempts and m.delivery is Delivery.QUEUED for m in world.stored()), "a try"
    )
    kannel.start()
    kannel.text("text", GSM_QUESTION)

    wait_for(lambda: len(world.replies(Delivery.DELIVERED)) == 3, "all three", timeout_s=40)
    assert world.texts_in() == [QUESTION, GSM_QUESTION]
    assert sorted(kannel.delivered()) == sorted([ANSWER, GSM_ANSWER, "Anything else?"])


def test_a_service_that_is_away_gets_the_text_when_it_is_back(tmp_path: Path) -> None:
    names = ("service", "admin", "box", "smsc", "sendsms")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    kannel = Kannel(tmp_path, ports)
    base = f"http://127.0.0.1:{ports['service']}"
    kannel.configure(f"{base}/webhooks/gateway/kannel", "post")
    entries = [gateway(send_url=kannel.send_url, callback_url=base)]
    try:
        kannel.start()
        kannel.text("text", QUESTION)
        with (
            gateway_service(tmp_path / "home", entries, {QUESTION: ANSWER}) as (services, app),
            serving(app, ports["service"]),
        ):
            world = World(services, kannel)
            wait_for(lambda: world.replies(Delivery.DELIVERED), "the reply", timeout_s=40)
            assert world.texts_in() == [QUESTION]
            # Kannel has not told the customer of its failed calls.
            assert kannel.delivered() == [ANSWER]
    finally:
        kannel.stop()


def _store(kannel: Kannel) -> bytes:
    return b"".join(path.read_bytes() for path in kannel.folder.glob("store*") if path.is_file())

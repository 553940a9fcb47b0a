"""One application with every channel that has a peer, on SQLite; turns run when a test says so."""

import importlib
import itertools
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

import tests.contract.peers
from agent.channels import Sender
from agent.domain.conversations import Conversation
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Delivery, Message
from agent.domain.ports import RandomIds, SystemClock
from agent.errors import SendProblem
from agent.secrets_file import load_secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.services import Services, assemble
from api.app import create_app
from api.channels import Channel, discover, folders
from tests.contract.peer import BRAND_NUMBER, PUBLIC_URL, Call, Peer, StandIn, standing_in
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

PICTURE = "https://media.example/one.jpg"
TRY_AGAIN = {SendProblem.BUSY, SendProblem.LATER}
QUESTION, REPLY = "do you resole boots?", "Yes, within 10 days."
TIMEOUT_S = 0.3

_numbers = itertools.count(1000)


def played() -> list[str]:
    """Return the channel folders that have a peer; a test of the suite says which have none."""
    peers = {info.name for info in pkgutil.iter_modules(tests.contract.peers.__path__)}
    return [folder for folder in folders() if folder in peers]


def peer_of(folder: str) -> Peer:
    """Return the peer that plays a channel folder's provider."""
    made: Peer = importlib.import_module(f"tests.contract.peers.{folder}").make()
    return made


@dataclass(frozen=True)
class House:
    """The application around one database, and what a test looks into."""

    client: TestClient
    services: Services
    inline: Inline
    channels: dict[str, Channel]

    def call(self, call: Call) -> httpx.Response:
        return self.client.request(
            call.method, call.path, content=call.content, headers=dict(call.headers)
        )

    def stored(self, provider: str) -> int:
        """Count what came in through a provider."""
        with self.services.database.read() as uow:
            return sum(
                message.provider == provider
                for conversation in uow.conversations.list(limit=10_000)
                for message in uow.messages.thread(conversation.id)
                if message.direction == "inbound"
            )

    def sent_message(self, provider: str, provider_id: str | None) -> Message:
        """Store a message that a provider has, or is about to have."""
        conversation = self._conversation(provider)
        with self.services.database.begin() as uow:
            message = uow.messages.add_outbound(
                conversation.id, author=Author.AGENT, text="hello", provider=provider,
                encoding="gsm7", segments=1,
            )  # fmt: skip
            uow.sends.begin_sending(message.id)
            if provider_id:
                uow.sends.set_delivery(message.id, Delivery.SENDING, provider_id=provider_id)
            return message

    def _conversation(self, provider: str) -> Conversation:
        with self.services.database.begin() as uow:
            number = a_number()
            return uow.conversations.ensure(
                uow.customers.ensure(number), channel="sms" if provider != "web" else "web",
                customer_address=number, brand_address=BRAND_NUMBER,
            )  # fmt: skip

    def delivery(self, message: Message) -> Delivery | None:
        with self.services.database.read() as uow:
            return uow.messages.get(message.id).delivery


def a_number() -> str:
    """Return a customer's number that no other test has."""
    return f"+1555010{next(_numbers)}"


def an_id() -> str:
    """Return a provider's id that no other test has."""
    return f"PX{next(_numbers)}"


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def house(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("contract")
    engine = create_engine(f"sqlite:///{home / 'contract.db'}")
    upgrade(engine)
    clock, ids = SystemClock(), RandomIds()
    base = foundation(
        engine, Database(engine, clock, ids), clock, ids, home, **_settings(stand_in.url, home)
    )
    channels = dict(discover(base.settings))
    senders = {name: channel.sender for name, channel in channels.items() if channel.sender}
    mind = fake_mind(FakeUnderstander(), FakeAnswerer(answers={QUESTION: REPLY}), clock)
    inline = assemble_inline(base, mind, senders)
    services = replace(
        assemble(base, mind, load_secrets(home), senders), inbox=inline.inbox, outbox=inline.outbox
    )
    app = create_app(services, list(channels.values()))
    # Not entered: nothing runs in the background.
    client = TestClient(app, raise_server_exceptions=False, base_url=PUBLIC_URL)
    yield House(client, services, inline, channels)
    client.close()
    services.close()
    for channel in channels.values():
        if channel.close is not None:
            channel.close()


def _settings(base_url: str, folder: Path) -> dict[str, object]:
    settings: dict[str, object] = {
        "public_url": PUBLIC_URL, "burst_silence_s": 0.0, "provider_timeout_s": TIMEOUT_S,
    }  # fmt: skip
    for name in played():
        settings |= peer_of(name).settings(base_url=base_url, folder=folder)
    return settings


@pytest.fixture(params=played())
def peer(request: pytest.FixtureRequest) -> Peer:
    return peer_of(request.param)


def need(what: object, why: str) -> None:
    if not what:
        pytest.skip(why)


def sender_of(house: House, peer: Peer) -> Sender:
    need(peer.sends_over_http, "this channel sends nothing over HTTP")
    sender = house.channels[peer.provider].sender
    assert sender is not None
    return sender


def send(sender: Sender, text: str = "hi 👋", media: tuple[str, ...] = ()) -> str:
    return sender.send(
        message_id=MessageId("msg_1"), to="+15550100301", sender=BRAND_NUMBER, text=text,
        media=media,
    ).provider_id  # fmt: skip

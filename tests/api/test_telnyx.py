"""Telnyx beyond the contract suite: the age of signatures, what Telnyx answers itself, the send."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from agent.channels import LooksUp
from agent.domain.ids import MessageId
from agent.domain.messages import Message
from agent.domain.ports import RandomIds
from agent.errors import ConfigurationError
from agent.secrets_file import load_secrets
from agent.settings import Settings
from agent.store.unit_of_work import Database
from agent.wiring.inline import assemble_inline
from agent.wiring.services import Services, assemble
from api.app import create_app
from api.channels import discover
from api.channels.telnyx.channel import make
from api.channels.telnyx.sender import TelnyxSender
from api.channels.telnyx.signature import make_check
from tests.conftest import FakeClock
from tests.contract.peer import PUBLIC_URL, Answer, Call, standing_in
from tests.contract.peers import telnyx
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

PEER = telnyx.Telnyx()


@pytest.fixture
def services(sqlite_database: Database, clock: FakeClock, tmp_path: Path) -> Services:
    base = foundation(
        sqlite_database.engine, sqlite_database, clock, RandomIds(), tmp_path,
        **PEER.settings(base_url="http://127.0.0.1:9", folder=tmp_path), public_url=PUBLIC_URL,
    )  # fmt: skip
    mind = fake_mind(FakeUnderstander(), FakeAnswerer(), clock)
    inline = assemble_inline(base, mind)
    return replace(assemble(base, mind, load_secrets(tmp_path), {}), inbox=inline.inbox)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    app = create_app(services, list(discover(services.settings).values()))
    client = TestClient(app, raise_server_exceptions=False)
    yield client
    client.close()


def deliver(client: TestClient, call: Call) -> int:
    return client.post(call.path, content=call.content, headers=dict(call.headers)).status_code


def text(words: str, **changes: object) -> Call:
    return telnyx.event("message.received", {
        "id": "T1", "from": {"phone_number": "+15550100301"},
        "to": [{"phone_number": "+15550100200"}], "text": words, **changes,
    })  # fmt: skip


def stored(services: Services) -> list[Message]:
    with services.database.read() as uow:
        return [
            message
            for conversation in uow.conversations.list()
            for message in uow.messages.thread(conversation.id)
        ]


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 204), (299, 204), (301, 403), (-299, 204), (-301, 403)]
)
def test_a_signature_is_good_for_five_minutes(
    client: TestClient, clock: FakeClock, age_s: int, status: int
) -> None:
    at = int(clock.now().timestamp()) - age_s

    assert deliver(client, PEER.sign(text("hi"), at=at)) == status


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1e9", "٣", " 1", "9" * 5000])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    key = Ed25519PrivateKey.generate()
    check = make_check(base64.b64encode(key.public_key().public_bytes_raw()).decode())
    signature = base64.b64encode(key.sign(timestamp.encode() + b"|x")).decode()
    headers = {"telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signature}

    assert not check(headers, b"x", 1.0)


@pytest.mark.parametrize("signature", ["", "x", "=" * 8, base64.b64encode(bytes(64)).decode()])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    key = Ed25519PrivateKey.generate()
    check = make_check(base64.b64encode(key.public_key().public_bytes_raw()).decode())

    headers = {"telnyx-timestamp": "1", "telnyx-signature-ed25519": signature}
    assert not check(headers, b"x", 1.0)


@pytest.mark.parametrize("key", ["x", "", "AAAA", "é"])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigurationError, match="TELNYX_PUBLIC_KEY"):
        make_check(key)


def test_what_telnyx_has_answered_is_not_answered_again(
    client: TestClient, services: Services, clock: FakeClock
) -> None:
    call = text("STOP", autoresponse_type="opt_out")

    assert deliver(client, PEER.sign(call, at=int(clock.now().timestamp()))) == 204

    (message,) = [message for message in stored(services) if message.direction == "inbound"]
    assert message.provider_handled
    with services.database.read() as uow:
        customer = uow.customers.find("+15550100301")
        assert customer is not None
        assert uow.consents.state(customer.id, sender=services.brand.slug) == "out"


def test_an_event_of_another_kind_is_acknowledged(
    client: TestClient, services: Services, clock: FakeClock
) -> None:
    call = telnyx.event("number.updated", {"anything": 1})

    assert deliver(client, PEER.sign(call, at=int(clock.now().timestamp()))) == 204
    assert stored(services) == []


def test_a_send_names_profile_callback_and_idempotency_key() -> None:
    with standing_in() as stand_in:
        stand_in.expect(Answer(200, {"data": {"id": "T9"}}))
        sender = TelnyxSender(
            api_key="KEY", base_url=stand_in.url, messaging_profile_id="MP",
            webhook=f"{PUBLIC_URL}/webhooks/telnyx",
        )  # fmt: skip
        sender.send(
            message_id=MessageId("msg_1"), to="+15550100301", sender="+15550100200", text="",
            media=("https://x.example/a.jpg",),
        )  # fmt: skip
        sender.close()

    (asked,) = stand_in.asked
    assert (asked.method, asked.path) == ("POST", "/v2/messages")
    assert asked.headers["Authorization"] == "Bearer KEY"
    assert asked.headers["Idempotency-Key"] == "msg_1"
    assert asked.json == {
        "from": "+15550100200", "to": "+15550100301", "messaging_profile_id": "MP",
        "media_urls": ["https://x.example/a.jpg"],
        "webhook_url": f"{PUBLIC_URL}/webhooks/telnyx?message=msg_1",
    }  # fmt: skip


def test_nothing_can_be_looked_up_by_our_id(tmp_path: Path) -> None:
    channel = make(Settings(home=tmp_path, telnyx_api_key="KEY"))

    assert channel.sender is not None
    assert not isinstance(channel.sender, LooksUp)

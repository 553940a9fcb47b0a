"""Vonage beyond the contract suite: the SMS API, parts of long texts, tokens, the account's key."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

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
from api.channels.vonage.channel import make
from api.channels.vonage.numbers import to_e164, to_vonage
from api.channels.vonage.sender import VonageSender, _content
from api.channels.vonage.signature import make_sig, sig_is_good
from tests.conftest import FakeClock
from tests.contract.peer import PUBLIC_URL, Answer, Call, Peer, standing_in
from tests.contract.peers import vonage
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

SECRET = vonage.SECRET
PATH = "/webhooks/vonage/inbound"


def services_on(database: Database, clock: FakeClock, home: Path) -> Services:
    """Make a service that takes Vonage's texts; nothing runs in its background."""
    base = foundation(
        database.engine, database, clock, RandomIds(), home,
        vonage_signature_secret=SECRET, vonage_signature_method="sha256", public_url=PUBLIC_URL,
    )  # fmt: skip
    mind = fake_mind(FakeUnderstander(), FakeAnswerer(), clock)
    inline = assemble_inline(base, mind)
    return replace(assemble(base, mind, load_secrets(home), {}), inbox=inline.inbox)


@pytest.fixture
def services(sqlite_database: Database, clock: FakeClock, tmp_path: Path) -> Services:
    return services_on(sqlite_database, clock, tmp_path)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    app = create_app(services, list(discover(services.settings).values()))
    client = TestClient(app, raise_server_exceptions=False)
    yield client
    client.close()


def sms(services: Services, **more: Any) -> dict[str, str]:
    """Make the signed fields of a text through the SMS API."""
    fields = {
        "msisdn": "15550100301", "to": "15550100200", "messageId": "M1", "text": "hi & bye = 👋",
        "type": "unicode", "keyword": "HI", "message-timestamp": "2026-11-24 16:00:00",
        "timestamp": str(int(services.clock.now().timestamp())), "nonce": "n",
        **{name.replace("_", "-"): str(value) for name, value in more.items()},
    }  # fmt: skip
    return signed(fields)


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    return {**fields, "sig": make_sig(fields, secret=SECRET, method="sha256").upper()}


def stored(services: Services) -> list[Message]:
    with services.database.read() as uow:
        return [
            message
            for conversation in uow.conversations.list()
            for message in uow.messages.thread(conversation.id)
        ]


@pytest.mark.parametrize("way", ["get", "form", "json"])
def test_the_sms_api_calls_in_three_ways(client: TestClient, services: Services, way: str) -> None:
    fields = sms(services)

    if way == "get":
        answer = client.get(PATH, params=fields)
    elif way == "form":
        answer = client.post(PATH, data=fields)
    else:
        answer = client.post(PATH, json=fields)

    assert answer.status_code == 204
    (message,) = stored(services)
    assert (message.text, message.provider_id) == ("hi & bye = 👋", "M1")
    with services.database.read() as uow:
        conversation = uow.conversations.get(message.conversation_id)
    assert conversation.customer_address == "+15550100301"
    assert conversation.brand_address == "+15550100200"


def test_a_wrong_or_missing_sig_is_refused(client: TestClient, services: Services) -> None:
    fields = sms(services)
    for wrong in (
        {**fields, "text": "another"}, {**fields, "sig": ""}, {**fields, "sig": "é"},
        {name: value for name, value in fields.items() if name != "sig"},
        signed({**fields, "timestamp": "soon"}),
    ):  # fmt: skip
        assert client.get(PATH, params=wrong).status_code == 403
        assert client.post(PATH, data=wrong).status_code == 403
    assert stored(services) == []


@pytest.mark.parametrize(
    ("hours", "status"), [(0, 204), (23, 204), (25, 403), (-1, 204), (-25, 403)]
)
def test_a_text_of_the_sms_api_may_be_as_old_as_its_retries(
    client: TestClient, services: Services, clock: FakeClock, hours: int, status: int
) -> None:
    fields = sms(services)
    clock.forward(hours * 3600)

    assert client.get(PATH, params=fields).status_code == status


@pytest.mark.parametrize(("age_s", "status"), [(0, 204), (290, 204), (310, 403), (-310, 403), (86_400, 403)])  # fmt: skip
def test_a_token_is_good_for_five_minutes(
    client: TestClient, clock: FakeClock, age_s: int, status: int
) -> None:
    peer = vonage.Vonage()
    call = peer.inbound(provider_id="M1", text="hi", sender="+15550100301")
    issued = int(clock.now().timestamp()) - age_s

    assert deliver(client, peer.sign(call, iat=issued)).status_code == status


@pytest.mark.parametrize(
    "claims",
    [{"payload_hash": "0" * 64}, {"payload_hash": None}, {"payload_hash": 7}, {"iat": None},
     {"iat": "soon"}, {"iat": True}, {"exp": 1}],
)  # fmt: skip
def test_a_token_without_the_right_claims_is_refused(
    client: TestClient, services: Services, claims: dict[str, Any]
) -> None:
    peer = vonage.Vonage()
    call = peer.inbound(provider_id="M1", text="hi", sender="+15550100301")
    now = int(services.clock.now().timestamp())

    assert deliver(client, peer.sign(call, **{"iat": now, **claims})).status_code == 403
    assert stored(services) == []


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_a_token_of_another_kind_is_refused(
    client: TestClient, services: Services, algorithm: str
) -> None:
    peer = vonage.Vonage()
    call = peer.sign(peer.inbound(provider_id="M1", text="hi", sender="+15550100301"))
    claims = jwt.decode(
        call.headers["authorization"].removeprefix("Bearer "), options={"verify_signature": False}
    )
    claims["iat"] = int(services.clock.now().timestamp())
    token = jwt.encode(claims, None if algorithm == "none" else SECRET * 2, algorithm=algorithm)

    for value in (f"Bearer {token}", f"Basic {token}", "Bearer", "Bearer a.b.c", ""):
        forged = replace(call, headers={**call.headers, "authorization": value})
        assert deliver(client, forged).status_code == 403


def deliver(client: TestClient, call: Call) -> Any:
    return client.request(call.method, call.path, content=call.content, headers=dict(call.headers))


def test_other_channels_of_the_messages_api_are_left(
    client: TestClient, services: Services
) -> None:
    peer: Peer = vonage.Vonage()
    call = vonage.post(PATH, {"message_uuid": "M1", "channel": "whatsapp", "from": "1", "to": "2"})
    now = int(services.clock.now().timestamp())

    assert deliver(client, peer.sign(call, iat=now)).status_code == 204
    assert stored(services) == []


# ── signatures, numbers, sending ────────────────────────────────────────────────────────────


def test_the_sig_is_made_as_vonage_says() -> None:
    """The string to sign, written out by hand."""
    import hashlib
    import hmac

    fields = {"b": "x&y=z", "a": "1", "sig": "left out"}

    expected = hmac.new(b"key", b"&a=1&b=x_y_z", hashlib.sha512).hexdigest()
    assert make_sig(fields, secret="key", method="sha512") == expected
    plain = hashlib.md5(b"&a=1&b=x_y_zkey", usedforsecurity=False).hexdigest()
    assert make_sig(fields, secret="key", method="md5hash") == plain


@given(
    fields=st.dictionaries(st.text(min_size=1), st.text(), max_size=5),
    method=st.sampled_from(["md5hash", "md5", "sha1", "sha256", "sha512"]),
)
def test_what_is_signed_passes_and_what_is_changed_does_not(
    fields: dict[str, str], method: str
) -> None:
    whole = {**fields, "timestamp": "1000"}
    whole["sig"] = make_sig(whole, secret="key", method=method)

    assert sig_is_good(whole, secret="key", method=method, now_s=1000)
    assert not sig_is_good({**whole, "more": "x"}, secret="key", method=method, now_s=1000)
    assert not sig_is_good(whole, secret="another", method=method, now_s=1000)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("15550100301", "+15550100301"), ("447700900000", "+447700900000"), ("12345", "12345"),
     ("PINYON", "PINYON"), ("٣٣٣٣٣٣٣٣", "٣٣٣٣٣٣٣٣")],
)  # fmt: skip
def test_numbers_get_and_lose_their_plus(theirs: str, ours: str) -> None:
    assert to_e164(theirs) == ours
    assert to_vonage(ours) == theirs


@pytest.mark.parametrize(
    ("link", "kind"),
    [("https://x.example/a.jpg", "image"), ("https://x.example/a.mp4?x=1", "video"),
     ("https://x.example/a.mp3", "audio"), ("https://x.example/a.vcf", "vcard"),
     ("https://x.example/a.pdf", "file"), ("https://x.example/picture", "image")],
)  # fmt: skip
def test_a_file_is_sent_as_what_it_is(link: str, kind: str) -> None:
    content = _content("look", (link,))

    assert content["message_type"] == kind
    assert content[kind] == {"url": link, "caption": "look"}


def test_further_pictures_go_as_links() -> None:
    content = _content("look", ("https://x.example/a.jpg", "https://x.example/b.jpg"))

    assert content["image"] == {
        "url": "https://x.example/a.jpg", "caption": "look\nhttps://x.example/b.jpg",
    }  # fmt: skip


def test_without_an_application_the_account_s_key_signs() -> None:
    with standing_in() as stand_in:
        stand_in.expect(Answer(202, {"message_uuid": "U1"}))
        sender = VonageSender(auth=("key", "secret"), base_url=stand_in.url)
        receipt = sender.send(
            message_id="msg_1", to="+15550100301", sender="+15550100200", text="hi"
        )
        sender.close()

    (asked,) = stand_in.asked
    assert receipt.provider_id == "U1"
    assert asked.headers["Authorization"].startswith("Basic ")
    assert json.loads(asked.content) == {
        "to": "15550100301", "from": "15550100200", "client_ref": "msg_1", "channel": "sms",
        "message_type": "text", "text": "hi",
    }  # fmt: skip


def test_half_an_application_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="belong together"):
        make(Settings(home=tmp_path, vonage_application_id="app"))


@pytest.mark.parametrize("content", [None, b"no key", b""])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "private.key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError, match="VONAGE_PRIVATE_KEY"):
        make(Settings(home=tmp_path, vonage_application_id="app", vonage_private_key=file))


def test_without_a_secret_nothing_is_taken(tmp_path: Path, services: Services) -> None:
    settings = Settings(home=tmp_path)
    bare = replace(services, settings=settings)
    app = create_app(bare, list(discover(settings).values()))
    client = TestClient(app, raise_server_exceptions=False)

    for path in (PATH, "/webhooks/vonage/status", "/webhooks/telnyx", "/webhooks/twilio/sms"):
        answer = client.post(path, json={})
        assert answer.status_code == 503
        assert "TEXTWISE_" in answer.json()["detail"]
    assert client.get(f"{PATH}?{urlencode({'sig': 'x'})}").status_code == 503
    client.close()

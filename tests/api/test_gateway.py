"""Plain HTTP gateways: what they send us, what we send them, by the shapes of Kannel and Jasmin."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, Message
from agent.errors import (
    ConfigurationError,
    PermanentSendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.replies.segments import GSM_BASIC, GSM_EXTENSION, encoding_of, measure
from api.channels.gateway.dialect import GatewayText, cut
from api.channels.gateway.fields import Fields
from api.channels.gateway.files import Gateway, load_gateways
from api.channels.gateway.inbound import as_inbound, phone_number
from api.channels.gateway.jasmin import GSM_EXTENSION_CODES, GSM_ORDER, Jasmin
from api.channels.gateway.sender import PART_TRIES, GatewaySender
from api.client_address import client_address
from tests.api.gateways import CUSTOMER, SECRET, SHOP, Home, gateway, gateway_home, write_gateways

QUESTION, ANSWER = "do you resole boots?", "Yes, within 10 days."
EMOJI_OVER_THE_CUT = "ж" * 66 + "😀" + "ж" * 10
EURO_OVER_THE_CUT = "a" * 152 + "€" + "b" * 20


@dataclass
class Peer:
    """A gateway's HTTP side: keeps the calls, gives the answers it was told."""

    url: str = ""
    calls: list[dict[str, bytes]] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    usual: tuple[int, str, dict[str, str]] = (202, "0: Accepted for delivery", {})


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            encoded = urlsplit(self.path).query + self.rfile.read(length).decode("ascii")
            pairs = parse_qsl(encoded, keep_blank_values=True, encoding="latin-1")
            peer.calls.append({name: value.encode("latin-1") for name, value in pairs})
            status, body, headers = peer.answers.pop(0) if peer.answers else peer.usual
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield peer
    server.shutdown()
    server.server_close()


@pytest.fixture
def house(tmp_path: Path, peer: Peer) -> Iterator[tuple[Home, TestClient]]:
    entries = [
        gateway(send_url=f"{peer.url}/cgi-bin/sendsms"),
        gateway(name="jasmin", kind="jasmin", numbers=["+15550100201", "89887"], send_url=f"{peer.url}/send"),
    ]  # fmt: skip
    with gateway_home(tmp_path / "home", entries, {QUESTION: ANSWER}) as (home, app):
        yield home, TestClient(app, raise_server_exceptions=False)


def kannel_text(client: TestClient, text: str, **changes: str) -> Any:
    fields = {"secret": SECRET, "id": "k-1", "from": CUSTOMER, "to": SHOP, "text": text,
              "coding": "0", "charset": "UTF-8", **changes}  # fmt: skip
    return client.get("/webhooks/gateway/kannel", params=fields)


def stored(home: Home) -> list[Message]:
    with home.database.read() as uow:
        return [
            message
            for conversation in uow.conversations.list()
            for message in uow.messages.thread(conversation.id)
        ]


def inbound_texts(home: Home) -> list[str]:
    return [message.text for message in stored(home) if message.direction == "inbound"]


def reply_of(home: Home) -> Message:
    """Run the turn and return the reply that was sent."""
    home.inline.run_waiting()
    (message,) = [m for m in stored(home) if m.delivery is Delivery.SENT]
    return message


# ── texts in ────────────────────────────────────────────────────────────────────────────────


def test_kannels_text_is_stored_answered_with_nothing_and_replied_through_sendsms(
    house: tuple[Home, TestClient], peer: Peer
) -> None:
    home, client = house

    answer = kannel_text(client, QUESTION)
    message = reply_of(home)

    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["content-type"].startswith("text/plain")
    (call,) = peer.calls
    assert (call["to"], call["from"], call["text"]) == (
        CUSTOMER.encode(),
        SHOP.encode(),
        ANSWER.encode(),
    )
    assert (call["username"], call["password"]) == (b"shop", b"pw")
    assert (call["coding"], call["charset"]) == (b"0", b"UTF-8")
    assert call["dlr-url"].decode() == (
        f"http://127.0.0.1:8000/webhooks/gateway/kannel/status?message={message.id}&part=last"
        f"&secret={SECRET}&status=%d&code=%A"
    )  # fmt: skip


def test_jasmins_text_is_acknowledged_in_its_own_words_and_replied_from_the_number_written_to(
    house: tuple[Home, TestClient], peer: Peer
) -> None:
    home, client = house
    peer.usual = (200, 'Success "07033084-5cfd-4812-90a4-e4d24ffb6e3d"', {})

    answer = client.post(
        f"/webhooks/gateway/jasmin?secret={SECRET}",
        data={"id": "j-1", "from": "15550100301", "to": "89887", "content": QUESTION,
              "binary": QUESTION.encode().hex(), "coding": "0", "priority": "0",
              "origin-connector": "smsc"},
    )  # fmt: skip
    reply_of(home)

    assert (answer.status_code, answer.text) == (200, "ACK/Jasmin")
    (call,) = peer.calls
    assert (call["to"], call["from"], call["content"]) == (
        CUSTOMER.encode(),
        b"89887",
        ANSWER.encode(),
    )
    assert (call["dlr"], call["dlr-level"], call["dlr-method"]) == (b"yes", b"3", b"POST")


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ('text/plain; charset="UTF-16BE"', "hi 😀".encode("utf-16-be"), "hi 😀"),
        ('text/plain; charset="UTF-8"', "café {€}".encode(), "café {€}"),
        ("application/octet-stream", b"bytes", "bytes"),
    ],
)
def test_kannel_may_post_a_bare_text(
    house: tuple[Home, TestClient], content_type: str, body: bytes, expected: str
) -> None:
    home, client = house
    query = urlencode({"secret": SECRET, "id": "k-9", "from": CUSTOMER, "to": SHOP})

    answer = client.post(
        f"/webhooks/gateway/kannel?{query}", content=body, headers={"content-type": content_type}
    )

    assert (answer.status_code, answer.text) == (200, "")
    assert inbound_texts(home) == [expected]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (b"%00h%00i%D8%3D%DE%00", {"coding": "2", "charset": "UTF-16BE"}),
        (b"%00h%00i%D8%3D%DE%00", {"coding": "2"}),
        ("hi😀".encode(), {"coding": "0", "charset": "UTF-8"}),
        ("hi😀".encode(), {}),
    ],
)
def test_the_character_set_that_kannel_names_is_the_one_that_is_read(
    house: tuple[Home, TestClient], text: bytes, fields: dict[str, str]
) -> None:
    home, client = house
    named = urlencode({"secret": SECRET, "id": "k", "from": CUSTOMER, "to": SHOP, **fields})

    answer = client.get(
        f"/webhooks/gateway/kannel?{named}&text={text.decode('latin-1') if text.isascii() else '%68%69%F0%9F%98%80'}"
    )

    assert answer.status_code == 200
    assert inbound_texts(home) == ["hi😀"]


@pytest.mark.parametrize(
    ("content", "coding", "expected"),
    [
        (b"cost: 5 \x1be\x1b(\x1b) \x05\x00", "0", "cost: 5 €{} é@"),
        ("ça va 😀".encode("utf-16-be"), "8", "ça va 😀"),
        ("ça va".encode("latin-1"), "3", "ça va"),
        (b"plain", "1", "plain"),
        (b"no coding", "", "no coding"),
        (b"end\x1b", "0", "end"),
    ],
)
def test_jasmins_bytes_are_read_by_their_coding(content: bytes, coding: str, expected: str) -> None:
    values = {"from": b"1", "content": content, "coding": coding.encode()}

    for sent in (values, {**values, "binary": content.hex().encode(), "content": b"?"}):
        assert Jasmin().read_text(Fields(sent)).text == expected


def test_jasmins_alphabet_is_the_one_that_texts_are_fitted_to() -> None:
    assert set(GSM_ORDER) - {"\x1b"} == GSM_BASIC
    assert len(GSM_ORDER) == 128
    assert set(GSM_EXTENSION_CODES.values()) == GSM_EXTENSION


def test_a_retry_with_the_same_id_changes_nothing(
    house: tuple[Home, TestClient], peer: Peer
) -> None:
    home, client = house

    for _ in range(3):
        assert kannel_text(client, QUESTION).status_code == 200
    reply_of(home)

    assert inbound_texts(home) == [QUESTION]
    assert len(peer.calls) == 1


def test_the_same_id_at_two_gateways_is_two_texts(house: tuple[Home, TestClient]) -> None:
    home, client = house

    kannel_text(client, "one", id="same")
    client.post(
        f"/webhooks/gateway/jasmin?secret={SECRET}",
        data={"id": "same", "from": CUSTOMER, "to": "89887", "content": "two", "coding": "0"},
    )

    assert sorted(inbound_texts(home)) == ["one", "two"]


def test_without_an_id_the_gateways_time_tells_a_retry_from_a_second_text(
    house: tuple[Home, TestClient],
) -> None:
    home, client = house

    for time_ in ("1795395646", "1795395646", "1795395706"):
        kannel_text(client, "ok", id="", time=time_)

    assert inbound_texts(home) == ["ok", "ok"]


@pytest.mark.parametrize("start_s", [0, 1, 14.9, 15, 29.9, 30, 44])
def test_without_id_and_time_texts_within_half_a_minute_are_one_and_a_minute_apart_two(
    tmp_path: Path, start_s: float
) -> None:
    stored_ids: set[str] = set()
    entry = load_gateways(write_gateways(tmp_path, [gateway()]))[0]

    def arrives(after_s: float, text: str = "ok") -> bool:
        """Return whether it is taken for a new one."""
        inbound = _as_inbound(entry, text, 1_795_395_600 + start_s + after_s, stored_ids)
        new = inbound not in stored_ids
        stored_ids.add(inbound)
        return new

    assert arrives(0)
    assert arrives(0, "another")
    assert not arrives(29.9)
    assert arrives(29.9 + 60)


def _as_inbound(entry: Gateway, text: str, at_s: float, known: set[str]) -> str:
    given = GatewayText(sender=CUSTOMER, recipient=SHOP, text=text, given_id="", sent_at="")
    now = datetime.fromtimestamp(at_s, UTC)
    return as_inbound(entry, given, now=now, is_stored=known.__contains__).provider_id


@pytest.mark.parametrize(
    ("given", "region", "expected"),
    [
        ("+15550100301", None, "+15550100301"),
        (" 15550100301", None, "+15550100301"),
        ("15550100301", None, "+15550100301"),
        ("0015550100301", None, "+15550100301"),
        ("+1 (555) 010-0301", None, "+15550100301"),
        ("5550100301", "US", "+15550100301"),
        ("15550100301", "US", "+15550100301"),
        ("07700900123", "GB", "+447700900123"),
        ("447700900123", "GB", "+447700900123"),
        ("89887", "US", "89887"),
        ("SHOP", None, "SHOP"),
        ("", None, ""),
    ],
)
def test_numbers_come_in_many_forms(given: str, region: str | None, expected: str) -> None:
    assert phone_number(given, region) == expected


def test_a_text_to_a_number_that_the_file_lacks_is_kept_and_answered_from_the_first(
    house: tuple[Home, TestClient], peer: Peer
) -> None:
    home, client = house

    kannel_text(client, QUESTION, to="+15559999999")
    reply_of(home)

    assert peer.calls[0]["from"] == SHOP.encode()


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("kannel", {}, 422),
        ("kannel", {"from": "", "text": "hi"}, 422),
        ("kannel", {"from": CUSTOMER, "text": b"\xff\xfe\xfd"}, 422),
        ("kannel", {"from": b"\xff", "text": "hi"}, 422),
        ("jasmin", {"from": CUSTOMER, "binary": "zz", "coding": "8"}, 422),
        ("jasmin", {"from": CUSTOMER, "content": "odd", "coding": "8"}, 422),
        ("nobody", {"from": CUSTOMER, "text": "hi"}, 404),
        ("kannel", {f"f{number}": "x" for number in range(200)}, 422),
    ],
)
def test_a_wrong_call_is_a_clear_problem_and_nothing_is_stored(
    house: tuple[Home, TestClient], path: str, form: dict[str, Any], status: int
) -> None:
    home, client = house

    answer = client.post(
        f"/webhooks/gateway/{path}?secret={SECRET}", content=urlencode(form),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert inbound_texts(home) == []


def test_json_is_refused(house: tuple[Home, TestClient]) -> None:
    _, client = house

    answer = client.post(f"/webhooks/gateway/kannel?secret={SECRET}", json={"from": CUSTOMER})

    assert answer.status_code == 415


def test_the_description_of_the_api_names_both_ways(house: tuple[Home, TestClient]) -> None:
    _, client = house

    paths = client.get("/openapi.json").json()["paths"]

    for path in ("/webhooks/gateway/{name}", "/webhooks/gateway/{name}/status"):
        assert set(paths[path]) == {"get", "post"}


# ── who may call ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "é", SECRET.upper()])
def test_without_the_secret_nothing_passes(house: tuple[Home, TestClient], secret: str) -> None:
    home, client = house

    assert kannel_text(client, "hi", secret=secret).status_code == 403
    assert client.post(f"/webhooks/gateway/kannel/status?secret={secret}").status_code == 403
    assert inbound_texts(home) == []


@pytest.mark.parametrize(
    ("networks", "trusted", "peer_address", "forwarded", "passes"),
    [
        (["10.0.0.0/8"], "", "10.1.2.3", "", True),
        (["10.0.0.0/8"], "", "192.0.2.1", "", False),
        (["10.0.0.0/8"], "", "192.0.2.1", "10.1.2.3", False),
        (["10.0.0.0/8"], "192.0.2.0/24", "192.0.2.1", "10.1.2.3", True),
        (["10.0.0.0/8"], "192.0.2.0/24", "192.0.2.1", "10.1.2.3, 203.0.113.9", False),
        (["10.0.0.0/8"], "192.0.2.0/24", "192.0.2.1", "203.0.113.9, 10.1.2.3, 192.0.2.2", True),
        (["10.0.0.0/8"], "192.0.2.0/24", "192.0.2.1", "nonsense", False),
        (["192.0.2.1"], "192.0.2.0/24", "192.0.2.1", "", True),
        (["10.0.0.0/8"], "", "::ffff:10.1.2.3", "", True),
        (["2001:db8::/32"], "", "2001:db8::1", "", True),
        (["10.0.0.0/8"], "", "unix", "", False),
    ],
)
def test_a_list_of_networks_sees_the_peer_and_through_trusted_proxies_only(
    tmp_path: Path, *, networks: list[str], trusted: str, peer_address: str, forwarded: str, passes: bool
) -> None:  # fmt: skip
    entries = [gateway(secret=None, networks=networks)]
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    with gateway_home(tmp_path / "home", entries, {}, trusted_proxies=trusted) as (_, app):
        answer = TestClient(app, client=(peer_address, 5000)).get(
            "/webhooks/gateway/kannel", params={"from": CUSTOMER, "text": "hi"}, headers=headers
        )

    assert answer.status_code == (200 if passes else 403)


def test_secret_and_networks_together_must_both_be_right(tmp_path: Path) -> None:
    entries = [gateway(networks=["10.0.0.0/8"])]
    with gateway_home(tmp_path / "home", entries, {}) as (_, app):
        client = TestClient(app, client=("192.0.2.1", 5000))
        assert kannel_text(client, "hi").status_code == 403


def test_several_forwarding_headers_are_read_as_one() -> None:
    scope = {"type": "http", "client": ("192.0.2.1", 1), "headers": [
        (b"x-forwarded-for", b"10.9.9.9"), (b"x-forwarded-for", b"203.0.113.9"),
    ]}  # fmt: skip
    assert str(client_address(Request(scope), [ip_network("192.0.2.0/24")])) == "203.0.113.9"


# ── receipts ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["8"], Delivery.SENT),
        (["4", "8"], Delivery.SENT),
        (["8", "1"], Delivery.DELIVERED),
        (["1", "8", "4"], Delivery.DELIVERED),
        (["8", "2"], Delivery.UNDELIVERED),
        (["16"], Delivery.FAILED),
        (["1", "2", "16"], Delivery.DELIVERED),
        (["77", ""], Delivery.SENT),
    ],
)
def test_kannels_receipts_move_a_message_forward_in_any_order(
    house: tuple[Home, TestClient], codes: list[str], expected: Delivery
) -> None:
    home, client = house
    kannel_text(client, QUESTION)
    message = reply_of(home)

    for code in codes:
        answer = client.get("/webhooks/gateway/kannel/status", params={
            "secret": SECRET, "message": message.id, "part": "last", "status": code, "code": "NACK/8",
        })  # fmt: skip
        assert (answer.status_code, answer.text) == (200, "")

    with home.database.read() as uow:
        kept = uow.messages.get(message.id)
    assert kept.delivery is expected
    assert ("NACK/8" in kept.error) is (expected in {Delivery.UNDELIVERED, Delivery.FAILED})


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([("1", "ESME_ROK")], Delivery.SENT),
        ([("1", "ESME_ROK"), ("2", "DELIVRD")], Delivery.DELIVERED),
        ([("2", "DELIVRD"), ("1", "ESME_ROK")], Delivery.DELIVERED),
        ([("2", "UNDELIV")], Delivery.UNDELIVERED),
        ([("2", "EXPIRED")], Delivery.UNDELIVERED),
        ([("2", "REJECTD")], Delivery.FAILED),
        ([("1", "ESME_RINVDSTADR")], Delivery.FAILED),
        ([("1", "ESME_RSOMETHINGNEW")], Delivery.FAILED),
        ([("2", "UNKNOWN"), ("2", "")], Delivery.SENT),
    ],
)
def test_jasmins_receipts_of_both_levels_are_read(
    house: tuple[Home, TestClient], peer: Peer, statuses: list[tuple[str, str]], expected: Delivery
) -> None:  # fmt: skip
    home, client = house
    peer.usual = (200, 'Success "07033084"', {})
    client.post(
        f"/webhooks/gateway/jasmin?secret={SECRET}",
        data={"id": "j", "from": CUSTOMER, "to": "89887", "content": QUESTION, "coding": "0"},
    )
    message = reply_of(home)
    address = urlsplit(peer.calls[0]["dlr-url"].decode())

    for level, status in statuses:
        answer = client.post(f"{address.path}?{address.query}", data={
            "id": "07033084", "level": level, "message_status": status, "connector": "smsc",
            "id_smsc": "9", "err": "000",
        })  # fmt: skip
        assert (answer.status_code, answer.text) == (200, "ACK/Jasmin")

    with home.database.read() as uow:
        assert uow.messages.get(message.id).delivery is expected


def test_good_news_of_an_earlier_part_are_not_the_messages_but_bad_ones_are(
    house: tuple[Home, TestClient],
) -> None:
    home, client = house
    kannel_text(client, QUESTION)
    message = reply_of(home)

    def news(part: str, status: str) -> Delivery | None:
        client.get("/webhooks/gateway/kannel/status", params={
            "secret": SECRET, "message": message.id, "part": part, "status": status})  # fmt: skip
        with home.database.read() as uow:
            return uow.messages.get(message.id).delivery

    assert news("earlier", "1") is Delivery.SENT
    assert news("earlier", "2") is Delivery.UNDELIVERED


def test_news_of_unknown_messages_and_of_texts_in_change_nothing(
    house: tuple[Home, TestClient],
) -> None:
    home, client = house
    kannel_text(client, QUESTION)
    message = reply_of(home)
    inbound = next(m for m in stored(home) if m.direction == "inbound")

    for name, message_id in (("kannel", "msg_none"), ("kannel", ""), ("kannel", inbound.id)):
        answer = client.get(f"/webhooks/gateway/{name}/status", params={
            "secret": SECRET, "message": message_id, "status": "1"})  # fmt: skip
        assert answer.status_code == 200

    with home.database.read() as uow:
        assert uow.messages.get(message.id).delivery is Delivery.SENT
        assert uow.messages.get(inbound.id).delivery is None


# ── sending ─────────────────────────────────────────────────────────────────────────────────


MakeSender = Callable[..., GatewaySender]


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[MakeSender]:
    made: list[GatewaySender] = []

    def make(**changes: Any) -> GatewaySender:
        path = write_gateways(tmp_path, [gateway(**changes)])
        made.append(GatewaySender(load_gateways(path), sleep=lambda _: None))
        return made[-1]

    yield make
    for one in made:
        one.close()


def send(channel: GatewaySender, text: str = "hi 👋", **changes: Any) -> Any:
    message = {"message_id": MessageId("msg_1"), "to": CUSTOMER, "sender": SHOP, "text": text}
    return channel.send(**{**message, **changes})


def test_what_gsm_lacks_goes_as_ucs_2(sender: MakeSender, peer: Peer) -> None:
    send(sender(send_url=peer.url), "emoji 😀")
    peer.usual = (200, 'Success "1"', {})
    send(sender(kind="jasmin", send_url=peer.url), "emoji 😀")

    kannel, jasmin = peer.calls
    assert (kannel["coding"], kannel["text"]) == (b"2", "emoji 😀".encode())
    assert jasmin["coding"] == b"8"
    assert bytes.fromhex(jasmin["hex-content"].decode()).decode("utf-16-be") == "emoji 😀"
    assert "content" not in jasmin


@pytest.mark.parametrize("text", ["{€}~[|]^\\", "é" * 160, EURO_OVER_THE_CUT, "a" * 400])
def test_kannel_cuts_gsm_texts_itself(sender: MakeSender, peer: Peer, text: str) -> None:
    send(sender(send_url=peer.url), text)

    (call,) = peer.calls
    assert (call["coding"], call["text"].decode()) == (b"0", text)
    assert "udh" not in call


def test_a_pair_over_kannels_cut_is_kept_whole_by_parts_with_a_joining_header(
    sender: MakeSender, peer: Peer
) -> None:
    receipt = send(sender(send_url=peer.url), EMOJI_OVER_THE_CUT)

    first, last = peer.calls
    assert first["text"].decode() + last["text"].decode() == EMOJI_OVER_THE_CUT
    assert last["text"].decode().startswith("😀")
    assert (first["coding"], last["coding"]) == (b"2", b"2")
    reference = first["udh"][3]
    assert (first["udh"], last["udh"]) == (
        bytes((5, 0, 3, reference, 2, 1)), bytes((5, 0, 3, reference, 2, 2)),
    )  # fmt: skip
    assert b"part=earlier" in first["dlr-url"]
    assert b"part=last" in last["dlr-url"]
    assert receipt.provider_id == "msg_1"


@pytest.mark.parametrize("text", [EMOJI_OVER_THE_CUT, EURO_OVER_THE_CUT])
def test_jasmin_gets_the_parts_as_texts_of_their_own(
    sender: MakeSender, peer: Peer, text: str
) -> None:
    peer.usual = (200, 'Success "1"', {})

    send(sender(kind="jasmin", send_url=peer.url), text)

    said = [
        call["content"].decode() if "content" in call
        else bytes.fromhex(call["hex-content"].decode()).decode("utf-16-be")
        for call in peer.calls
    ]  # fmt: skip
    assert len(said) == 2
    assert "".join(said) == text


@given(
    text=st.text(alphabet=st.sampled_from("aé€{ж😀e\u0301👩\u200d👧🇫🇷\n"), max_size=400),
    minds_escapes=st.booleans(),
)
def test_no_gateway_is_left_to_cut_a_pair_or_a_grapheme(text: str, *, minds_escapes: bool) -> None:
    pieces = cut(text, minds_escapes=minds_escapes)

    assert "".join(pieces) == text
    for piece in pieces:
        if encoding_of(piece) == "GSM-7":
            units = [unit for c in piece for unit in ([c, ""] if c in GSM_EXTENSION else [c])]
            whole = minds_escapes or all(units[n] != "" for n in range(153, len(units), 153))
            assert whole or len(units) <= 160
        elif measure(piece).segments > 1:
            encoded = piece.encode("utf-16-be")
            for start in range(67 * 2, len(encoded), 67 * 2):
                assert not 0xDC <= encoded[start] <= 0xDF


def test_links_of_pictures_go_along_as_text(sender: MakeSender, peer: Peer) -> None:
    channel = sender(send_url=peer.url)
    send(channel, "Look:", media=("https://shop.example/a.jpg",))
    send(channel, "", media=("https://shop.example/b.jpg",))

    assert [call["text"] for call in peer.calls] == [
        b"Look:\nhttps://shop.example/a.jpg", b"https://shop.example/b.jpg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "answer", "error", "problem"),
    [
        ("kannel", (503, "Temporal failure, try again later.", {}), TransientSendError, SendProblem.BUSY),
        ("kannel", (400, "Empty receiver number not allowed, rejected", {}), PermanentSendError, SendProblem.BAD_NUMBER),
        ("kannel", (403, "Authorization failed for sendsms", {}), PermanentSendError, SendProblem.CONFIGURATION),
        ("kannel", (404, "", {}), PermanentSendError, SendProblem.CONFIGURATION),
        ("kannel", (302, "", {}), PermanentSendError, SendProblem.CONFIGURATION),
        ("kannel", (429, "", {"Retry-After": "7"}), TransientSendError, SendProblem.BUSY),
        ("kannel", (502, "Bad gateway", {}), UnknownSendError, SendProblem.OTHER),
        ("kannel", (200, "<html>who are you?", {}), UnknownSendError, SendProblem.OTHER),
        ("jasmin", (403, 'Error "Authentication failure for username:shop"', {}), PermanentSendError, SendProblem.CONFIGURATION),
        ("jasmin", (403, 'Error "User throughput exceeded"', {}), TransientSendError, SendProblem.BUSY),
        ("jasmin", (412, 'Error "No route found"', {}), PermanentSendError, SendProblem.CONFIGURATION),
        ("jasmin", (412, 'Error "Failover route has no bound connectors"', {}), TransientSendError, SendProblem.BUSY),
        ("jasmin", (400, 'Error "Argument [b\'to\'] has an invalid value: [b\'x\']."', {}), PermanentSendError, SendProblem.BAD_NUMBER),
        ("jasmin", (500, 'Error "Unknown error: boom"', {}), UnknownSendError, SendProblem.OTHER),
        ("jasmin", (500, 'Error "Cannot send submit_sm, check log"', {}), TransientSendError, SendProblem.BUSY),
        ("jasmin", (200, "OK", {}), UnknownSendError, SendProblem.OTHER),
    ],
)  # fmt: skip
def test_answers_are_told_apart(
    sender: MakeSender,
    peer: Peer,
    kind: str,
    answer: Any,
    error: type[Exception],
    problem: SendProblem,
) -> None:
    peer.answers = [answer]

    with pytest.raises(error) as raised:
        send(sender(kind=kind, send_url=peer.url))

    assert raised.value.problem is problem
    if answer[2]:
        assert raised.value.retry_after_s == 7


def test_a_refused_connection_is_surely_not_sent(sender: MakeSender) -> None:
    with pytest.raises(TransientSendError):
        send(sender(send_url="http://127.0.0.1:9"))


def test_a_number_that_no_gateway_has_is_a_wrong_setting(sender: MakeSender) -> None:
    with pytest.raises(PermanentSendError) as raised:
        send(sender(), sender="+15550109999")

    assert raised.value.problem is SendProblem.CONFIGURATION


def test_a_later_part_is_tried_again_without_the_first(sender: MakeSender, peer: Peer) -> None:
    busy = (503, "Temporal failure, try again later.", {})
    peer.answers = [peer.usual, busy, busy, peer.usual]

    send(sender(send_url=peer.url), EMOJI_OVER_THE_CUT)

    assert [call["udh"][5] for call in peer.calls] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    "answer", [(503, "Temporal failure", {}), (403, "Authorization failed for sendsms", {})]
)
def test_a_message_broken_off_is_unknown_and_never_begun_again(
    sender: MakeSender, peer: Peer, answer: Any
) -> None:
    peer.answers = [peer.usual, *[answer] * PART_TRIES]

    with pytest.raises(UnknownSendError, match="Part 2 of 2"):
        send(sender(send_url=peer.url), EMOJI_OVER_THE_CUT)

    assert sum(call["udh"][5] == 1 for call in peer.calls) == 1


def test_without_an_address_of_ours_no_receipts_are_asked_for(
    sender: MakeSender, peer: Peer
) -> None:
    send(sender(send_url=peer.url, callback_url=None))

    assert "dlr-url" not in peer.calls[0]


# ── the file ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "smoke"}, "'smoke' is no kind of gateway; there are jasmin, kannel"),
        ({"secret": None}, "needs a secret, networks or both"),
        ({"secret": "short"}, "at least 16 characters"),
        ({"secret": "a/secret/with/slashes"}, "at least 16 characters"),
        ({"name": "Two Words"}, "gateways.0.name"),
        ({"numbers": []}, "gateways.0.numbers"),
        ({"networks": ["10.0.0.0/33"]}, "gateways.0.networks.0"),
        ({"password": "$TEXTWISE_TEST_UNSET"}, "TEXTWISE_TEST_UNSET is not set"),
        ({"colour": "red"}, "gateways.0.colour"),
    ],
)
def test_a_wrong_file_names_the_field(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_gateways(write_gateways(tmp_path, [gateway(**changes)]))


@pytest.mark.parametrize("changes", [{"numbers": ["+15550100299"]}, {"name": "other"}])
def test_a_name_or_number_belongs_to_one_gateway(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="belongs to two gateways"):
        load_gateways(write_gateways(tmp_path, [gateway(), gateway(**changes)]))


def test_a_password_may_stand_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KANNEL_PASSWORD", "from outside")

    (entry,) = load_gateways(write_gateways(tmp_path, [gateway(password="$SHOP_KANNEL_PASSWORD")]))

    assert entry.password.get_secret_value() == "from outside"
    assert "from outside" not in repr(entry)


def test_a_missing_or_broken_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("gateways: [")
    for path in (tmp_path / "none.yaml", tmp_path / "broken.yaml"):
        with pytest.raises(ConfigurationError, match=path.name):
            load_gateways(path)


def test_without_a_file_the_webhooks_say_what_to_set(client: TestClient) -> None:
    answer = client.get("/webhooks/gateway/kannel")

    assert answer.status_code == 503
    assert "TEXTWISE_GATEWAYS" in answer.json()["detail"]

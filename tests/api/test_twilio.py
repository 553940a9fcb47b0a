"""Twilio's webhooks and sender, with Twilio's own SDK signing, and a stand-in for its REST API."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator

from agent.domain.messages import Delivery, InboundMessage
from agent.domain.ports import SystemClock
from agent.settings import Settings
from agent.wiring.services import Services
from api.auth import services_of
from api.channels.twilio.webhooks import make_router
from tests.api.conftest import PUBLIC_URL, TWILIO_TOKEN
from tests.fakes import FakeSender


def signed(path: str, form: dict[str, str]) -> dict[str, str]:
    validator = RequestValidator(TWILIO_TOKEN)
    return {"X-Twilio-Signature": validator.compute_signature(PUBLIC_URL + path, form)}


def inbound(text: str, sid: str = "SM1") -> dict[str, str]:
    return {"MessageSid": sid, "From": "+15550100301", "To": "+15550100200", "Body": text,
            "NumMedia": "0", "FromZip": "", "AccountSid": "AC1"}  # fmt: skip


def deliver(client: TestClient, text: str, sid: str = "SM1") -> Any:
    form = inbound(text, sid)
    return client.post(
        "/webhooks/twilio/sms", data=form, headers=signed("/webhooks/twilio/sms", form)
    )


def settle(services: Services, sid: str = "SM1") -> None:
    with services.database.read() as uow:
        message = uow.messages.find_inbound("twilio", sid)
    assert message is not None
    assert services.waiting_room.wait(message.id, timeout_s=10) is not None


def sent_by(sender: FakeSender, *, timeout_s: float = 5) -> list[tuple[str, str]]:
    """Return what has been sent once anything has: a send follows its turn's end."""
    ends = time.monotonic() + timeout_s
    while not sender.sent and time.monotonic() < ends:
        time.sleep(0.02)
    return sender.sent


def test_the_sdks_known_vector_is_what_we_check() -> None:
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234",
            "From": "+14158675309", "To": "+18005551212"}  # fmt: skip

    signature = RequestValidator("12345").compute_signature(
        "https://mycompany.com/myapp.php?foo=1&bar=2", form
    )
    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_signed_text_is_answered_with_empty_twiml_and_a_reply_through_rest(
    client: TestClient, services: Services, twilio_sender: FakeSender
) -> None:
    answer = deliver(client, "do you resole boots?")
    settle(services)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response />'
    assert sent_by(twilio_sender) == [("+15550100301", "Yes, within 10 days.")]


def test_a_retry_of_the_webhook_changes_nothing(
    client: TestClient, services: Services, twilio_sender: FakeSender
) -> None:
    for _ in range(3):
        assert deliver(client, "do you resole boots?").status_code == 200
    settle(services)

    assert len(sent_by(twilio_sender)) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "Zm9yZ2Vk"}]
)
def test_a_missing_or_forged_signature_is_refused(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post("/webhooks/twilio/sms", data=inbound("hi"), headers=headers)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_changed_body_is_refused(client: TestClient) -> None:
    headers = signed("/webhooks/twilio/sms", inbound("hi"))

    answer = client.post("/webhooks/twilio/sms", data=inbound("HI"), headers=headers)

    assert answer.status_code == 403


def test_json_is_refused_for_its_hash_would_not_be_checked(client: TestClient) -> None:
    answer = client.post("/webhooks/twilio/sms", json=inbound("hi"))

    assert answer.status_code == 415


def test_stop_is_recorded_and_not_answered_for_twilio_has(
    client: TestClient, services: Services, twilio_sender: FakeSender
) -> None:
    deliver(client, "STOP")
    settle(services)

    assert twilio_sender.sent == []
    with services.database.read() as uow:
        customer = uow.customers.find("+15550100301")
        assert customer is not None
        assert uow.consents.state(customer.id, sender=services.brand.slug) == "out"


def test_a_text_without_sid_is_a_problem(client: TestClient) -> None:
    form = inbound("hi", sid="")

    answer = client.post(
        "/webhooks/twilio/sms", data=form, headers=signed("/webhooks/twilio/sms", form)
    )

    assert answer.status_code == 422


def test_delivery_news_move_a_message_forward_in_any_order(
    client: TestClient, services: Services
) -> None:
    deliver(client, "do you resole boots?")
    settle(services)
    with services.database.read() as uow:
        conversation = uow.conversations.list()[0]
        reply = uow.messages.thread(conversation.id)[-1]
    for status in ("delivered", "sent", "queued", "nonsense"):
        path = f"/webhooks/twilio/status?message={reply.id}"
        form = {"MessageSid": reply.provider_id or "SMout", "MessageStatus": status}
        assert client.post(path, data=form, headers=signed(path, form)).status_code == 204

    with services.database.read() as uow:
        assert uow.messages.get(reply.id).delivery is Delivery.DELIVERED


# ── signatures, by the pitfalls of Twilio's reference ───────────────────────────────────────


@dataclass
class Bare:
    """The parts of the service that a webhook needs; keeps what it accepted."""

    accepted: list[InboundMessage] = field(default_factory=list)
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def inbox(self) -> "Bare":
        return self

    def accept(self, message: InboundMessage) -> None:
        self.accepted.append(message)


def call(
    settings: dict[str, Any], url: str, path: str, headers: dict[str, str], form: dict[str, str]
) -> tuple[int, list[InboundMessage]]:
    """Deliver a text to an application with these settings; return the status and what came."""
    bare, app = Bare(), FastAPI()
    app.include_router(make_router(Settings(_env_file=None, **settings)))
    app.dependency_overrides[services_of] = lambda: bare
    client = TestClient(app, base_url=url, raise_server_exceptions=False)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post(path, content=urlencode(form), headers={**kind, **headers})
    client.close()
    return answer.status_code, bare.accepted


def validate(settings: dict[str, Any], url: str, path: str, headers: dict[str, str]) -> int:
    status, accepted = call(settings, url, path, headers, inbound("hi"))
    assert len(accepted) == (status == 200)
    return status


PATH = "/webhooks/twilio/sms"
BEHIND_A_PROXY = {"twilio_auth_token": TWILIO_TOKEN, "public_url": "https://sms.shop.example"}


@pytest.mark.parametrize(
    ("signed_over", "status"),
    [
        ("https://sms.shop.example/webhooks/twilio/sms", 200),
        ("https://sms.shop.example:443/webhooks/twilio/sms", 200),
        ("http://sms.shop.example/webhooks/twilio/sms", 403),
        ("https://other.example/webhooks/twilio/sms", 403),
        ("https://sms.shop.example/webhooks/twilio/sms/", 403),
        ("https://sms.shop.example/webhooks/twilio/sms?x=1", 403),
    ],
)
def test_behind_a_proxy_the_public_address_is_what_counts(signed_over: str, status: int) -> None:
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(signed_over, inbound("hi"))
    headers = {"x-twilio-signature": signature, "x-forwarded-host": "other.example",
               "x-forwarded-proto": "http"}  # fmt: skip

    assert validate(BEHIND_A_PROXY, "http://127.0.0.1:8000", PATH, headers) == status


@pytest.mark.parametrize("port", ["", ":8443"])
def test_a_port_in_the_public_address_may_be_in_the_signature_or_not(port: str) -> None:
    settings = {**BEHIND_A_PROXY, "public_url": "https://sms.shop.example:8443"}
    over = f"https://sms.shop.example{port}{PATH}"
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(over, inbound("hi"))

    headers = {"x-twilio-signature": signature}
    assert validate(settings, "http://127.0.0.1:8000", PATH, headers) == 200


def test_the_query_is_signed_as_it_stands() -> None:
    path = f"{PATH}?shop=a%20b&x="
    over = f"https://sms.shop.example{path}"
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(over, inbound("hi"))

    headers = {"x-twilio-signature": signature}
    assert validate(BEHIND_A_PROXY, "http://127.0.0.1:8000", path, headers) == 200


def test_the_fragment_with_retries_is_not_signed(client: TestClient) -> None:
    """The address in the console has one; neither Twilio's signature nor HTTP carries it."""
    assert deliver(client, "hi").status_code == 200


def test_without_a_public_address_the_request_s_own_counts() -> None:
    over = f"http://testserver{PATH}"
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(over, inbound("hi"))

    settings = {"twilio_auth_token": TWILIO_TOKEN}
    assert validate(settings, "http://testserver", PATH, {"x-twilio-signature": signature}) == 200


@pytest.mark.parametrize(
    ("secret", "how", "algorithm", "status"),
    [
        ("shared", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", "HMAC_SHA256", 200),
        (TWILIO_TOKEN, "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", "HMAC_SHA256", 403),
        ("shared", "", "HMAC_SHA1", 403),
        ("shared", "key=x,algorithm=HMAC_SHA256", "HMAC_SHA1", 403),
        (TWILIO_TOKEN, "key=x,algorithm=HMAC_SHA1", "HMAC_SHA1", 403),
        ("shared", "key=x,algorithm=ROT13", "HMAC_SHA256", 403),
    ],
)
def test_a_shared_key_signs_where_the_header_says_so(
    secret: str, how: str, algorithm: str, status: int
) -> None:
    over = f"https://sms.shop.example{PATH}"
    signature = RequestValidator(secret).compute_signature(over, inbound("hi"), algorithm)
    headers = {"x-twilio-signature": signature}
    headers |= {"X-Twilio-Webhooks-Signature-Settings": how} if how else {}

    settings = {**BEHIND_A_PROXY, "twilio_shared_key": "shared"}
    assert validate(settings, "http://127.0.0.1:8000", PATH, headers) == status


def test_a_shared_key_that_is_not_ours_is_refused() -> None:
    over = f"https://sms.shop.example{PATH}"
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(over, inbound("hi"), "HMAC_SHA256")
    headers = {"x-twilio-signature": signature,
               "X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=HMAC_SHA256"}  # fmt: skip

    assert validate(BEHIND_A_PROXY, "http://127.0.0.1:8000", PATH, headers) == 403


# ── what comes in ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("count", "kept"),
    [("2", 2), ("0", 0), ("", 0), ("-1", 0), ("99", 10), ("x", 0), ("٢", 0), ("9" * 5000, 0)],
)
def test_as_many_pictures_are_taken_as_twilio_says(count: str, kept: int) -> None:
    form = {**inbound("look"), "NumMedia": count}
    form |= {f"MediaUrl{place}": f"https://m.example/{place}" for place in range(12)}

    _, (message,) = call(BEHIND_A_PROXY, PUBLIC_URL, PATH, signed(PATH, form), form)

    assert message.media == tuple(f"https://m.example/{place}" for place in range(kept))


@pytest.mark.parametrize(
    ("more", "settings", "handled"),
    [
        ({"Body": "basta", "OptOutType": "STOP"}, {}, True),
        ({"Body": "basta"}, {}, False),
        ({"Body": " Stop! "}, {}, True),
        ({"Body": "help"}, {}, True),
        ({"Body": "stop please"}, {}, False),
        ({"Body": "stop"}, {"twilio_handles_keywords": False}, False),
        ({"Body": "x", "OptOutType": "HELP"}, {"twilio_handles_keywords": False}, True),
    ],
)
def test_what_twilio_has_answered_is_marked(
    more: dict[str, str], settings: dict[str, Any], *, handled: bool
) -> None:
    form = {**inbound(""), **more}

    _, (message,) = call({**BEHIND_A_PROXY, **settings}, PUBLIC_URL, PATH, signed(PATH, form), form)

    assert message.provider_handled is handled

"""Twilio's webhooks and sender, with Twilio's own SDK signing, and a stand-in for its REST API."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator

from agent.domain.ids import MessageId
from agent.domain.messages import Delivery
from agent.errors import PermanentSendError, SendProblem, TransientSendError, UnknownSendError
from agent.wiring import Services
from api.channels.twilio.sender import TwilioSender
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

    assert len(twilio_sender.sent) == 1


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
        form = {"MessageSid": reply.provider_id, "MessageStatus": status}
        assert client.post(path, data=form, headers=signed(path, form)).status_code == 204

    with services.database.read() as uow:
        assert uow.messages.get(reply.id).delivery is Delivery.DELIVERED


# ── the sender, against a local stand-in of the REST API ────────────────────────────────────


@dataclass
class StandIn:
    """Keeps what was posted, and answers what it was told."""

    posts: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def twilio() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            stand_in.posts.append(
                {**form, "path": self.path, "auth": self.headers["Authorization"]}
            )
            status, body, headers = (
                stand_in.answers.pop(0) if stand_in.answers else (201, {"sid": "SMout"}, {})
            )
            payload = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()


def sender(url: str, **more: Any) -> TwilioSender:
    return TwilioSender(account_sid="AC1", auth_token="secret", base_url=url, **more)


def send(channel: TwilioSender) -> Any:
    return channel.send(
        message_id=MessageId("msg_1"), to="+15550100301", sender="+15550100200", text="hi 👋"
    )


def test_a_send_posts_the_form_that_twilio_wants(twilio: StandIn) -> None:
    receipt = send(sender(twilio.url, status_callback="https://x.example/status"))

    assert receipt.provider_id == "SMout"
    (post,) = twilio.posts
    assert post["path"] == "/2010-04-01/Accounts/AC1/Messages.json"
    assert post["auth"].startswith("Basic ")
    assert (post["To"], post["From"], post["Body"]) == ("+15550100301", "+15550100200", "hi 👋")
    assert post["StatusCallback"] == "https://x.example/status?message=msg_1"


def test_a_messaging_service_takes_the_place_of_the_number(twilio: StandIn) -> None:
    send(sender(twilio.url, messaging_service_sid="MG1"))

    assert twilio.posts[0]["MessagingServiceSid"] == "MG1"
    assert "From" not in twilio.posts[0]


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (429, {"code": 20429}, {"Retry-After": "7"}, TransientSendError),
        (400, {"code": 30003}, {}, TransientSendError),
        (400, {"code": 21211, "message": "bad To"}, {}, PermanentSendError),
        (400, {"code": 21610}, {}, PermanentSendError),
        (401, {"code": 20003}, {}, PermanentSendError),
        (500, {}, {}, UnknownSendError),
        (201, {}, {}, UnknownSendError),
    ],
)
def test_answers_are_told_apart(
    twilio: StandIn,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str],
    kind: type[Exception],
) -> None:
    twilio.answers = [(status, body, headers)]

    with pytest.raises(kind) as error:
        send(sender(twilio.url))

    if isinstance(error.value, TransientSendError) and headers:
        assert error.value.retry_after_s == 7
    if isinstance(error.value, PermanentSendError):
        assert (error.value.problem is SendProblem.OPTED_OUT) is (body.get("code") == 21610)


def test_a_refused_connection_is_surely_not_sent() -> None:
    with pytest.raises(TransientSendError):
        send(sender("http://127.0.0.1:9"))

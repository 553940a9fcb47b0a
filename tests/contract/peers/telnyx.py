"""Telnyx, signing with a key of its own."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from tests.contract.peer import BRAND_NUMBER, Answer, Asked, Call, Peer, Refusal, Sent, unix_now

KEY = Ed25519PrivateKey.generate()
API_KEY = "KEY-telnyx-that-is-secret"
JSON = {"content-type": "application/json"}

CODES = {
    "10011": SendProblem.BUSY, "40006": SendProblem.BUSY, "40011": SendProblem.BUSY,
    "10002": SendProblem.BAD_NUMBER, "40001": SendProblem.BAD_NUMBER,
    "40012": SendProblem.BAD_NUMBER, "40300": SendProblem.OPTED_OUT, "40004": SendProblem.BLOCKED,
    "40002": SendProblem.FILTERED, "40015": SendProblem.FILTERED,
    "10009": SendProblem.CONFIGURATION, "40003": SendProblem.CONFIGURATION,
    "40013": SendProblem.CONFIGURATION, "40005": SendProblem.EXPIRED,
    "40014": SendProblem.EXPIRED, "40008": SendProblem.OTHER,
}  # fmt: skip


class Telnyx(Peer):
    provider = "telnyx"
    secrets = (API_KEY,)
    words: ClassVar = {
        "queued": Delivery.QUEUED, "sending": Delivery.SENT, "sent": Delivery.SENT,
        "delivery_unconfirmed": Delivery.SENT, "delivered": Delivery.DELIVERED,
        "sending_failed": Delivery.FAILED, "delivery_failed": Delivery.UNDELIVERED,
        "expired": Delivery.UNDELIVERED,
    }  # fmt: skip
    codes = CODES
    failing_word = "delivery_failed"
    refusals = tuple(
        Refusal(
            Answer(400, {"errors": [{"code": code, "title": "no", "detail": "to +15550100301"}]}),
            problem, code,
        )
        for code, problem in CODES.items()
    )  # fmt: skip

    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        public = KEY.public_key().public_bytes_raw()
        return {
            "telnyx_api_key": API_KEY, "telnyx_base_url": base_url,
            "telnyx_public_key": base64.b64encode(public).decode(),
        }  # fmt: skip

    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        return event("message.received", {
            "id": provider_id, "direction": "inbound", "type": "MMS" if media else "SMS",
            "from": {"phone_number": sender, "carrier": "x", "line_type": "Wireless"},
            "to": [{"phone_number": recipient, "status": "webhook_delivered"}], "text": text,
            "media": [{"url": link, "content_type": "image/jpeg", "size": 9} for link in media],
            "parts": 1, "errors": [], "autoresponse_type": None,
        })  # fmt: skip

    def sign(self, call: Call, *, at: int | None = None) -> Call:
        timestamp = str(unix_now() if at is None else at)
        signature = KEY.sign(timestamp.encode() + b"|" + call.content)
        return call.with_headers(
            telnyx_timestamp=timestamp,
            telnyx_signature_ed25519=base64.b64encode(signature).decode(),
        )

    def wrong(self) -> Mapping[str, Call]:
        good = {"id": "x", "from": {"phone_number": "+1"}, "to": [{"phone_number": "+2"}]}
        payloads = {
            "no id": {**good, "id": None}, "an empty id": {**good, "id": ""},
            "a number for an id": {**good, "id": 7}, "no sender": {**good, "from": None},
            "a sender without number": {**good, "from": {}}, "nobody to": {**good, "to": []},
            "a text for a list": {**good, "to": "+2"}, "a list for a text": {**good, "text": ["x"]},
            "a text for media": {**good, "media": "x"},
        }  # fmt: skip
        calls = {name: event("message.received", payload) for name, payload in payloads.items()}
        return {
            **calls,
            "no payload": Call("/webhooks/telnyx", b'{"data": {"event_type": "x"}}', JSON),
            "no data": Call("/webhooks/telnyx", b"{}", JSON),
            "a status of nobody": event("message.finalized", {"id": "x", "to": []}),
        }

    def status(self, word: str, *, provider_id: str, message_id: str = "", code: str = "") -> Call:
        payload = {
            "id": provider_id, "direction": "outbound", "from": {"phone_number": BRAND_NUMBER},
            "to": [{"phone_number": "+15550100301", "status": word}],
            "errors": [{"code": code, "title": "no"}] if code else [],
        }  # fmt: skip
        kind = "message.sent" if word == "sent" else "message.finalized"
        return event(kind, payload, f"?message={message_id}" if message_id else "")

    def accepted(self, provider_id: str) -> Answer:
        return Answer(200, {"data": {"id": provider_id, "record_type": "message"}})

    def read(self, asked: Asked) -> Sent:
        body = asked.json
        return Sent(body["to"], body["from"], body["text"], tuple(body.get("media_urls", ())))


def event(kind: str, payload: Mapping[str, Any], query: str = "") -> Call:
    body = {"data": {"event_type": kind, "id": "ev", "record_type": "event", "payload": payload}}
    return Call(f"/webhooks/telnyx{query}", json.dumps(body).encode(), JSON)


def make() -> Peer:
    return Telnyx()

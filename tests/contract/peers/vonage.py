"""Vonage's Messages API. The older SMS API has tests of its own in tests/api/test_vonage.py."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from tests.contract.peer import BRAND_NUMBER, Answer, Asked, Call, Peer, Refusal, Sent, unix_now

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SECRET = "vonage-signature-that-is-secret-0123456789"
APPLICATION = "app-1"
JSON = {"content-type": "application/json"}
TYPE = "https://developer.vonage.com/api-errors/messages#"

CODES = {
    "1000": SendProblem.BUSY, "1100": SendProblem.BUSY, "1180": SendProblem.BUSY,
    "1040": SendProblem.BAD_NUMBER, "1170": SendProblem.BAD_NUMBER,
    "1190": SendProblem.BAD_NUMBER, "1250": SendProblem.BAD_NUMBER,
    "1240": SendProblem.OPTED_OUT, "1050": SendProblem.BLOCKED, "1280": SendProblem.BLOCKED,
    "1210": SendProblem.FILTERED, "1060": SendProblem.CONFIGURATION,
    "1070": SendProblem.CONFIGURATION, "1120": SendProblem.CONFIGURATION,
    "1140": SendProblem.CONFIGURATION, "1020": SendProblem.OTHER,
}  # fmt: skip


class Vonage(Peer):
    provider = "vonage"
    secrets = (SECRET,)
    words: ClassVar = {
        "submitted": Delivery.SENT, "delivered": Delivery.DELIVERED, "read": Delivery.DELIVERED,
        "rejected": Delivery.FAILED, "undeliverable": Delivery.UNDELIVERED,
    }  # fmt: skip
    codes = CODES
    failing_word = "rejected"
    refusals = (
        *(
            Refusal(
                Answer(422, {"type": f"{TYPE}{code}", "title": "no", "detail": "to +15550100301"}),
                problem, code,
            )
            for code, problem in CODES.items()
        ),
        Refusal(Answer(402, {"type": "https://developer.vonage.com/api-errors#low-balance"}),
                SendProblem.CONFIGURATION, "low-balance"),
    )  # fmt: skip

    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        key_file = folder / "vonage.key"
        key_file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return {
            "vonage_application_id": APPLICATION, "vonage_private_key": key_file,
            "vonage_signature_secret": SECRET, "vonage_base_url": base_url,
            "vonage_signature_method": "sha256",
        }  # fmt: skip

    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        body = {
            "message_uuid": provider_id, "channel": "mms" if media else "sms",
            "message_type": "image" if media else "text", "timestamp": "2026-11-22T10:00:00Z",
            "from": sender.removeprefix("+"), "to": recipient.removeprefix("+"),
            "text": text, "context_status": "none",
        }  # fmt: skip
        if media:
            body |= {"text": None, "image": {"url": media[0], "caption": text, "name": "one.jpg"}}
        return post("/webhooks/vonage/inbound", body)

    def sign(self, call: Call, **claims: Any) -> Call:
        token = {
            "iat": unix_now(), "jti": "j", "iss": "Vonage", "api_key": "k",
            "payload_hash": hashlib.sha256(call.content).hexdigest(), **claims,
        }  # fmt: skip
        return call.with_headers(
            authorization=f"Bearer {jwt.encode(token, SECRET, algorithm='HS256')}"
        )

    def wrong(self) -> Mapping[str, Call]:
        good = {"message_uuid": "x", "channel": "sms", "from": "1555", "to": "1555", "text": "x"}
        bodies = {
            "no id": {**good, "message_uuid": None}, "a number for an id": {**good, "message_uuid": 1},
            "no sender": {**good, "from": ""}, "an object for a sender": {**good, "from": {}},
            "no recipient": {**good, "to": None}, "a list for a text": {**good, "text": ["x"]},
            "a text for an image": {**good, "image": "x"}, "nothing": {},
        }  # fmt: skip
        calls = {name: post("/webhooks/vonage/inbound", body) for name, body in bodies.items()}
        return {
            **calls,
            "a status of nobody": post("/webhooks/vonage/status", {"status": "delivered"}),
            "a text for an error": post(
                "/webhooks/vonage/status", {"message_uuid": "x", "status": "read", "error": "x"}
            ),
        }

    def status(self, word: str, *, provider_id: str, message_id: str = "", code: str = "") -> Call:
        body: dict[str, Any] = {"message_uuid": provider_id, "status": word, "channel": "sms"}
        body |= {"client_ref": message_id} if message_id else {}
        body |= {"error": {"type": f"{TYPE}{code}", "title": int(code)}} if code else {}
        return post("/webhooks/vonage/status", body)

    def accepted(self, provider_id: str) -> Answer:
        return Answer(202, {"message_uuid": provider_id})

    def read(self, asked: Asked) -> Sent:
        token = asked.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"])
        assert claims["application_id"] == APPLICATION
        body = asked.json
        assert not body["to"].startswith("+")
        image = body.get("image", {})
        return Sent(
            f"+{body['to']}", f"+{body['from']}", body.get("text") or image["caption"],
            (image["url"],) if image else (),
        )  # fmt: skip


def post(path: str, body: Mapping[str, Any]) -> Call:
    return Call(path, json.dumps(body).encode(), JSON)


def make() -> Peer:
    return Vonage()

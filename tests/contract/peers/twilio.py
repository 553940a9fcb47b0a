"""Twilio, signing with Twilio's own SDK."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from tests.contract.peer import BRAND_NUMBER, PUBLIC_URL, Answer, Asked, Call, Peer, Refusal, Sent

TOKEN = "twilio-token-that-is-secret"
FORM = {"content-type": "application/x-www-form-urlencoded"}

# Every code of our reference's table, by what must follow of it.
CODES = {
    "20429": SendProblem.BUSY, "21611": SendProblem.BUSY, "30001": SendProblem.BUSY,
    "30003": SendProblem.BUSY, "30008": SendProblem.BUSY,
    "30022": SendProblem.LATER, "30027": SendProblem.LATER,
    "21211": SendProblem.BAD_NUMBER, "21614": SendProblem.BAD_NUMBER,
    "21635": SendProblem.BAD_NUMBER, "21265": SendProblem.BAD_NUMBER,
    "30005": SendProblem.BAD_NUMBER, "30006": SendProblem.BAD_NUMBER,
    "21610": SendProblem.OPTED_OUT, "30004": SendProblem.BLOCKED, "30007": SendProblem.FILTERED,
    "20003": SendProblem.CONFIGURATION, "21408": SendProblem.CONFIGURATION,
    "21606": SendProblem.CONFIGURATION, "21608": SendProblem.CONFIGURATION,
    "21612": SendProblem.CONFIGURATION, "30002": SendProblem.CONFIGURATION,
    "30032": SendProblem.CONFIGURATION, "30034": SendProblem.CONFIGURATION,
    "30036": SendProblem.EXPIRED, "99999": SendProblem.OTHER,
}  # fmt: skip


class Twilio(Peer):
    provider = "twilio"
    secrets = (TOKEN,)
    words: ClassVar = {
        "accepted": Delivery.QUEUED, "scheduled": Delivery.QUEUED, "queued": Delivery.QUEUED,
        "sending": Delivery.SENT, "sent": Delivery.SENT, "delivered": Delivery.DELIVERED,
        "read": Delivery.DELIVERED, "undelivered": Delivery.UNDELIVERED,
        "failed": Delivery.FAILED, "canceled": Delivery.CANCELLED,
    }  # fmt: skip
    codes = CODES
    failing_word = "undelivered"
    refusals = tuple(
        Refusal(Answer(400, {"code": int(code), "message": "To +15550100301 is bad"}), problem, code)
        for code, problem in CODES.items()
    )  # fmt: skip

    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        return {
            "twilio_account_sid": "AC1", "twilio_auth_token": TOKEN, "twilio_base_url": base_url,
        }  # fmt: skip

    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        form = {"MessageSid": provider_id, "From": sender, "To": recipient, "Body": text, "FromZip": "",
                "NumMedia": str(len(media)), "AccountSid": "AC1", "NewParameter": "x"}  # fmt: skip
        form |= {f"MediaUrl{place}": link for place, link in enumerate(media)}
        return call("/webhooks/twilio/sms", form)

    def sign(self, call: Call) -> Call:
        form = dict(parse_qsl(call.content.decode("latin-1"), keep_blank_values=True))
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + call.path, form)
        return call.with_headers(x_twilio_signature=signature)

    def wrong(self) -> Mapping[str, Call]:
        return {
            "no id": self.inbound(provider_id="", text="hi", sender="+15550100301"),
            "no sender": self.inbound(provider_id="SM1", text="hi", sender=""),
            "nothing": call("/webhooks/twilio/sms", {}),
            "a hundred thousand fields": call(
                "/webhooks/twilio/sms", {f"f{n}": "" for n in range(10_000)}
            ),
            "a status without id": call("/webhooks/twilio/status", {"MessageStatus": "sent"}),
        }

    def status(self, word: str, *, provider_id: str, message_id: str = "", code: str = "") -> Call:
        form = {"MessageSid": provider_id, "MessageStatus": word, "From": BRAND_NUMBER}
        form |= {"ErrorCode": code} if code else {}
        query = f"?message={message_id}" if message_id else ""
        return call(f"/webhooks/twilio/status{query}", form)

    def accepted(self, provider_id: str) -> Answer:
        return Answer(201, {"sid": provider_id, "status": "queued"})

    def read(self, asked: Asked) -> Sent:
        form = asked.form
        return Sent(
            form["To"][0], form["From"][0], form["Body"][0], tuple(form.get("MediaUrl", ()))
        )


def call(path: str, form: Mapping[str, str]) -> Call:
    return Call(path, urlencode(form).encode(), FORM)


def make() -> Peer:
    return Twilio()

"""Kannel: ``sendsms`` of its smsbox, and what an ``sms-service`` with get-url or post-url sends us.

Tried with Kannel 1.4.5 (docs/channels.md has its configuration). Its traps: it never changes the
coding by itself, it cuts surrogate pairs apart, and whatever we answer is texted to the customer.
"""

import zlib
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlencode

import httpx

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from agent.replies.segments import encoding_of
from api.channels.gateway.dialect import (
    LONGEST_CODE,
    Account,
    GatewayNews,
    GatewayText,
    Part,
    Refusal,
    refusal,
)
from api.channels.gateway.fields import CHARSETS, Fields, decode

_UCS2 = "2"
_CODINGS = {"GSM-7": "0", "UCS-2": _UCS2}
_ALL_RECEIPTS = 1 + 2 + 8 + 16
"""Delivered, failed, submitted, rejected (dlr-mask); 4, buffered, tells nothing more than 8."""

_NEWS = {
    "1": GatewayNews(delivery=Delivery.DELIVERED),
    "2": GatewayNews(delivery=Delivery.UNDELIVERED, problem=SendProblem.OTHER),
    "4": GatewayNews(delivery=Delivery.QUEUED),
    "8": GatewayNews(delivery=Delivery.SENT),
    "16": GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.OTHER),
}
_PROBLEMS = {
    "temporal failure": SendProblem.BUSY,
    "receiver": SendProblem.BAD_NUMBER,
    "sender missing": SendProblem.CONFIGURATION,
    "not routable": SendProblem.CONFIGURATION,
}
"""Of smsbox's refusals; those without words here are told apart by their HTTP status."""


class Kannel:
    """Speaks with a Kannel."""

    acknowledgement = ""
    receipt_fields: Mapping[str, str] = MappingProxyType({"status": "%d", "code": "%A"})
    bodies: tuple[str, ...] = ("text/plain", "application/octet-stream")
    minds_escapes = True

    def read_text(self, fields: Fields) -> GatewayText:
        """Read a text: named values in the address, the text there (``%b``) or as the body."""
        coding = fields.get("coding")
        charset = fields.charset or fields.get("charset").lower()
        codec = CHARSETS.get(charset) or ("utf-16-be" if coding == _UCS2 else "utf-8")
        raw = fields.values.get("text", fields.body)
        return GatewayText(
            sender=fields.get("from"),
            recipient=fields.get("to"),
            text=decode(raw, codec, field="text"),
            given_id=fields.get("id"),
            sent_at=fields.get("time"),
        )

    def read_news(self, fields: Fields) -> GatewayNews:
        """Read a receipt: ``%d`` says what became of it, ``%A`` what the carrier answered."""
        known = _NEWS.get(fields.get("status"), GatewayNews(delivery=None))
        if known.problem is None:
            return known
        code = fields.values.get("code", b"").decode("utf-8", "replace")[:LONGEST_CODE]
        return GatewayNews(delivery=known.delivery, problem=known.problem, code=code)

    def request(self, account: Account, part: Part) -> httpx.Request:
        """Make the call of ``sendsms``. Parts of ours carry the header that joins them."""
        values: dict[str, str | bytes] = {
            "username": account.username,
            "password": account.password,
            "from": part.sender,
            "to": part.to,
            "text": part.text,
            "charset": "UTF-8",
            "coding": _CODINGS[encoding_of(part.text)],
        }
        if part.total > 1:
            values["udh"] = _joining_header(part)
            # All parts of one message in one coding, or phones do not join them.
            values["coding"] = _UCS2
        if part.receipt_url:
            values["dlr-mask"] = str(_ALL_RECEIPTS)
            values["dlr-url"] = part.receipt_url
        return httpx.Request("GET", f"{account.send_url}?{urlencode(values)}")

    def read_answer(self, response: httpx.Response) -> Refusal | None:
        """Read smsbox's answer: 202 whether sent on or queued."""
        if response.status_code == HTTPStatus.ACCEPTED:
            return None
        return refusal(response.text, _PROBLEMS)


def _joining_header(part: Part) -> bytes:
    """Return the header of one part of several (3GPP TS 23.040, 9.2.3.24.1, 8-bit reference)."""
    reference = zlib.crc32(part.message_id.encode()) & 0xFF
    return bytes((5, 0, 3, reference, part.total, part.number))

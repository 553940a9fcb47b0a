"""Jasmin: its HTTP API ``/send``, and what its HTTP client connector and its receipts send us.

Read from Jasmin 0.11.1's own source. Its traps: it cuts surrogate and escape pairs apart, sends
plain content under coding 8 as UTF-8, and repeats whatever is not answered with its own word.
Its 0.11.1 on PyPI sends no receipts for messages of one part (issue 1236 of jookies/jasmin).
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlencode

import httpx

from agent.domain.messages import Delivery
from agent.errors import InvalidInputError, SendProblem
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
from api.channels.gateway.fields import Fields, decode

_GSM, _ASCII, _LATIN_1, _UCS2 = "0", "1", "3", "8"
"""SMPP's data_coding; 0 is the carrier's default alphabet, GSM 03.38 here."""
_BOTH_LEVELS = "3"
"""Receipts of the carrier (level 1) and of the phone (level 2)."""
_TAKEN = re.compile(r'Success "[^"]+"')
_REASON = re.compile(r'Error "(.*)"', re.DOTALL)

_NEWS = {
    "ESME_ROK": GatewayNews(delivery=Delivery.SENT),
    "ACCEPTD": GatewayNews(delivery=Delivery.SENT),
    "ENROUTE": GatewayNews(delivery=Delivery.SENT),
    "DELIVRD": GatewayNews(delivery=Delivery.DELIVERED),
    "UNDELIV": GatewayNews(delivery=Delivery.UNDELIVERED, problem=SendProblem.OTHER),
    "EXPIRED": GatewayNews(delivery=Delivery.UNDELIVERED, problem=SendProblem.EXPIRED),
    "DELETED": GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.OTHER),
    "REJECTD": GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.BLOCKED),
    "ESME_RINVDSTADR": GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.BAD_NUMBER),
    "ESME_RINVSRCADR": GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.CONFIGURATION),
}
"""Message states and command states of SMPP 3.4 (5.2.28 and 5.1.3)."""
_PROBLEMS = {
    "throughput exceeded": SendProblem.BUSY,
    "no bound connectors": SendProblem.BUSY,
    "cannot send submit_sm": SendProblem.BUSY,
    "interceptorpb not": SendProblem.BUSY,
    "no route found": SendProblem.CONFIGURATION,
    "charg": SendProblem.CONFIGURATION,
    "argument [b'to']": SendProblem.BAD_NUMBER,
    "argument [to]": SendProblem.BAD_NUMBER,
}
"""Of its refusals; those without words here are told apart by their HTTP status."""

# GSM 03.38 in the order of its codes (3GPP TS 23.038, 6.2.1); 0x1B leads to the extension table.
GSM_ORDER = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION_CODES = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]",
    0x40: "|", 0x65: "€",
}  # fmt: skip
_ESCAPE = 0x1B


class Jasmin:
    """Speaks with a Jasmin."""

    acknowledgement = "ACK/Jasmin"
    receipt_fields: Mapping[str, str] = MappingProxyType({})
    bodies: tuple[str, ...] = ()
    minds_escapes = False

    def read_text(self, fields: Fields) -> GatewayText:
        """Read a text: ``content`` as the carrier's bytes, ``binary`` the same in hexadecimal."""
        return GatewayText(
            sender=fields.get("from"),
            recipient=fields.get("to"),
            text=_characters(_content(fields), fields.get("coding")),
            given_id=fields.get("id"),
            sent_at="",
        )

    def read_news(self, fields: Fields) -> GatewayNews:
        """Read a receipt of either level."""
        status = fields.get("message_status").strip().upper()
        known = _NEWS.get(status)
        if known is None and status.startswith("ESME_R"):
            known = GatewayNews(delivery=Delivery.FAILED, problem=SendProblem.OTHER)
        if known is None or known.problem is None:
            return known or GatewayNews(delivery=None)
        code = f"{status} {fields.get('err')}".strip()[:LONGEST_CODE]
        return GatewayNews(delivery=known.delivery, problem=known.problem, code=code)

    def request(self, account: Account, part: Part) -> httpx.Request:
        """Make the call of ``/send``. It has no headers that join parts: each is a text."""
        values = {
            "username": account.username,
            "password": account.password,
            "from": part.sender,
            "to": part.to,
        }
        if encoding_of(part.text) == "GSM-7":
            values |= {"coding": _GSM, "content": part.text}
        else:
            values |= {"coding": _UCS2, "hex-content": part.text.encode("utf-16-be").hex()}
        if part.receipt_url:
            values |= {
                "dlr": "yes",
                "dlr-level": _BOTH_LEVELS,
                "dlr-method": "POST",
                "dlr-url": part.receipt_url,
            }
        return httpx.Request(
            "POST",
            account.send_url,
            content=urlencode(values),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def read_answer(self, response: httpx.Response) -> Refusal | None:
        """Read the answer: 200 and ``Success "uuid"``."""
        if response.status_code == HTTPStatus.OK and _TAKEN.match(response.text):
            return None
        reason = _REASON.match(response.text)
        return refusal(reason[1] if reason else response.text, _PROBLEMS)


def _content(fields: Fields) -> bytes:
    if "binary" not in fields.values:
        return fields.values.get("content", b"")
    try:
        return bytes.fromhex(fields.get("binary"))
    except ValueError:
        raise InvalidInputError("binary is not hexadecimal.", field="binary") from None


def _characters(content: bytes, coding: str) -> str:
    if coding == _UCS2:
        return decode(content, "utf-16-be", field="content")
    if coding == _LATIN_1:
        return content.decode("latin-1")
    if coding == _ASCII:
        return content.decode("ascii", "replace")
    return _from_gsm(content)


def _from_gsm(content: bytes) -> str:
    """Decode unpacked GSM 03.38; a byte outside it (some carriers send Latin-1) stays itself."""
    characters: list[str] = []
    escaped = False
    for code in content:
        if escaped:
            # An unknown escape shows the plain character (6.2.1.1, note 1).
            characters.append(GSM_EXTENSION_CODES.get(code) or _plain(code))
            escaped = False
        elif code == _ESCAPE:
            escaped = True
        else:
            characters.append(_plain(code))
    return "".join(characters)


def _plain(code: int) -> str:
    return GSM_ORDER[code] if code < len(GSM_ORDER) else chr(code)

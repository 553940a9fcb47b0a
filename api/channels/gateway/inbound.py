"""A gateway's text as an ``InboundMessage``: addresses in normal form, an id that is stable."""

import hashlib
import math
from collections.abc import Callable
from datetime import datetime

import phonenumbers

from agent.domain.messages import InboundMessage
from agent.errors import InvalidInputError
from api.channels.gateway.dialect import GatewayText
from api.channels.gateway.files import Gateway

PROVIDER, CHANNEL = "gateway", "sms"
RETRY_WINDOW_S = 30.0
"""Where a gateway gives neither id nor time, equal texts closer than this are one, and those
further apart than twice this are two."""
_SHORTEST_NUMBER = 7
"""Digits; below are short codes."""

IsStored = Callable[[str], bool]
"""Whether an inbound text with this provider's id is stored."""


def as_inbound(
    gateway: Gateway, text: GatewayText, *, now: datetime, is_stored: IsStored
) -> InboundMessage:
    """Return the text as the inbox takes it.

    Raises:
        InvalidInputError: there is no sender.
    """
    sender = phone_number(text.sender, gateway.region)
    if not sender:
        raise InvalidInputError("The field from is needed.", field="from")
    recipient = _own_number(gateway, text.recipient)
    return InboundMessage(
        provider=PROVIDER,
        provider_id=_stable_id(gateway, text, now, is_stored),
        channel=CHANNEL,
        sender=sender,
        recipient=recipient,
        text=text.text,
        received_at=now,
    )


def phone_number(address: str, region: str | None) -> str:
    """Return a number in E.164 where it is one; short codes and names as they are.

    Gateways write numbers with +, with 00, with neither, and with a blank for a + that was not
    escaped. Without ``region`` bare digits are international.
    """
    bare = "".join(c for c in address.strip() if c not in "-() ")
    if address.startswith(" ") and bare.isdecimal():
        return f"+{bare}"
    if bare.startswith("00") and bare.isdecimal():
        return f"+{bare[2:]}"
    if not bare.isdecimal() or len(bare) < _SHORTEST_NUMBER:
        return bare
    national = None if region is None else _national(bare, region)
    return national or f"+{bare}"


def _national(digits: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _own_number(gateway: Gateway, recipient: str) -> str:
    """Return the number of ours that was written to; replies leave from it."""
    wanted = phone_number(recipient, gateway.region).lstrip("+")
    known = {number.lstrip("+"): number for number in gateway.numbers}
    return known.get(wanted, gateway.numbers[0])


def _stable_id(gateway: Gateway, text: GatewayText, now: datetime, is_stored: IsStored) -> str:
    if text.given_id:
        return f"{gateway.name}:{text.given_id[:200]}"
    if text.sent_at:
        return _hashed(gateway, text, text.sent_at)
    window = math.floor(now.timestamp() / RETRY_WINDOW_S)
    before = _hashed(gateway, text, str(window - 1))
    return before if is_stored(before) else _hashed(gateway, text, str(window))


def _hashed(gateway: Gateway, text: GatewayText, time: str) -> str:
    digest = hashlib.sha256()
    for value in (text.sender, text.recipient, time, text.text):
        encoded = value.encode("utf-8", "surrogatepass")
        # Lengths keep "ab" + "c" apart from "a" + "bc".
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return f"{gateway.name}:h-{digest.hexdigest()[:40]}"

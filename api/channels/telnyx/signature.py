"""Telnyx's signature: Ed25519 over the time, a bar and the raw body."""

import base64
import binascii
from collections.abc import Callable, Mapping

from agent.errors import ConfigurationError
from api.channels.webhook import count_of

MAX_AGE_S = 300
"""How far the signed time may be from ours (Telnyx's own SDK takes the same)."""

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"

Check = Callable[[Mapping[str, str], bytes, float], bool]
"""Of the headers, the raw body and the Unix time now: whether Telnyx has signed it lately."""


def make_check(public_key: str) -> Check:
    """Return what checks signatures with this key (base64 of 32 bytes, from Telnyx's portal).

    Raises:
        ConfigurationError: it is no such key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    except ValueError as error:  # binascii.Error is one
        raise ConfigurationError(
            "TEXTWISE_TELNYX_PUBLIC_KEY is not an Ed25519 key.",
            hint="Copy it from the portal: Account, Keys & Credentials, Public Key.",
        ) from error

    def check(headers: Mapping[str, str], body: bytes, now_s: float) -> bool:
        timestamp = headers.get(TIMESTAMP, "")
        signed_s = count_of(timestamp)
        if signed_s is None or abs(now_s - signed_s) > MAX_AGE_S:
            return False
        try:
            signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
            key.verify(signature, timestamp.encode() + b"|" + body)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    return check

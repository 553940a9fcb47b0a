"""Vonage's two signatures: a JWT (Messages API) and ``sig`` (SMS API).

Both with the account's signature secret. The SDK's check compares no payload hash and takes a
token of yesterday; both are done here. A replay within the age is harmless: it is another copy of
a message whose id is known.
"""

import hashlib
import hmac
from collections.abc import Mapping

from api.channels.webhook import count_of

TOKEN_AGE_S = 300
"""How old a token may be: Vonage signs each try of a webhook anew."""

SIG_AGE_S = 24 * 3600 + 300
"""How old a signed text of the SMS API may be: its time is that of the first try, and Vonage
tries for 24 hours."""

_BEARER = "bearer "


def token_is_good(authorization: str, body: bytes, *, secret: str, now_s: float) -> bool:
    """Whether the header holds Vonage's token for this body (HS256; RFC 7519)."""
    import jwt

    if not authorization.lower().startswith(_BEARER):
        return False
    try:
        claims = jwt.decode(
            authorization[len(_BEARER) :].strip(),
            secret,
            algorithms=["HS256"],
            options={"require": ["iat", "payload_hash"], "verify_aud": False, "verify_iat": False},
        )
    except jwt.PyJWTError:
        return False
    issued, hashed = claims["iat"], claims["payload_hash"]
    if not isinstance(issued, int | float) or not isinstance(hashed, str):
        return False
    digest = hashlib.sha256(body).hexdigest()
    same = hmac.compare_digest(digest.encode(), hashed.lower().encode())
    return same and abs(now_s - issued) <= TOKEN_AGE_S


def sig_is_good(fields: Mapping[str, str], *, secret: str, method: str, now_s: float) -> bool:
    """Whether ``sig`` belongs to the other fields. ``method``: as the account's settings say."""
    signed_s = count_of(fields.get("timestamp", ""))
    if signed_s is None or abs(now_s - signed_s) > SIG_AGE_S:
        return False
    expected = make_sig(fields, secret=secret, method=method)
    return hmac.compare_digest(expected.encode(), fields.get("sig", "").lower().encode())


def make_sig(fields: Mapping[str, str], *, secret: str, method: str) -> str:
    """Return the signature in lower-case hex over ``&name=value``, sorted by name.

    ``&`` and ``=`` in values count as ``_``; ``md5hash`` is a plain MD5 with the secret behind.
    """
    text = "".join(
        f"&{name}={value.replace('&', '_').replace('=', '_')}"
        for name, value in sorted(fields.items())
        if name != "sig"
    )
    if method == "md5hash":
        return hashlib.md5((text + secret).encode(), usedforsecurity=False).hexdigest()
    return hmac.new(secret.encode(), text.encode(), method).hexdigest()

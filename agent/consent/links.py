"""Links to a customer's page of preferences: signed, so that nobody can guess one."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.domain.ids import CustomerId
from agent.domain.ports import Clock

VALID_FOR = timedelta(days=90)
"""Texts are kept long; a number that has changed hands since should not open the page."""
PATH = "/preferences"
_SIGNATURE = 16
"""Bytes of the HMAC kept: 128 bits cannot be guessed, and the link stays short."""
_DAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceLinks:
    """Makes and reads links.

    ``key`` is the installation's secret; ``base_url`` where it serves, empty if nowhere public.
    """

    key: bytes
    base_url: str
    clock: Clock

    def link(self, customer_id: CustomerId) -> str:
        """Return the address of a customer's page, empty where the service has none."""
        if not self.base_url:
            return ""
        return f"{self.base_url.rstrip('/')}{PATH}/{self.token(customer_id)}"

    def token(self, customer_id: CustomerId) -> str:
        """Return the signed part of a link."""
        issued = int(self.clock.now().timestamp()).to_bytes(_DAYS, "big")
        payload = issued + customer_id.encode()
        return _encode(self._sign(payload) + payload)

    def read(self, token: str) -> CustomerId | None:
        """Return whose page a token opens; None where it is forged, garbled or too old."""
        raw = _decode(token)
        signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(payload)) or len(payload) <= _DAYS:
            return None
        issued = datetime.fromtimestamp(int.from_bytes(payload[:_DAYS], "big"), UTC)
        if self.clock.now() - issued > VALID_FOR:
            return None
        return CustomerId(payload[_DAYS:].decode())

    def _sign(self, payload: bytes) -> bytes:
        key = hashlib.sha256(b"preferences " + self.key).digest()
        return hmac.digest(key, payload, "sha256")[:_SIGNATURE]


def no_link(_customer_id: CustomerId) -> str:
    """Offer no page of preferences."""
    return ""


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(token: str) -> bytes:
    """Return a token's bytes, none where it is no Base64."""
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""

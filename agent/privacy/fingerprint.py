"""Keyed hashes of numbers: enough to know a number again, not enough to read it.

A plain hash of a phone number is undone by trying all numbers; with a key it is not. The key is
kept in the home, never in the database.
"""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from agent.secrets_file import load_suppression_key


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes addresses with the home's key."""

    key: bytes

    def of(self, address: str) -> str:
        """Return an address's hash: 64 hexadecimal digits of HMAC-SHA256."""
        return hmac.new(self.key, b"number:" + address.encode(), hashlib.sha256).hexdigest()

    @property
    def key_id(self) -> str:
        """Name the key without telling it."""
        return hmac.new(self.key, b"key id", hashlib.sha256).hexdigest()[:16]

    @classmethod
    def of_home(cls, home: Path) -> "Fingerprint":
        """Use the home's key, making one on first use.

        Raises:
            ConfigurationError: it cannot be read or written.
        """
        return cls(load_suppression_key(home))

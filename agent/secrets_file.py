"""Secrets that a fresh installation makes for itself, kept under the home for its owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import ConfigurationError

FILE = "secrets.json"
SUPPRESSION_KEY_FILE = "suppression.key"
"""Apart from the others: those may be made anew, this one never, or the list is worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The session cookie's key, and the first API key and sign-in, shown by ``make run``."""

    session: str
    api_key: str
    first_email: str
    first_password: str


def load_secrets(home: Path) -> Secrets:
    """Return the home's secrets, making them on first use.

    Raises:
        ConfigurationError: the file is damaged or the home cannot be written.
    """
    path = home / FILE
    try:
        if not path.exists():
            _place(path, json.dumps(asdict(_new()), indent=1))
        # Read also what was just made: where several begin at once, one of them has won.
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read or written: {error}.",
            hint="Check the folder TEXTWISE_HOME, or remove the file: sign-ins are then made anew.",
        ) from None


def _new() -> Secrets:
    return Secrets(
        session=secrets.token_urlsafe(32),
        api_key="tw_" + secrets.token_urlsafe(24),
        first_email="lead@textwise.example",
        first_password=secrets.token_urlsafe(9),
    )


def load_suppression_key(home: Path) -> bytes:
    """Return the key of the suppression list's hashes, making it on first use.

    Keep it: with another key, numbers on the list are no longer known, and are texted again.

    Raises:
        ConfigurationError: the file is damaged or the home cannot be written.
    """
    path = home / SUPPRESSION_KEY_FILE
    try:
        if not path.exists():
            _place(path, secrets.token_hex(32))
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read or written: {error}.",
            hint="Check the folder TEXTWISE_HOME, or put the file back from your backup. Without "
            "it, numbers on the suppression list are not known again.",
        ) from None


def _place(path: Path, content: str) -> None:
    """Write a file whole, or leave the one that another process has put there meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
    try:
        os.link(whole, path)
    except FileExistsError:
        return
    finally:
        whole.unlink()

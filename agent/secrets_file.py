"""Secrets that a fresh installation makes for itself, kept under the home for its owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import ConfigurationError

FILE = "secrets.json"


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
        if path.exists():
            return Secrets(**json.loads(path.read_text(encoding="utf-8")))
        return _make(path)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read or written: {error}.",
            hint="Check the folder TEXTWISE_HOME, or remove the file: sign-ins are then made anew.",
        ) from None


def _make(path: Path) -> Secrets:
    made = Secrets(
        session=secrets.token_urlsafe(32),
        api_key="tw_" + secrets.token_urlsafe(24),
        first_email="lead@textwise.example",
        first_password=secrets.token_urlsafe(9),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(made), file, indent=1)
    return made

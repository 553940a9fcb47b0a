"""The home and what lies in it: room, secrets, names of settings."""

import difflib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values

from agent.doctor.finding import Concern, Finding, look
from agent.errors import ConfigurationError
from agent.secrets_file import FILE, SUPPRESSION_KEY_FILE
from agent.settings import Settings

LITTLE_MB, TOO_LITTLE_MB = 1024, 200
"""An index of knowledge takes about 20 MB, a trained version 75 MB, a thousand texts 10 MB."""
LEAST_KEY = 16
"""Characters of an API key that nobody guesses."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def look_at_home(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the folder of state and at the settings' own form."""
    yield look("home", "Database, index and secrets live there.", lambda: _writable(settings))
    yield look("disk", "Without room no text can be stored.", lambda: _room(settings))
    yield look(
        "secrets",
        "Whoever reads them can sign in, send texts or undo the suppression list's hashes.",
        lambda: _kept(settings),
    )
    yield look(
        "settings",
        "A setting with a wrong name does nothing, and nobody says so.",
        lambda: _known_names(environment),
    )
    yield look("API key", "It opens the whole API.", lambda: _api_key(settings))
    yield look("log level", "The service would not start.", lambda: _log_level(settings))


def _nearest(folder: Path) -> Path:
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _writable(settings: Settings) -> str:
    there = _nearest(settings.home)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{settings.home} cannot be written.",
            hint="Set TEXTWISE_HOME to a folder of your own, or give the service's user this one.",
        )
    made = "" if settings.home.is_dir() else " (made at the first start)"
    return f"{settings.home.resolve()}{made}"


def _room(settings: Settings) -> str:
    free_mb = shutil.disk_usage(_nearest(settings.home)).free // 2**20
    if free_mb < LITTLE_MB:
        kind = ConfigurationError if free_mb < TOO_LITTLE_MB else Concern
        raise kind(
            f"Only {free_mb} MB are free below {settings.home}.",
            hint="Make room, or move TEXTWISE_HOME to a larger disk.",
        )
    return f"{free_mb / 1024:.1f} GB free"


def _kept(settings: Settings) -> str:
    private = [settings.home / FILE, settings.home / SUPPRESSION_KEY_FILE, Path(".env")]
    private += [path for path in (settings.vonage_private_key, settings.gateways) if path]
    there = [path for path in private if path.is_file()]
    open_ones = [path for path in there if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    # Gateways' files may name variables instead of passwords, and .env may hold no secret.
    wrong = [p for p in open_ones if p.name != ".env" and p != settings.gateways]
    if open_ones:
        kind = ConfigurationError if wrong else Concern
        raise kind(
            f"Others may read {', '.join(str(path) for path in wrong or open_ones)}.",
            hint="Give them to the service's user alone: "
            f"chmod 600 {' '.join(str(path) for path in wrong or open_ones)}",
        )
    return f"{len(there)} files, for their owner only" if there else "made at the first start"


def _known_names(environment: Mapping[str, str]) -> str:
    known = {f"TEXTWISE_{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*environment, *dotenv_values(".env"))}
    strange = sorted(n for n in given if n.startswith("TEXTWISE_") and n not in known)
    if strange:
        raise Concern(
            f"There is no setting {', '.join(strange)}.", hint=" ".join(_meant(strange, known))
        )
    return f"{len(given & known)} given"


def _meant(strange: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in strange:
        close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.8)
        yield f"{name}: {close[0]} is meant?" if close else f"{name}: see docs/running.md."


def _api_key(settings: Settings) -> str:
    if settings.api_key is None:
        return "none in the settings; those in the database count"
    if len(settings.api_key.get_secret_value()) < LEAST_KEY:
        raise ConfigurationError(
            f"TEXTWISE_API_KEY has fewer than {LEAST_KEY} characters.",
            hint="Make a long one: openssl rand -hex 24",
        )
    return "long enough"


def _log_level(settings: Settings) -> str:
    if settings.log_level.upper() not in _LEVELS:
        raise ConfigurationError(
            f"TEXTWISE_LOG_LEVEL is {settings.log_level!r}.",
            hint=f"Write one of {', '.join(_LEVELS)}.",
        )
    return settings.log_level

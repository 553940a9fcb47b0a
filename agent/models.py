"""The models that are live: loaded beside the old ones, swapped whole, without a restart."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from agent.domain.ports import Clock
from agent.errors import ConfigurationError
from agent.learning.ledger import SharedLedger
from agent.turns.ports import HoldsModels, Understands
from intents.errors import IntentsError, VersionError
from intents.reading.batching import BatchingUnderstander
from intents.reading.readers import Encoders
from intents.types import ConsentReading, Expected, Understanding
from intents.understanding import Understander
from intents.versions.registry import Registry

_log = structlog.get_logger(__name__)

LOOK_S = 2.0
"""Seconds between looks at what is active; a promoted version is served within that time."""

_TRY_AGAIN_S = 30.0
"""A refused version is tried again after this: its files may still be arriving."""

WARM_UP = "is order 48213 coming tomorrow at 5pm?"
"""The first reading loads what dates need; a customer should not wait for that."""


class Version(Understands, Protocol):
    """One loaded version."""

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names from now on."""
        ...


LoadVersion = Callable[[str], Version]
"""Loads a version by its name, or raises an ``IntentsError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A version that should be live and cannot be loaded."""

    version: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    """One version, held on to."""

    present: Version

    @property
    def version(self) -> str:
        return self.present.version

    def held(self) -> HoldsModels:
        return self

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        return self.present.understand(text, expected)

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        return self.present.read_consent(text)


class LiveModels:
    """Serves the active version and follows the ledger.

    Reading a message takes one reference to one whole version; a turn keeps it to its end
    (``held``). Loading happens on the thread that calls ``follow``, never on a turn's.
    """

    def __init__(self, *, ledger: SharedLedger, load: LoadVersion, clock: Clock) -> None:
        self._ledger = ledger
        self._load = load
        self._clock = clock
        self._present: Version | None = None
        self._names: tuple[str, ...] = ()
        self._following = threading.Lock()
        self.refused: Refused | None = None

    @property
    def version(self) -> str:
        """The live version's name."""
        return self._live.version

    @property
    def product_names(self) -> tuple[str, ...]:
        """The product names that every version is told."""
        return self._names

    @property
    def _live(self) -> Version:
        if self._present is None:
            raise RuntimeError("LiveModels.open() comes before reading")
        return self._present

    def held(self) -> HoldsModels:
        """Return the live version itself, for whoever must not see a swap."""
        return _Held(self._live)

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        """Read one message."""
        return self._live.understand(text, expected)

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Read only what a message says about texting."""
        return self._live.read_consent(text)

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names, in every version from now on."""
        with self._following:
            self._names = tuple(names)
            self._live.know_products(self._names)

    def open(self) -> None:
        """Load the active version.

        Raises:
            ConfigurationError: there is none, or it cannot be loaded; says what to do.
        """
        try:
            version = self._ledger.settle().version
            if version is None:
                raise VersionError("No trained version is active.")
            self._present = self._ready(version)
        except IntentsError as error:
            raise ConfigurationError(
                str(error),
                hint=error.hint or "Make them with: textwise intents train (or: make run).",
            ) from error

    def follow(self) -> None:
        """Look at what is active, and load it if it is another version.

        One that cannot be loaded is refused: the old one goes on serving, ``refused`` says why.
        """
        with self._following:
            wanted = ""
            try:
                wanted = self._ledger.settle().version or self.version
                if wanted == self.version:
                    self.refused = None
                elif self._worth_a_try(wanted):
                    self._swap(wanted)
            except IntentsError as error:
                self._refuse(wanted, f"{error} {error.hint}".strip())

    def _swap(self, wanted: str) -> None:
        before, fresh = self.version, self._ready(wanted)
        # One assignment: a reader sees the old version or the new one, nothing between.
        self._present, self.refused = fresh, None
        _log.info("models_live", version=wanted, before=before)

    def _ready(self, version: str) -> Version:
        """Load a version and read one message with it, so that it fails here if it fails."""
        try:
            loaded = self._load(version)
            loaded.know_products(self._names)
            loaded.understand(WARM_UP)
        except IntentsError:
            raise
        except Exception as error:
            # Whatever is wrong with files of a version must not stop one that serves.
            _log.exception("models_broken", version=version)
            raise VersionError(f"The version {version} cannot be loaded: {error}") from error
        return loaded

    def _worth_a_try(self, version: str) -> bool:
        refused = self.refused
        if refused is None or refused.version != version:
            return True
        return (self._clock.now() - refused.at).total_seconds() >= _TRY_AGAIN_S

    def _refuse(self, version: str, why: str) -> None:
        if self.refused is None or (self.refused.version, self.refused.why) != (version, why):
            _log.error("models_refused", version=version, why=why)
        self.refused = Refused(version=version, why=why, at=self._clock.now())


def load_version(registry: Registry, encoders: Encoders, version: str) -> BatchingUnderstander:
    """Load a version on the encoders that it names, after checking its files' hashes.

    Turns run on several threads; what they ask at the same time is read together.

    Raises:
        VersionError: no such version, a broken one, or one trained on other weights.
        WeightsError: an encoder that it needs is not installed.
    """
    return BatchingUnderstander(Understander.of_version(registry, version, encoders))

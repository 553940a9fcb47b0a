"""The shadow: a candidate version that reads live messages and never answers."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import structlog

from agent.domain.learning import Guess
from agent.domain.ports import Clock
from agent.domain.signals import Signals
from agent.models import LoadVersion, Version
from agent.store.unit_of_work import Database
from agent.turns.signals import expected_of
from intents.errors import IntentsError

_log = structlog.get_logger(__name__)

SHADOW = "shadow"
"""Name of the active row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowState:
    """Which version reads along, since when, by whose wish; ``refused`` says why it cannot."""

    version: str
    by: str = ""
    since: str = ""
    refused: str = ""


def read_state(database: Database) -> ShadowState | None:
    """Return the present shadow, or None."""
    with database.read() as uow:
        body = uow.live.active(SHADOW)
    return ShadowState(**json.loads(body)) if body else None


def write_state(database: Database, state: ShadowState | None) -> None:
    """Set the shadow, or unset it. One that begins anew forgets what it found before."""
    with database.begin() as uow:
        if state is not None and not state.refused:
            uow.shadows.forget(state.version)
        uow.live.set_active(SHADOW, "" if state is None else json.dumps(asdict(state)))


@dataclass(slots=True, kw_only=True)
class Shadow:
    """Loads the version that the row names, and reads with it. Belongs to one thread."""

    database: Database
    load: LoadVersion
    clock: Clock
    product_names: Sequence[str] = ()
    _loaded: Version | None = field(default=None, init=False)

    def follow(self, live: str) -> Version | None:
        """Return the shadow to read with, None where there is none.

        A shadow that has become the live version, or that cannot be loaded, ends by itself.
        """
        state = read_state(self.database)
        if state is None or state.refused:
            self._loaded = None
            return None
        if state.version == live:
            write_state(self.database, None)
            self._loaded = None
            return None
        if self._loaded is None or self._loaded.version != state.version:
            self._loaded = self._open(state)
        return self._loaded

    def read(self, shadow: Version, signals: Signals) -> Guess:
        """Read what a turn has read, waiting for the same answer as it did.

        As long as the reading took nothing is read: it takes at most half a core.
        """
        began = time.perf_counter()
        read = shadow.understand(signals.text, expected_of(signals.conversation.pending))
        time.sleep(min(time.perf_counter() - began, 0.5))
        return Guess.of(read)

    def _open(self, state: ShadowState) -> Version | None:
        try:
            loaded = self.load(state.version)
        except IntentsError as error:
            why = f"{error} {error.hint}".strip()
            _log.error("shadow_refused", version=state.version, why=why)
            refused = ShadowState(
                version=state.version, by=state.by, since=state.since, refused=why
            )
            write_state(self.database, refused)
            return None
        loaded.know_products(tuple(self.product_names))
        _log.info("shadow_reads", version=state.version)
        return loaded


def state_of(version: str, *, by: str, at: datetime) -> ShadowState:
    """Return the state of a shadow that begins now."""
    return ShadowState(version=version, by=by, since=at.isoformat(timespec="seconds"))

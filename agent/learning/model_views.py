"""What a lead sees of trained versions."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.domain.learning import Difference, Tally
from agent.learning.shadow import ShadowState
from agent.models import Refused
from intents.errors import IntentsError
from intents.figures.metrics import Metrics
from intents.versions.manifest import Manifest
from intents.versions.registry import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A trained version. ``metrics`` is None where its file cannot be read."""

    manifest: Manifest
    metrics: Metrics | None
    active: bool
    shadow: bool
    trained_at: datetime
    report: bool

    @property
    def name(self) -> str:
        """The version's id."""
        return self.manifest.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All versions, the newest first; what is live, and what stands in its way."""

    versions: tuple[VersionView, ...]
    live: str
    wanted: str | None
    refused: Refused | None
    earlier: str | None
    history: tuple[Change, ...]
    shadow: ShadowState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    """What a shadow has found so far."""

    state: ShadowState
    tallies: tuple[Tally, ...]
    differences: tuple[Difference, ...]

    @property
    def compared(self) -> int:
        """Messages that both versions have read."""
        return sum(tally.compared for tally in self.tallies)

    @property
    def differed(self) -> int:
        """Those of them that they read differently."""
        return sum(tally.differed for tally in self.tallies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What this process serves: the version, and the one it refuses."""

    version: str
    refused: Refused | None


def metrics_of(path: Path) -> Metrics | None:
    """Read a version's figures; None where they cannot be read."""
    try:
        return Metrics.read(path)
    except IntentsError:
        # Figures of an older form; the version itself may be sound, and its page says so.
        return None

"""What a soak has done so far, one line a piece, so that it goes on where it was interrupted."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A piece of work. ``key`` names it, so that it is not done twice."""

    phase: str
    key: str
    kills: int = 0
    restarts: int = 0
    texts: int = 0
    deliveries: int = 0
    in_flight: int = 0
    seconds: float = 0.0
    endings: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    effects: dict[str, int] = field(default_factory=dict)
    """Kills by effect, in the phases that kill at boundaries."""


class SoakLedger:
    """The entries, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.entries = [Entry(**json.loads(line)) for line in lines]

    def add(self, entry: Entry) -> None:
        """Write an entry down."""
        self.entries.append(entry)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(entry)) + "\n")

    def has(self, phase: str, key: str) -> bool:
        """Whether this piece is done."""
        return any((e.phase, e.key) == (phase, key) for e in self.entries)

    def kills(self, phase: str) -> int:
        """Return how often processes were killed in a phase."""
        return sum(e.kills for e in self.entries if e.phase == phase)

    def of(self, phases: Iterable[str]) -> list[Entry]:
        """Return the entries of these phases."""
        wanted = set(phases)
        return [e for e in self.entries if e.phase in wanted]


def total(entries: Iterable[Entry], what: str) -> float:
    """Add up one figure."""
    return sum(getattr(entry, what) for entry in entries)


def endings(entries: Iterable[Entry]) -> Counter[str]:
    """Add up how texts ended."""
    counted: Counter[str] = Counter()
    for entry in entries:
        counted.update(entry.endings)
    return counted

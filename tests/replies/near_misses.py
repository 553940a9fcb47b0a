"""The guard's near-misses in twelve classes, and how the guard judges them.

Each class is a file in ``guard_cases/``, its evidence in ``brands.yaml`` beside them. The folders
in it hold files of the same names for other brands:

``free``      true replies in the words of a friendly assistant, to mend the guard by
``free_dev``  the same, written together with them, of which only totals are looked at
``joined``    true replies alone, long ones that join facts of the brands seen, to fit by
``apart``     written by somebody who had not seen the guard, and never looked at while it is mended
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from agent.replies.evidence import Evidence
from agent.replies.guard import Guard
from tests.replies.guard_data import evidence_of

ROOT = Path(__file__).with_name("guard_cases")
BRANDS = "brands.yaml"


class Part(StrEnum):
    """Where a case stands: what it may be used for."""

    SEEN = "seen"
    FREE = "free"
    FREE_DEV = "free_dev"
    APART = "apart"

    @property
    def held_out(self) -> bool:
        """Return whether nobody looks at the cases themselves while the guard is mended."""
        return self in (Part.FREE_DEV, Part.APART)

    @property
    def folder(self) -> Path:
        return ROOT if self is Part.SEEN else ROOT / self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A false reply with a true one about the same matter, and what both are judged against.

    ``telltale`` is the part that must not get through, where the reply says something true too.
    """

    kind: str
    brand: str
    part: Part
    near_miss: str
    true_reply: str
    telltale: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the guard did: whether the near-miss was caught and the true reply let through.

    ``kept`` is how much of the true reply's words was left, 0 to 1.
    """

    case: NearMiss
    caught: bool
    passed: bool
    reason: str
    kept: float


def near_misses() -> list[NearMiss]:
    """Read all cases, part by part and class by class."""
    return [case for part in Part for case in _read_part(part)]


def joined_replies() -> list[tuple[str, str, tuple[Evidence, ...]]]:
    """Return true replies that join several facts: the brand, the reply, the brand's evidence."""
    brands = {raw["brand"]: evidence_of(raw) for raw in _read(ROOT / BRANDS)}
    listed = _read(ROOT / "joined" / "true_replies.yaml")
    return [(raw["brand"], raw["true_reply"], brands[raw["brand"]]) for raw in listed]


def _read_part(part: Part) -> Iterator[NearMiss]:
    brands = {raw["brand"]: evidence_of(raw) for raw in _read(part.folder / BRANDS)}
    for path in sorted(part.folder.glob("*.yaml")):
        if path.name != BRANDS:
            for raw in _read(path):
                yield _case(path.stem, raw, brands[raw["brand"]], part)


def judge(case: NearMiss) -> Verdict:
    """Let the guard read both replies.

    A near-miss is caught where something was cut and the telltale part is gone; a true reply is
    let through where nothing was.
    """
    guard = Guard()
    lie = guard.check(case.near_miss, case.evidence, freely=True)
    truth = guard.check(case.true_reply, case.evidence, freely=True)
    return Verdict(
        case=case,
        caught=bool(lie.cut) and not (case.telltale and case.telltale in lie.text),
        passed=bool(truth.text) and not truth.cut,
        reason=truth.cut[0][1] if truth.cut else "",
        kept=min(1.0, len(truth.text.split()) / len(case.true_reply.split())),
    )


def recall_by_class(verdicts: Iterable[Verdict]) -> dict[str, tuple[int, int]]:
    """Return for each class how many near-misses were caught, and of how many."""
    seen: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for verdict in verdicts:
        seen[verdict.case.kind] += 1
        caught[verdict.case.kind] += verdict.caught
    return {kind: (caught[kind], seen[kind]) for kind in sorted(seen)}


def rejected(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the true replies of which something was cut."""
    return [verdict for verdict in verdicts if not verdict.passed]


def _case(kind: str, raw: dict[str, Any], evidence: tuple[Evidence, ...], part: Part) -> NearMiss:
    lie = raw["near_miss"]
    _, opened, rest = lie.partition("{")
    return NearMiss(
        kind=kind,
        brand=raw["brand"],
        part=part,
        near_miss=lie.replace("{", "").replace("}", ""),
        true_reply=raw["true_reply"],
        telltale=rest.partition("}")[0] if opened else "",
        evidence=evidence,
    )


def _read(path: Path) -> list[dict[str, Any]]:
    raw: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return raw

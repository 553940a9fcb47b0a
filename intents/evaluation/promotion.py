"""The gate through which a version becomes the active one.

Both versions are run on the same messages, never compared by figures taken on different data:
harder training data must not look like a worse model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from intents.corpus.written_test import WrittenTest, read_test
from intents.errors import GateError, IntentsError, VersionError
from intents.evaluation.examining import Examined, examine, load_any
from intents.evaluation.gate import (
    LIVE,
    SHARED,
    WRITTEN,
    SetVerdict,
    judge_examined,
    judge_predictions,
)
from intents.figures.metrics import Metrics, Predicted, read_predictions
from intents.versions.registry import METRICS, PREDICTIONS, VERDICT, Active, Registry

MOST_CALIBRATION_ERROR = 0.08
_ENOUGH_TO_JUDGE = 500
"""Held-out messages below which a share is too coarse to refuse a version by it."""

_HELD_OUT_OPT_OUT_LOSS = 0.02
"""Share of opt-outs found on held-out writers that may be lost, where no written test tells."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a version may be promoted: every reason against it, and what each set says."""

    version: str
    against: str | None
    reasons: tuple[str, ...]
    sets: tuple[SetVerdict, ...] = ()
    notes: tuple[str, ...] = ()
    forced: bool = False

    @property
    def passed(self) -> bool:
        """Whether there is no reason against it."""
        return not self.reasons

    @property
    def better(self) -> bool:
        """Whether it is shown to be better, which only live messages can."""
        return any(found.better for found in self.sets)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, set by set, and the conclusion last."""
        said = [found.sentence for found in self.sets]
        if self.against is not None and self.better:
            said.append(f"{self.version} is better than {self.against} on live messages.")
        elif self.against is not None and self.passed:
            said.append(f"{self.version} is not worse than {self.against}.")
        return (*said, *self.notes)

    @property
    def summary(self) -> str:
        """One line for the history."""
        state = "passed" if self.passed else f"refused: {'; '.join(self.reasons)}"
        forced = "forced; " if self.forced else ""
        return f"{forced}{state}" + "".join(f" {found.sentence}" for found in self.sets)


_VERDICT = TypeAdapter(Verdict)


def judge(
    registry: Registry,
    version: str,
    *,
    written_test: Path | None = None,
    live_test: Path | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Verdict:
    """Hold a version against the active one.

    ``written_test`` is a folder or file of test messages written apart, ``live_test`` a file of
    live messages labelled blind; one that does not exist is left out. Without a written test the
    held-out messages that both versions share are compared.

    Raises:
        VersionError: the version is missing or broken.
        TrainingDataError: a test file is wrong; names the line.
    """
    new = Metrics.read(registry.path(version) / METRICS)
    reasons = _own(new)
    active = registry.active().version
    if active is None or active == version:
        return Verdict(version=version, against=active, reasons=tuple(reasons))
    tests = [
        (kind, read_test(path))
        for kind, path in ((WRITTEN, written_test), (LIVE, live_test))
        if path is not None and path.exists()
    ]
    sets, notes = _on_tests(registry, active, version, tests, progress)
    if all(found.kind != WRITTEN for found in sets):
        sets += _on_shared(registry, active, version)
        reasons += _held_out(registry, active, new)
    reasons += [reason for found in sets for reason in found.reasons]
    return Verdict(
        version=version,
        against=active,
        reasons=tuple(dict.fromkeys(reasons)),
        sets=tuple(sets),
        notes=tuple(notes),
    )


def promote(
    registry: Registry,
    version: str,
    *,
    by: str = "",
    force: bool = False,
    written_test: Path | None = None,
    live_test: Path | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
    told: Callable[[Verdict], None] = lambda _verdict: None,
) -> Active:
    """Make a version the active one if the gate lets it.

    The verdict is handed to ``told``, kept in the version's folder, and summed up in the history.

    Raises:
        GateError: the gate refuses; the message gives every reason.
        VersionError: the version is missing or broken.
    """
    registry.verify(version)
    found = judge(
        registry, version, written_test=written_test, live_test=live_test, progress=progress
    )
    verdict = Verdict(
        version=version,
        against=found.against,
        reasons=found.reasons,
        sets=found.sets,
        notes=found.notes,
        forced=force and not found.passed,
    )
    keep_verdict(registry, verdict)
    told(verdict)
    if not verdict.passed and not force:
        raise GateError(
            f"{version} is not promoted: {'; '.join(verdict.reasons)}.",
            hint="See what changed: textwise intents compare active "
            f"{version}; or promote with --force.",
        )
    return registry.activate(version, by=by, verdict=verdict.summary)


def keep_verdict(registry: Registry, verdict: Verdict) -> None:
    """Write a verdict beside its version, in place of an earlier one."""
    path = registry.path(verdict.version) / VERDICT
    path.write_bytes(_VERDICT.dump_json(verdict, indent=2) + b"\n")


def read_verdict(registry: Registry, version: str) -> Verdict | None:
    """Return what the gate said of a version last; None if it was never asked.

    Raises:
        VersionError: the file is broken.
    """
    path = registry.path(version) / VERDICT
    if not path.is_file():
        return None
    try:
        return _VERDICT.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise VersionError(f"{path} is unreadable: {error}", hint=f"Delete {path}.") from None


def _own(new: Metrics) -> list[str]:
    """What a version must be good at, whatever the others are."""
    error = new.calibration_error
    if new.messages >= _ENOUGH_TO_JUDGE and error > MOST_CALIBRATION_ERROR:
        return [f"its calibration error on held-out writers is {error:.3f}"]
    return []


def _on_tests(
    registry: Registry,
    active: str,
    version: str,
    tests: list[tuple[str, WrittenTest]],
    progress: Progress,
) -> tuple[list[SetVerdict], list[str]]:
    """Run both versions on each test. An active one that cannot run here is only noted."""
    if not tests:
        return [], []
    try:
        old = _examine_all(registry, active, tests, progress)
    except IntentsError as error:
        return [], [f"The active version {active} cannot be run here: {error}"]
    new = _examine_all(registry, version, tests, progress)
    found = [
        judge_examined(kind, before, after)
        for (kind, _), before, after in zip(tests, old, new, strict=True)
    ]
    return [each for each in found if each is not None], []


def _examine_all(
    registry: Registry, version: str, tests: list[tuple[str, WrittenTest]], progress: Progress
) -> list[Examined]:
    model = load_any(registry.folder, version)
    return [examine(model, test, progress=progress) for _, test in tests]


def _on_shared(registry: Registry, active: str, version: str) -> list[SetVerdict]:
    try:
        old = _judged_whole(registry, active)
    except VersionError:
        return []  # nothing of the active version is left to compare with
    found = judge_predictions(SHARED, "held-out writers", old, _judged_whole(registry, version))
    return [found] if found is not None else []


def _judged_whole(registry: Registry, version: str) -> list[Predicted]:
    found = read_predictions(registry.path(version) / PREDICTIONS)
    return [prediction for prediction in found if prediction.whole]


def _held_out(registry: Registry, active: str, new: Metrics) -> list[str]:
    """What only the figures on held-out writers can tell where there is no written test."""
    old = Metrics.read(registry.path(active) / METRICS)
    if old.consent is None:
        return []
    if new.consent is None:
        return ["it does not read opt-outs at all"]
    lost = old.consent.obeyed_or_asked - new.consent.obeyed_or_asked
    enough = min(old.consent.opt_outs, new.consent.opt_outs) >= _ENOUGH_TO_JUDGE
    if enough and lost > _HELD_OUT_OPT_OUT_LOSS:
        return [f"{lost:.1%} fewer opt-outs of held-out writers are found"]
    return []

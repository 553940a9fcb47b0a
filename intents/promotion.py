"""The gate through which a version becomes the active one."""

from dataclasses import dataclass

from intents.errors import GateError
from intents.metrics import Metrics
from intents.registry import METRICS, Active, Registry

WORSE_ALLOWED = 0.01
"""Macro-F1 that a new version may lose on its own held-out writers."""

COLLAPSE = 0.25
"""F1 that no intent may lose, where it has enough messages to tell."""

_ENOUGH_MESSAGES = 40
_ENOUGH_TO_JUDGE = 500
"""Held-out messages below which a share is too coarse to refuse a version by it."""

MOST_CALIBRATION_ERROR = 0.08
OPT_OUT_LOSS_ALLOWED = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a version may be promoted, and every reason against it."""

    version: str
    against: str | None
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether there is no reason against it."""
        return not self.reasons


def judge(registry: Registry, version: str) -> Verdict:
    """Compare a version's figures with the active one's."""
    new = Metrics.read(registry.path(version) / METRICS)
    reasons = []
    enough = new.messages >= _ENOUGH_TO_JUDGE
    if enough and new.calibration_error > MOST_CALIBRATION_ERROR:
        reasons.append(f"its calibration error is {new.calibration_error:.3f}")
    active = registry.active().version
    if active is not None and active != version:
        reasons += _compare(new, Metrics.read(registry.path(active) / METRICS))
    return Verdict(version=version, against=active, reasons=tuple(reasons))


def _compare(new: Metrics, old: Metrics) -> list[str]:
    reasons = []
    enough = new.messages >= _ENOUGH_TO_JUDGE
    if enough and new.macro_f1 < old.macro_f1 - WORSE_ALLOWED:
        reasons.append(f"macro-F1 falls from {old.macro_f1:.1%} to {new.macro_f1:.1%}")
    before = {row.intent: row for row in old.intents}
    for row in new.intents:
        was = before.get(row.intent)
        if was and row.messages >= _ENOUGH_MESSAGES and row.f1 < was.f1 - COLLAPSE:
            reasons.append(f"{row.intent} falls from {was.f1:.1%} to {row.f1:.1%}")
    if old.consent and (
        new.consent is None
        or (
            enough
            and new.consent.obeyed_or_asked < old.consent.obeyed_or_asked - OPT_OUT_LOSS_ALLOWED
        )
    ):
        reasons.append("fewer opt-outs are found")
    return reasons


def promote(registry: Registry, version: str, *, by: str = "", force: bool = False) -> Active:
    """Make a version the active one if the gate lets it.

    Raises:
        GateError: the gate refuses; the message gives every reason.
        VersionError: the version is missing or broken.
    """
    registry.verify(version)
    verdict = judge(registry, version)
    if not verdict.passed and not force:
        raise GateError(
            f"{version} is not promoted: {'; '.join(verdict.reasons)}.",
            hint="Compare them: textwise intents compare ACTIVE NEW; or promote with --force.",
        )
    return registry.activate(version, by=by)

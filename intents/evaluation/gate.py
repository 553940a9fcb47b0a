"""The rules by which two versions that read the same messages are held against one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.evaluation.comparison import intent_changes, paired
from intents.figures.head_figures import ConsentJudged, TopicJudged, topic_recall
from intents.figures.metrics import Predicted
from intents.figures.paired import Differences, Interval, Pairs, differences

if TYPE_CHECKING:
    from intents.evaluation.examining import Examined

TOLERANCE = 0.01
"""Accuracy or macro-F1 that may be lost, even where the loss is shown: a point for better data."""

MARGIN = 0.03
"""Accuracy whose loss the paired interval must rule out, where there are enough messages. On 900
messages of which 8% change, two equally good versions lie within 1.8 points of each other."""

COLLAPSE = 0.25
"""F1 that no intent may lose, where more than chance took it."""

CALIBRATION_LOSS = 0.02
OPT_OUT_LOSS = 0.01
OBEYED_WRONGLY_GAIN = 0.005
TOPIC_LOSS = 0.03
"""Shares that may be lost (or wrongly gained); of fewer than a hundred messages, one message."""

ENOUGH_TO_CLAIM = 300
"""Live labels from which on a version may be called better (issue 3)."""

_ENOUGH_OF_AN_INTENT = 10
_USUAL_LEVEL = 0.05

WRITTEN, LIVE, SHARED = "written", "live", "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerdict:
    """Two versions on one set of messages.

    ``kind`` is ``written`` (a test set written apart), ``live`` (labelled blind from real traffic)
    or ``shared`` (training messages that both were judged on, each without its writer).
    """

    kind: str
    name: str
    messages: int
    accuracy_before: float
    accuracy_after: float
    differences: Differences
    reasons: tuple[str, ...]

    @property
    def better(self) -> bool:
        """Whether the new version is shown to be more accurate, on enough live messages."""
        enough = self.kind == LIVE and self.messages >= ENOUGH_TO_CLAIM
        return enough and self.differences.accuracy.low > 0

    @property
    def sentence(self) -> str:
        """What this set says, in a sentence."""
        change = self.differences.accuracy
        said = (
            f"{_TITLES[self.kind]} ({self.messages:,} messages): accuracy "
            f"{self.accuracy_before:.1%} → {self.accuracy_after:.1%}, {change}; {_shown(change)}"
        )
        if self.kind == LIVE and self.messages < ENOUGH_TO_CLAIM:
            said += f" ('better' is claimed only from {ENOUGH_TO_CLAIM} live labels on)"
        return said + "."


_TITLES = {
    WRITTEN: "On the written test set",
    LIVE: "On live messages labelled blind",
    SHARED: "On held-out messages that both share",
}


def _shown(change: Interval) -> str:
    if not change.shown:
        return "no difference is shown"
    return "a gain is shown" if change.value > 0 else "a loss is shown"


def judge_examined(kind: str, old: "Examined", new: "Examined") -> SetVerdict | None:
    """Judge on a test that both versions were run on; None if it has no intent messages."""
    found = judge_predictions(kind, new.test, old.predictions, new.predictions)
    if found is None:
        return None
    more = (*_consent(old.consent, new.consent), *_topics(old.topics, new.topics))
    return SetVerdict(
        kind=kind,
        name=found.name,
        messages=found.messages,
        accuracy_before=found.accuracy_before,
        accuracy_after=found.accuracy_after,
        differences=found.differences,
        reasons=(*found.reasons, *more),
    )


def judge_predictions(
    kind: str, name: str, old: Sequence[Predicted], new: Sequence[Predicted]
) -> SetVerdict | None:
    """Judge the intents on the messages that both read; None if they share none."""
    pairs = paired(old, new)
    if not pairs:
        return None
    found = differences(pairs)
    return SetVerdict(
        kind=kind,
        name=name,
        messages=len(pairs),
        accuracy_before=round(sum(p.right for p, _ in pairs) / len(pairs), 4),
        accuracy_after=round(sum(q.right for _, q in pairs) / len(pairs), 4),
        differences=found,
        reasons=(*_overall(found, len(pairs)), *_collapsed(pairs), *_calibration(found)),
    )


def _overall(found: Differences, messages: int) -> list[str]:
    reasons = []
    for name, change in (("accuracy", found.accuracy), ("macro-F1", found.macro_f1)):
        if change.high < 0 and change.value < -TOLERANCE:
            reasons.append(f"{name} falls by more than chance explains: {change}")
    if not reasons and messages >= ENOUGH_TO_CLAIM and found.accuracy.low < -MARGIN:
        reasons.append(
            f"a loss of more than {MARGIN * 100:.0f} points of accuracy is not ruled out: "
            f"{found.accuracy}"
        )
    return reasons


def _collapsed(pairs: Pairs) -> list[str]:
    return [
        f"{change.intent} collapses: F1 {change.f1_before:.0%} → {change.f1_after:.0%}, "
        f"{change.lost} of {change.messages} messages lost"
        + (f", most to {change.now_read_as}" if change.now_read_as else "")
        for change in intent_changes(pairs)
        if change.messages >= _ENOUGH_OF_AN_INTENT
        and change.f1_after <= change.f1_before - COLLAPSE
        and change.p_value < _USUAL_LEVEL
    ]


def _calibration(found: Differences) -> list[str]:
    change = found.calibration_error
    if change.value > CALIBRATION_LOSS and change.low > 0:
        return [f"its probabilities mean less: the calibration error rises by {change.value:.3f}"]
    return []


def _consent(old: Sequence[ConsentJudged], new: Sequence[ConsentJudged]) -> list[str]:
    reasons = []
    outs = [(p, q) for p, q in zip(old, new, strict=True) if p.truth == "opt_out"]
    lost = sum(q.harmful for _, q in outs) - sum(p.harmful for p, _ in outs)
    if outs and lost > max(1, OPT_OUT_LOSS * len(outs)):
        named = next(q for p, q in outs if q.harmful and not p.harmful)
        reasons.append(
            f"fewer opt-outs are found: {lost} more of {len(outs)} are missed, among them "
            f"{named.text[:60]!r}"
        )
    others = [(p, q) for p, q in zip(old, new, strict=True) if p.truth in {"none", "opt_in"}]
    more = sum(q.harmful for _, q in others) - sum(p.harmful for p, _ in others)
    if others and more > max(1, OBEYED_WRONGLY_GAIN * len(others)):
        reasons.append(f"{more} more of {len(others)} messages are obeyed as opt-outs wrongly")
    return reasons


def _topics(old: Sequence[TopicJudged], new: Sequence[TopicJudged]) -> list[str]:
    true = sum(len(row.truth) for row in old)
    if not true:
        return []
    before, after = topic_recall(old), topic_recall(new)
    if before - after <= max(TOPIC_LOSS, 1 / true):
        return []
    return [f"sensitive topics are missed: recall falls from {before:.1%} to {after:.1%}"]

"""Compares two versions on the same messages: McNemar's test, paired intervals, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from intents.errors import VersionError
from intents.figures.metrics import Predicted, intent_figures
from intents.figures.paired import Differences, Pairs, differences, mcnemar

_WORSE_BY = 0.05
_USUAL_LEVEL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentChange:
    """An intent whose F1 moved by five points or more.

    ``lost`` of its messages were right before and are wrong now, ``won`` the other way round;
    ``p_value`` is McNemar's of these. ``now_read_as`` is what most of the lost ones became.
    """

    intent: str
    messages: int
    f1_before: float
    f1_after: float
    lost: int
    won: int
    p_value: float
    now_read_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions on the same messages.

    ``only_a`` messages are right only in A, ``only_b`` only in B; ``p_value`` is the chance of so
    uneven a split if both were equally good (McNemar, exact up to 1,000 such messages).
    """

    a: str
    b: str
    measured_on: str
    messages: int
    accuracy_a: float
    accuracy_b: float
    only_a: int
    only_b: int
    p_value: float
    differences: Differences
    worse: tuple[IntentChange, ...]
    better: tuple[IntentChange, ...]
    changed: tuple[tuple[Predicted, Predicted], ...]

    @property
    def verdict(self) -> str:
        """One sentence; nothing is called better on less than 95% confidence."""
        if self.p_value >= _USUAL_LEVEL:
            return f"No difference is shown (p = {self.p_value:.2g})."
        winner = self.b if self.only_b > self.only_a else self.a
        return f"{winner} is better (p = {self.p_value:.2g})."


def compare(
    a: str,
    b: str,
    predictions_a: Sequence[Predicted],
    predictions_b: Sequence[Predicted],
    *,
    measured_on: str = "messages that both were judged on",
) -> Comparison:
    """Compare on the messages that both were judged on, with the same truth.

    Raises:
        VersionError: they share no message.
    """
    pairs = paired(predictions_a, predictions_b)
    if not pairs:
        raise VersionError(
            f"{a} and {b} were judged on different messages.",
            hint="Give both the same test: textwise intents compare A B --test FILE",
        )
    only_a = sum(p.right and not q.right for p, q in pairs)
    only_b = sum(q.right and not p.right for p, q in pairs)
    changes = intent_changes(pairs)
    return Comparison(
        a=a,
        b=b,
        measured_on=measured_on,
        messages=len(pairs),
        accuracy_a=round(sum(p.right for p, _ in pairs) / len(pairs), 4),
        accuracy_b=round(sum(q.right for _, q in pairs) / len(pairs), 4),
        only_a=only_a,
        only_b=only_b,
        p_value=mcnemar(only_a, only_b),
        differences=differences(pairs),
        worse=tuple(change for change in changes if change.f1_after < change.f1_before),
        better=tuple(change for change in reversed(changes) if change.f1_after > change.f1_before),
        changed=_most_telling([(p, q) for p, q in pairs if p.predicted != q.predicted]),
    )


def paired(
    predictions_a: Sequence[Predicted], predictions_b: Sequence[Predicted]
) -> list[tuple[Predicted, Predicted]]:
    """Return the messages with the same truth in both, as A and as B read them."""
    of_b = {(p.text, p.truth): p for p in predictions_b}
    return [(p, of_b[p.text, p.truth]) for p in predictions_a if (p.text, p.truth) in of_b]


def intent_changes(pairs: Pairs) -> list[IntentChange]:
    """Return the intents whose F1 moved by five points or more, the worst first."""
    was = {row.intent: row.f1 for row in intent_figures([p for p, _ in pairs])}
    changes = [
        _change(row.intent, row.messages, was[row.intent], row.f1, pairs)
        for row in intent_figures([q for _, q in pairs])
        if abs(row.f1 - was[row.intent]) >= _WORSE_BY
    ]
    return sorted(changes, key=lambda change: change.f1_after - change.f1_before)


def _change(intent: str, messages: int, before: float, after: float, pairs: Pairs) -> IntentChange:
    own = [(p, q) for p, q in pairs if p.truth == intent]
    lost = [q.predicted for p, q in own if p.right and not q.right]
    won = sum(q.right and not p.right for p, q in own)
    return IntentChange(
        intent=intent,
        messages=messages,
        f1_before=before,
        f1_after=after,
        lost=len(lost),
        won=won,
        p_value=round(mcnemar(len(lost), won), 4),
        now_read_as=max(sorted(set(lost)), key=lost.count, default=""),
    )


def _most_telling(
    changed: list[tuple[Predicted, Predicted]],
) -> tuple[tuple[Predicted, Predicted], ...]:
    """Those that became wrong first, then those that became right, then the rest."""
    return tuple(sorted(changed, key=lambda pair: (not pair[0].right, not pair[1].right)))

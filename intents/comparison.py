"""Compares two versions on the same messages with McNemar's test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from intents.errors import VersionError
from intents.metrics import Predicted, intent_figures

_EXACT_UP_TO = 1000
_WORSE_BY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentChange:
    """An intent whose F1 moved by five points or more."""

    intent: str
    f1_before: float
    f1_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions on the same messages.

    ``only_a`` messages are right only in A, ``only_b`` only in B; ``p_value`` is the chance of so
    uneven a split if both were equally good (McNemar, exact up to 1,000 such messages).
    """

    a: str
    b: str
    messages: int
    accuracy_a: float
    accuracy_b: float
    only_a: int
    only_b: int
    p_value: float
    worse: tuple[IntentChange, ...]
    better: tuple[IntentChange, ...]
    changed: tuple[tuple[Predicted, Predicted], ...]

    @property
    def verdict(self) -> str:
        """One sentence; nothing is called better on less than 95% confidence."""
        if self.p_value >= 0.05:  # noqa: PLR2004 - the usual level
            return f"No difference is shown (p = {self.p_value:.2g})."
        winner = self.b if self.only_b > self.only_a else self.a
        return f"{winner} is better (p = {self.p_value:.2g})."


def compare(
    a: str, b: str, predictions_a: Sequence[Predicted], predictions_b: Sequence[Predicted]
) -> Comparison:
    """Compare on the messages that both were judged on, with the same truth.

    Raises:
        VersionError: they share no message.
    """
    of_b = {(p.text, p.truth): p for p in predictions_b}
    pairs = [(p, of_b[p.text, p.truth]) for p in predictions_a if (p.text, p.truth) in of_b]
    if not pairs:
        raise VersionError(
            f"{a} and {b} were judged on different messages.",
            hint="Give both the same test: textwise intents compare A B --test FILE",
        )
    only_a = sum(p.right and not q.right for p, q in pairs)
    only_b = sum(q.right and not p.right for p, q in pairs)
    worse, better = _moved([p for p, _ in pairs], [q for _, q in pairs])
    return Comparison(
        a=a,
        b=b,
        messages=len(pairs),
        accuracy_a=round(sum(p.right for p, _ in pairs) / len(pairs), 4),
        accuracy_b=round(sum(q.right for _, q in pairs) / len(pairs), 4),
        only_a=only_a,
        only_b=only_b,
        p_value=mcnemar(only_a, only_b),
        worse=worse,
        better=better,
        changed=tuple((p, q) for p, q in pairs if p.predicted != q.predicted),
    )


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value (McNemar 1947)."""
    total = only_a + only_b
    if total == 0:
        return 1.0
    if total > _EXACT_UP_TO:
        chi = max(abs(only_a - only_b) - 1, 0) / math.sqrt(total)
        return math.erfc(chi / math.sqrt(2))
    tail = sum(math.comb(total, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, float(2 * tail / 2**total))


def _moved(
    before: Sequence[Predicted], after: Sequence[Predicted]
) -> tuple[tuple[IntentChange, ...], tuple[IntentChange, ...]]:
    was = {row.intent: row.f1 for row in intent_figures(before)}
    changes = [
        IntentChange(intent=row.intent, f1_before=was[row.intent], f1_after=row.f1)
        for row in intent_figures(after)
        if abs(row.f1 - was[row.intent]) >= _WORSE_BY
    ]
    changes.sort(key=lambda change: change.f1_after - change.f1_before)
    worse = tuple(change for change in changes if change.f1_after < change.f1_before)
    better = tuple(change for change in reversed(changes) if change.f1_after > change.f1_before)
    return worse, better

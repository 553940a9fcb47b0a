"""Labels that a model which never saw their writer disagrees with: single lines, and whole borders.

Both are taken from out-of-fold predictions of a version, ``predictions.jsonl``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from intents.corpus.data import Labelled
from intents.figures.metrics import Predicted
from intents.linting.findings import Finding, Severity

SURELY_WRONG = 0.9
"""Confidence of the other reading from which a label is worth a second look."""

TOO_CLOSE = 0.1
"""Messages of two intents read as the other, as a share of the smaller one, from which their
border is unclear."""

_LISTED_EACH = 3
_LEAST_CONFUSED = 5


def label_findings(rows: Sequence[Labelled], predictions: Sequence[Predicted]) -> Iterator[Finding]:
    """Lines that are surely read as another intent, the surest first."""
    places = {(row.text, row.label): row for row in rows}
    doubtful = [p for p in predictions if not p.right and p.confidence >= SURELY_WRONG]
    for predicted in sorted(doubtful, key=lambda p: -p.confidence):
        row = places.get((predicted.text, predicted.truth))
        if row is not None:
            yield Finding(
                kind="label",
                severity=Severity.WARNING,
                message=f"{row.text!r} is {row.label} here, but reads as {predicted.predicted} "
                f"({predicted.confidence:.0%})",
                where=row.where,
            )


def border_findings(
    rows: Sequence[Labelled], predictions: Sequence[Predicted]
) -> Iterator[Finding]:
    """Pairs of intents that are read as one another too often, with lines on the border."""
    places = {(row.text, row.label): row for row in rows}
    known = [p for p in predictions if (p.text, p.truth) in places]
    sizes = Counter(p.truth for p in known)
    confused: dict[tuple[str, str], list[Predicted]] = defaultdict(list)
    for p in known:
        if not p.right and p.predicted in sizes:
            first, second = sorted((p.truth, p.predicted))
            confused[first, second].append(p)
    for (first, second), errors in sorted(confused.items(), key=lambda item: -len(item[1])):
        share = len(errors) / min(sizes[first], sizes[second])
        if share < TOO_CLOSE or len(errors) < _LEAST_CONFUSED:
            continue
        worst = sorted(errors, key=lambda p: -p.confidence)[:_LISTED_EACH]
        lines = "; ".join(f"{places[p.text, p.truth].where} {p.text!r}" for p in worst)
        yield Finding(
            kind="too_close",
            severity=Severity.WARNING,
            message=f"{first} and {second} are too close: {len(errors)} of their "
            f"{sizes[first] + sizes[second]} utterances are read as the other: {lines}",
            where=places[worst[0].text, worst[0].truth].where,
        )

"""Figures of a version, from predictions for labelled messages."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from intents.corpus.data import OUT_OF_SCOPE
from intents.errors import VersionError
from intents.reading.calibration import Doubles, area_under_roc, expected_calibration_error

Truths = NDArray[np.bool_]

_Z95 = 1.959964
"""Quantile of the normal distribution for a 95% interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """One message with what was predicted for it. ``second`` is the runner-up.

    ``whole`` is false where only a part of the version could judge it without having seen it: of
    training messages, by a deep version's model without its fine-tuned encoder.
    """

    text: str
    truth: str
    predicted: str
    confidence: float
    second: str
    second_confidence: float
    out_of_scope_score: float
    out_of_scope: bool
    writer: str = ""
    where: str = ""
    whole: bool = True

    @property
    def right(self) -> bool:
        """Whether the prediction is the truth."""
        return self.predicted == self.truth


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFigures:
    """One intent: support, precision, recall, F1, with 95% Wilson intervals of the first two."""

    intent: str
    messages: int
    precision: float
    recall: float
    f1: float
    recall_low: float
    recall_high: float
    precision_low: float = 0.0
    precision_high: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFigures:
    """One topic at its threshold, with 95% Wilson intervals where they were taken."""

    topic: str
    positives: int
    precision: float
    recall: float
    threshold: float
    recall_low: float = 0.0
    recall_high: float = 1.0
    precision_low: float = 0.0
    precision_high: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFigures:
    """Shares on messages of people that the model has not seen.

    Of opt-outs obeyed, and obeyed or asked back; of other messages obeyed wrongly; of those that
    say nothing about texting (the hardest of them among it) asked needlessly. Messages labelled
    ``unsure`` count as neither.
    """

    opt_outs: int
    obeyed: float
    obeyed_or_asked: float
    others: int
    obeyed_wrongly: float
    asked_needlessly: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentFigures:
    """Accuracy of the three sentiments; mean absolute error and correlation of frustration.

    ``calibration_error`` is known only where the probabilities are: not on a test file.
    """

    messages: int
    accuracy: float
    macro_f1: float
    calibration_error: float | None
    frustration_error: float
    frustration_correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """All figures. ``measured_on`` says on which messages; shares lie in [0, 1].

    ``in_scope_accuracy`` leaves the out-of-scope messages aside; ``out_of_scope_recall`` is the
    share of them flagged, ``in_scope_refused`` the share of the others flagged wrongly.
    """

    measured_on: str
    messages: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    in_scope_accuracy: float
    macro_f1: float
    calibration_error: float
    out_of_scope_auroc: float | None
    out_of_scope_recall: float | None
    out_of_scope_fpr_at_95: float | None
    in_scope_refused: float
    intents: tuple[IntentFigures, ...]
    topics: tuple[TopicFigures, ...] = ()
    consent: ConsentFigures | None = None
    sentiment: SentimentFigures | None = None
    train_seconds: float | None = None

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_bytes(_METRICS.dump_json(self, indent=2) + b"\n")

    @classmethod
    def read(cls, path: Path) -> "Metrics":
        """Read them.

        Raises:
            VersionError: the file is missing or broken.
        """
        try:
            return _METRICS.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise VersionError(f"{path} is unreadable: {error}") from None


_METRICS = TypeAdapter(Metrics)
_PREDICTED = TypeAdapter(Predicted)


def interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share."""
    if total == 0:
        return 0.0, 1.0
    share, square = hits / total, _Z95**2
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = (
        _Z95 * ((share * (1 - share) + square / (4 * total)) / total) ** 0.5 / (1 + square / total)
    )
    return max(0.0, centre - half), min(1.0, centre + half)


def intent_figures(predictions: Sequence[Predicted]) -> tuple[IntentFigures, ...]:
    """Return the table by intent, of those that occur in the truth."""
    truths = Counter(p.truth for p in predictions)
    guesses = Counter(p.predicted for p in predictions)
    hits = Counter(p.truth for p in predictions if p.right)
    table = []
    for intent, messages in sorted(truths.items()):
        hit = hits[intent]
        precision = hit / guesses[intent] if guesses[intent] else 0.0
        recall = hit / messages
        total = precision + recall
        low, high = interval(hit, messages)
        precise_low, precise_high = interval(hit, guesses[intent])
        table.append(
            IntentFigures(
                intent=intent,
                messages=messages,
                precision=round(precision, 4),
                recall=round(recall, 4),
                f1=round(2 * precision * recall / total, 4) if total else 0.0,
                recall_low=round(low, 4),
                recall_high=round(high, 4),
                precision_low=round(precise_low, 4),
                precision_high=round(precise_high, 4),
            )
        )
    return tuple(table)


def figures(predictions: Sequence[Predicted], *, measured_on: str) -> Metrics:
    """Return the figures of the intent head."""
    right = np.array([p.right for p in predictions], bool)
    confidence = np.array([p.confidence for p in predictions], np.float64)
    outside = np.array([p.truth == OUT_OF_SCOPE for p in predictions], bool)
    flagged = np.array([p.out_of_scope for p in predictions], bool)
    scores = np.array([p.out_of_scope_score for p in predictions], np.float64)
    low, high = interval(int(right.sum()), len(right))
    table = intent_figures(predictions)
    both = outside.any() and not outside.all()
    return Metrics(
        measured_on=measured_on,
        messages=len(predictions),
        accuracy=share(right),
        accuracy_low=round(low, 4),
        accuracy_high=round(high, 4),
        in_scope_accuracy=share(right[~outside]),
        macro_f1=round(float(np.mean([row.f1 for row in table])), 4) if table else 0.0,
        calibration_error=round(expected_calibration_error(confidence, right), 4),
        out_of_scope_auroc=round(area_under_roc(scores, outside), 4) if both else None,
        out_of_scope_recall=share(flagged[outside]) if both else None,
        out_of_scope_fpr_at_95=_false_positives_at_95(scores, outside) if both else None,
        in_scope_refused=share(flagged[~outside]),
        intents=table,
    )


def share(hits: Truths) -> float:
    """Return the share of trues, to four places; 0 of none."""
    return round(float(hits.mean()), 4) if len(hits) else 0.0


def _false_positives_at_95(scores: Doubles, outside: Truths) -> float:
    """Share of in-scope messages flagged at the threshold that flags 95% of the others."""
    threshold = float(np.quantile(scores[outside], 0.05))
    return share(scores[~outside] >= threshold)


def write_predictions(predictions: Sequence[Predicted], path: Path) -> None:
    """Write one JSON object a line."""
    lines = (json.dumps(asdict(p), ensure_ascii=False) for p in predictions)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_predictions(path: Path) -> list[Predicted]:
    """Read them again.

    Raises:
        VersionError: the file is missing or broken.
    """
    try:
        # Only a line feed ends a line: a message may hold other breaks, such as U+2028.
        with path.open(encoding="utf-8", newline="\n") as file:
            return [_PREDICTED.validate_json(line) for line in file]
    except (OSError, ValidationError) as error:
        raise VersionError(f"{path} is unreadable: {error}") from None

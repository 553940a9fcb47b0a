"""Curves over predictions: how far confidence can be trusted, and what a threshold costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE
from intents.figures.metrics import Predicted, Truths
from intents.reading.calibration import Doubles

_BINS = 10
_HISTOGRAM_BINS = 20
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Messages of like confidence: how many, how confident, how often right."""

    messages: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramBin:
    """How many right and wrong readings have a confidence from ``low`` to below ``high``."""

    low: float
    high: float
    right: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePoint:
    """Answering only from ``threshold`` on: the share answered, and the share of it right."""

    threshold: float
    coverage: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPoint:
    """Flagging from ``threshold`` on.

    ``recall`` is the share of positives flagged, ``false_alarms`` the share of the others, and
    ``precision`` the share of those flagged that are positive (1 where none is).
    """

    threshold: float
    recall: float
    false_alarms: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtPoint:
    """Believing the best intent only from ``threshold`` on.

    ``believed`` is the share of messages above it and ``right`` the share of those read rightly;
    ``wasted`` is the share of all messages below it although the best intent was right.
    """

    threshold: float
    believed: float
    right: float
    wasted: float


def reliability(predictions: Sequence[Predicted]) -> list[ReliabilityBin]:
    """Return ten equally wide bins, without the empty ones."""
    confidence = np.array([p.confidence for p in predictions])
    right = np.array([p.right for p in predictions])
    places = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        ReliabilityBin(
            messages=int(held.sum()),
            confidence=round(float(confidence[held].mean()), 4),
            accuracy=round(float(right[held].mean()), 4),
        )
        for held in (places == place for place in range(_BINS))
        if held.any()
    ]


def confidence_histogram(predictions: Sequence[Predicted]) -> list[HistogramBin]:
    """Return twenty equally wide bins over [0, 1]."""
    edges = np.linspace(0, 1, _HISTOGRAM_BINS + 1)
    right, _ = np.histogram([p.confidence for p in predictions if p.right], edges)
    wrong, _ = np.histogram([p.confidence for p in predictions if not p.right], edges)
    return [
        HistogramBin(
            low=round(float(edges[i]), 3),
            high=round(float(edges[i + 1]), 3),
            right=int(right[i]),
            wrong=int(wrong[i]),
        )
        for i in range(_HISTOGRAM_BINS)
    ]


def coverage(predictions: Sequence[Predicted]) -> list[CoveragePoint]:
    """Return up to 200 points, the most confident messages first."""
    order = sorted(predictions, key=lambda p: -p.confidence)
    right = np.cumsum([p.right for p in order])
    every = max(1, len(order) // _MOST_POINTS)
    return [
        CoveragePoint(
            threshold=order[i].confidence,
            coverage=round((i + 1) / len(order), 4),
            precision=round(float(right[i]) / (i + 1), 4),
        )
        for i in range(len(order))
        if (i + 1) % every == 0 or i == len(order) - 1
    ]


def too_low_curve(predictions: Sequence[Predicted]) -> list[DoubtPoint]:
    """Return what each threshold on the best intent's probability would do."""
    confidence = np.array([p.confidence for p in predictions], np.float64)
    return _doubt(confidence, predictions)


def too_close_curve(predictions: Sequence[Predicted], *, too_low: float) -> list[DoubtPoint]:
    """Return what each threshold on the lead over the second would do, of those above the other."""
    kept = [p for p in predictions if p.confidence >= too_low]
    margin = np.array([p.confidence - p.second_confidence for p in kept], np.float64)
    return _doubt(margin, kept)


def out_of_scope_curve(predictions: Sequence[Predicted]) -> list[ThresholdPoint]:
    """Return what each threshold on the out-of-scope score would flag."""
    scores = np.array([p.out_of_scope_score for p in predictions], np.float64)
    outside = np.array([p.truth == OUT_OF_SCOPE for p in predictions], bool)
    return threshold_curve(scores, outside)


def threshold_curve(scores: Doubles, positive: Truths) -> list[ThresholdPoint]:
    """Return what each threshold on a score would flag, of up to 200 thresholds."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    points = []
    for threshold in _thresholds(scores):
        flagged = scores >= threshold
        hits, alarms = int((flagged & positive).sum()), int((flagged & ~positive).sum())
        points.append(
            ThresholdPoint(
                threshold=round(float(threshold), 4),
                recall=round(hits / max(positives, 1), 4),
                false_alarms=round(alarms / max(negatives, 1), 4),
                precision=round(hits / (hits + alarms), 4) if hits + alarms else 1.0,
            )
        )
    return points


def _doubt(scores: Doubles, predictions: Sequence[Predicted]) -> list[DoubtPoint]:
    right = np.array([p.right for p in predictions], bool)
    points = []
    for threshold in _thresholds(scores):
        believed = scores >= threshold
        points.append(
            DoubtPoint(
                threshold=round(float(threshold), 4),
                believed=round(float(believed.mean()), 4),
                right=round(float(right[believed].mean()), 4) if believed.any() else 1.0,
                wasted=round(float((right & ~believed).mean()), 4),
            )
        )
    return points


def _thresholds(scores: Doubles) -> Doubles:
    """Return every score there is, or 200 spread over them."""
    found: Doubles = np.unique(scores)
    if len(found) <= _MOST_POINTS:
        return found
    spread: Doubles = np.unique(
        np.quantile(scores, np.linspace(0, 1, _MOST_POINTS), method="nearest")
    )
    return spread

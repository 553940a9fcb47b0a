"""Judges a version: on held-out writers as training did, or on a test file; report as HTML."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intents.data import Labelled
from intents.metrics import (
    Metrics,
    Predicted,
    figures,
    read_predictions,
    write_predictions,
)
from intents.registry import METRICS, PREDICTIONS, Registry
from intents.understanding import Understander

_BINS = 10
_MOST_CONFUSIONS = 20
REPORT = "report.html"
ERRORS = "errors.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A version's figures with the predictions behind them."""

    version: str
    metrics: Metrics
    predictions: tuple[Predicted, ...]

    @property
    def errors(self) -> list[Predicted]:
        """Wrong predictions, the most confident first."""
        return sorted((p for p in self.predictions if not p.right), key=lambda p: -p.confidence)

    def confusions(self) -> list[tuple[str, str, int]]:
        """Return the pairs most often confused: truth, prediction, how often."""
        pairs = Counter((p.truth, p.predicted) for p in self.predictions if not p.right)
        return [(a, b, count) for (a, b), count in pairs.most_common(_MOST_CONFUSIONS)]


def evaluate_held_out(registry: Registry, version: str) -> Evaluation:
    """Return what training measured: each message judged without its writer.

    Raises:
        VersionError: the version or its predictions are missing.
    """
    registry.manifest(version)
    folder = registry.path(version)
    return Evaluation(
        version=version,
        metrics=Metrics.read(folder / METRICS),
        predictions=tuple(read_predictions(folder / PREDICTIONS)),
    )


def evaluate_on(
    understander: Understander,
    test: Sequence[Labelled],
    *,
    measured_on: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> Evaluation:
    """Judge a version on labelled messages."""
    predictions = predict(understander, test, progress=progress)
    metrics = figures(predictions, measured_on=measured_on)
    return Evaluation(version=understander.version, metrics=metrics, predictions=tuple(predictions))


def predict(
    understander: Understander,
    test: Sequence[Labelled],
    *,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Predicted]:
    """Return for each message the best intent, and apart from it whether it was flagged."""
    rows = []
    for done, row in enumerate(test, start=1):
        read = understander.understand(row.text)
        second = read.candidates[1] if len(read.candidates) > 1 else read.candidates[0]
        rows.append(
            Predicted(
                text=row.text,
                truth=row.label,
                predicted=read.intent,
                confidence=read.confidence,
                second=second.intent,
                second_confidence=second.confidence,
                out_of_scope_score=read.out_of_scope_score,
                out_of_scope=read.out_of_scope,
                writer=row.writer,
                where=f"{row.path.name}:{row.line}",
            )
        )
        progress(done)
    return rows


def write_report(evaluation: Evaluation, folder: Path) -> Path:
    """Write ``report.html``, ``metrics.json`` and ``errors.jsonl``; return the first's path."""
    from intents.report import render_report

    folder.mkdir(parents=True, exist_ok=True)
    evaluation.metrics.write(folder / METRICS)
    write_predictions(evaluation.errors, folder / ERRORS)
    page = folder / REPORT
    page.write_text(render_report(evaluation), encoding="utf-8")
    return page


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Messages of like confidence: how many, how confident, how often right."""

    messages: int
    confidence: float
    accuracy: float


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

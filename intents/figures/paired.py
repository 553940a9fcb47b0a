"""Differences between two versions judged on the same messages, with what chance alone would do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.figures.metrics import Predicted, intent_figures
from intents.reading.calibration import Doubles, Floats, expected_calibration_error

RESAMPLES = 1000
_EXACT_UP_TO = 1000
_BINS = 15
_CHUNK = 100

Pairs = Sequence[tuple[Predicted, Predicted]]
"""The same message as one version read it and as the other did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A difference (the second version minus the first) with its paired 95% interval."""

    value: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether chance alone hardly gives so large a difference: the interval leaves 0 out."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value * 100:+.1f} points ({self.low * 100:+.1f} to {self.high * 100:+.1f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What changed from one version to the other."""

    accuracy: Interval
    macro_f1: Interval
    calibration_error: Interval


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value (McNemar 1947), exact up to 1,000 messages that differ."""
    total = only_a + only_b
    if total == 0:
        return 1.0
    if total > _EXACT_UP_TO:
        chi = max(abs(only_a - only_b) - 1, 0) / math.sqrt(total)
        return math.erfc(chi / math.sqrt(2))
    tail = sum(math.comb(total, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, float(2 * tail / 2**total))


def differences(pairs: Pairs, *, resamples: int = RESAMPLES, seed: int = 0) -> Differences:
    """Return the differences, their intervals by drawing the messages again (paired bootstrap).

    Both versions are taken on the same draw, so what makes a draw easy or hard cancels out (Efron
    & Tibshirani 1993, percentile intervals).
    """
    first, second = [p for p, _ in pairs], [q for _, q in pairs]
    pieces = [_Pieces.of(first), _Pieces.of(second)]
    drawn: list[Doubles] = []
    for weights in _draws(len(pairs), resamples, seed):
        a, b = (piece.figures(weights) for piece in pieces)
        drawn.append(b - a)
    whole = _exact(second) - _exact(first)
    low, high = np.quantile(np.concatenate(drawn), (0.025, 0.975), axis=0)
    accuracy, macro_f1, calibration = (
        Interval(value=round(float(v), 4), low=round(float(lo), 4), high=round(float(hi), 4))
        for v, lo, hi in zip(whole, low, high, strict=True)
    )
    return Differences(accuracy=accuracy, macro_f1=macro_f1, calibration_error=calibration)


def _draws(messages: int, resamples: int, seed: int) -> "Sequence[Floats]":
    """Return chunks ``(draws, messages)``: how often each message was drawn."""
    source = np.random.default_rng(seed)
    chunks: list[Floats] = []
    for start in range(0, resamples, _CHUNK):
        size = min(_CHUNK, resamples - start)
        places = source.integers(0, messages, (size, messages))
        counts = [np.bincount(row, minlength=messages) for row in places]
        chunks.append(np.array(counts, np.float32))
    return chunks


def _exact(predictions: Sequence[Predicted]) -> Doubles:
    table = intent_figures(predictions)
    right = np.array([p.right for p in predictions], bool)
    confidence = np.array([p.confidence for p in predictions], np.float64)
    f1 = float(np.mean([row.f1 for row in table]))
    return np.array([right.mean(), f1, expected_calibration_error(confidence, right)])


@dataclass(frozen=True, slots=True)
class _Pieces:
    """One version's predictions as tables by which a draw's figures are one product each."""

    right: Floats
    hits: Floats
    truths: Floats
    guesses: Floats
    confident: Floats
    correct: Floats

    @classmethod
    def of(cls, predictions: Sequence[Predicted]) -> "_Pieces":
        names = {name: i for i, name in enumerate(sorted({p.truth for p in predictions}))}
        right = np.array([p.right for p in predictions], np.float32)
        truths = np.zeros((len(predictions), len(names)), np.float32)
        guesses = np.zeros_like(truths)
        bins = np.zeros((len(predictions), _BINS), np.float32)
        for row, p in enumerate(predictions):
            truths[row, names[p.truth]] = 1
            if p.predicted in names:
                guesses[row, names[p.predicted]] = 1
            bins[row, min(int(p.confidence * _BINS), _BINS - 1)] = 1
        confidence = np.array([p.confidence for p in predictions], np.float32)
        return cls(
            right=right,
            hits=truths * right[:, None],
            truths=truths,
            guesses=guesses,
            confident=bins * confidence[:, None],
            correct=bins * right[:, None],
        )

    def figures(self, weights: Floats) -> Doubles:
        """Return ``(draws, 3)``: accuracy, macro-F1 over the intents drawn, calibration error."""
        total = weights.sum(axis=1)
        hits, truths = weights @ self.hits, weights @ self.truths
        said = truths + weights @ self.guesses
        drawn: NDArray[np.bool_] = truths > 0
        f1 = np.where(drawn, 2 * hits / np.maximum(said, 1), 0).sum(axis=1) / drawn.sum(axis=1)
        gap = np.abs(weights @ self.confident - weights @ self.correct).sum(axis=1) / total
        return np.column_stack([weights @ self.right / total, f1, gap]).astype(np.float64)

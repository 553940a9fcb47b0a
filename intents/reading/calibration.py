"""From raw scores to probabilities that mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

_COLDEST, _HOTTEST = 0.01, 3.0
_STEPS = 60
_BINS = 15
_CONVERGED = 1e-8
_TINY = 1e-6
_LEAST_SLOPE = 0.05
"""A likelier guess must stay the likelier one, whatever a tiny data set suggests."""


def softmax(scores: Floats | Doubles, temperature: float) -> Doubles:
    """Return probabilities along the last axis."""
    scaled = np.asarray(scores, np.float64) / temperature
    grown = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: Doubles = grown / grown.sum(axis=-1, keepdims=True)
    return probabilities


def sigmoid(score: Doubles) -> Doubles:
    """Return the logistic function, without overflow."""
    out: Doubles = 1 / (1 + np.exp(-np.clip(score, -40, 40)))
    return out


def log_loss(probabilities: Doubles, truth: Integers) -> float:
    """Return the mean of -log P(truth) of ``(n, classes)``."""
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fit_temperature(scores: Floats, truth: Integers) -> float:
    """Return the temperature of least log loss (Guo et al. 2017), by golden-section search."""

    def loss(log_temperature: float) -> float:
        return log_loss(softmax(scores, float(np.exp(log_temperature))), truth)

    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    golden = (5**0.5 - 1) / 2
    for _ in range(_STEPS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def sharpen_top(probabilities: Doubles, slope: float, offset: float) -> Doubles:
    """Return ``(n, classes)`` with each row's best probability recalibrated on its log odds.

    One temperature leaves the sure too sure and the unsure too humble. The rest of each row shares
    what remains in the same proportions.
    """
    rows = np.atleast_2d(probabilities)
    place = np.arange(len(rows)), rows.argmax(axis=1)
    best = np.clip(rows[place], _TINY, 1 - _TINY)
    moved = sigmoid(slope * np.log(best / (1 - best)) + offset)
    scaled = rows * ((1 - moved) / (1 - best))[:, None]
    scaled[place] = moved
    result: Doubles = scaled.reshape(probabilities.shape)
    return result


def fit_top(probabilities: Doubles, truth: Integers) -> tuple[float, float]:
    """Return slope and offset for ``sharpen_top``, from the best guesses being right or not."""
    best = np.clip(probabilities.max(axis=1), _TINY, 1 - _TINY)
    right = probabilities.argmax(axis=1) == truth
    if right.all() or not right.any():
        return 1.0, 0.0
    model = fit_logistic(np.log(best / (1 - best))[:, None], right)
    slope = float(model.coefficients[0] / model.scales[0])
    return max(slope, _LEAST_SLOPE), float(model.intercept - slope * model.means[0])


def expected_calibration_error(confidence: Doubles, right: NDArray[np.bool_]) -> float:
    """Return the mean distance between confidence and accuracy over 15 equally wide bins."""
    if len(confidence) == 0:
        return 0.0
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gap = 0.0
    for place in range(_BINS):
        held = bins == place
        if held.any():
            gap += float(held.mean()) * abs(float(confidence[held].mean() - right[held].mean()))
    return gap


def area_under_roc(scores: Doubles, positive: NDArray[np.bool_]) -> float:
    """Return the chance that a positive scores above a negative; 0.5 where one kind is missing."""
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if n_positive == 0 or n_negative == 0:
        return 0.5
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    ranks = np.empty(len(scores))
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(ordered)]
    for start, end in zip(starts, ends, strict=True):
        ranks[order[start:end]] = (start + end + 1) / 2
    above = ranks[positive].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * n_negative))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic regression on standardised pieces of evidence."""

    means: Doubles
    scales: Doubles
    coefficients: Doubles
    intercept: float

    def probability(self, evidence: Doubles) -> Doubles:
        """Return P(positive) of ``(n, pieces)``."""
        return sigmoid((evidence - self.means) / self.scales @ self.coefficients + self.intercept)


def fit_logistic(
    evidence: Doubles,
    positive: NDArray[np.bool_],
    *,
    prior: float | None = None,
    ridge: float = 1.0,
) -> Logistic:
    """Fit by Newton's method; ``prior`` weighs the rows so that positives are that share."""
    means, scales = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-9)
    inputs = np.column_stack([(evidence - means) / scales, np.ones(len(evidence))])
    share = float(np.clip(positive.mean(), 1e-6, 1 - 1e-6))
    wanted = share if prior is None else prior
    weights = np.where(positive, wanted / share, (1 - wanted) / (1 - share))
    penalty = np.full(inputs.shape[1], ridge)
    penalty[-1] = 1e-6
    solution = np.zeros(inputs.shape[1])
    for _ in range(50):
        guess = sigmoid(inputs @ solution)
        slope = inputs.T @ (weights * (guess - positive)) + penalty * solution
        curve = (inputs * (weights * np.maximum(guess * (1 - guess), 1e-9))[:, None]).T @ inputs
        step = np.linalg.solve(curve + np.diag(penalty), slope)
        solution = solution - step
        if float(np.abs(step).max()) < _CONVERGED:
            break
    return Logistic(means, scales, solution[:-1], float(solution[-1]))


def fit_monotone(scores: Doubles, values: Doubles, *, most_knots: int) -> list[tuple[float, float]]:
    """Return knots of the best rising curve from scores to values (pool adjacent violators)."""
    order = np.argsort(scores, kind="stable")
    # Neighbours are averaged first, so that the curve does not follow single rows.
    chunks = np.array_split(order, min(most_knots, len(order)))
    knots = [(float(scores[c].mean()), float(values[c].mean()), len(c)) for c in chunks if len(c)]
    merged: list[tuple[float, float, int]] = []
    for knot in knots:
        merged.append(knot)
        while len(merged) > 1 and merged[-2][1] >= merged[-1][1]:
            (x1, y1, n1), (x2, y2, n2) = merged[-2:]
            n = n1 + n2
            merged[-2:] = [((x1 * n1 + x2 * n2) / n, (y1 * n1 + y2 * n2) / n, n)]
    return [(x, y) for x, y, _ in merged]

"""Whether a message is any of this brand's business, as a calibrated probability.

Four pieces of evidence go into one logistic regression: the best in-scope score, its lead over
the next (margin), the likeness to the five nearest in-scope training messages, and the lead of the
class ``out_of_scope`` over the best in-scope one. Where no out-of-scope message was given to train
on, whole intents are held out in turn and their messages stand for the unknown.
"""

import numpy as np
from numpy.typing import NDArray

from intents.reading.calibration import Doubles, Floats, fit_logistic
from intents.reading.parameters import OutOfScopeParameters

PRIOR = 0.2
"""Share of out-of-scope messages in live traffic that the probability assumes; unknown before a
brand has traffic, and between the 4% of the training data and the half that some shops report."""

MOST_FALSE_ALARMS = 0.03
"""Share of in-scope messages of held-out writers that may be called out of scope."""


def evidence(scores: Floats, nearness: Floats, out_of_scope: int | None) -> Doubles:
    """Return ``(n, 4)`` of intent scores ``(n, intents)`` and nearness ``(n,)``.

    ``out_of_scope`` is the column of that class, None if it was not trained; its lead is then 0.
    """
    inside = scores if out_of_scope is None else np.delete(scores, out_of_scope, axis=1)
    if inside.shape[1] > 1:
        best = np.partition(inside, -2, axis=1)[:, -2:].astype(np.float64)
    else:
        best = np.column_stack([np.zeros(len(inside)), inside]).astype(np.float64)
    lead = np.zeros(len(scores)) if out_of_scope is None else scores[:, out_of_scope] - best[:, 1]
    return np.column_stack([best[:, 1], best[:, 1] - best[:, 0], nearness, lead])


def fit_out_of_scope(pieces: Doubles, outside: NDArray[np.bool_]) -> OutOfScopeParameters:
    """Fit on out-of-fold evidence; the threshold is where few in-scope messages are refused."""
    model = fit_logistic(pieces, outside, prior=PRIOR)
    inside = model.probability(pieces[~outside])
    threshold = float(np.quantile(inside, 1 - MOST_FALSE_ALARMS)) if len(inside) else 1.0
    return OutOfScopeParameters(
        means=tuple(map(float, model.means)),
        scales=tuple(map(float, model.scales)),
        coefficients=tuple(map(float, model.coefficients)),
        intercept=model.intercept,
        threshold=threshold,
    )


def probability(pieces: Doubles, parameters: OutOfScopeParameters) -> Doubles:
    """Return P(out of scope) ``(n,)`` of evidence ``(n, 4)``."""
    standard = (pieces - np.array(parameters.means)) / np.array(parameters.scales)
    odds = standard @ np.array(parameters.coefficients) + parameters.intercept
    result: Doubles = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
    return result

"""What the thresholds of topics and consent would do, on writers whom the models have not seen.

For choosing them by eye, beside the rules in ``thresholds`` that training follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intents.figures.curves import ThresholdPoint, threshold_curve
from intents.figures.metrics import Truths
from intents.reading.calibration import Doubles, sigmoid, softmax

if TYPE_CHECKING:
    from intents.training.building import Built


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdCurve:
    """What each threshold would do, with the one in force."""

    name: str
    chosen: float
    points: tuple[ThresholdPoint, ...]

    @property
    def at_chosen(self) -> ThresholdPoint:
        """What the threshold in force does: the point nearest to it."""
        return min(self.points, key=lambda point: abs(point.threshold - self.chosen))


def topic_curves(built: "Built") -> Mapping[str, ThresholdCurve]:
    """Return a curve for each topic; none where no topics were trained."""
    if built.evidence.topics is None:
        return {}
    curves = {}
    for column, topic in enumerate(built.parameters.topics):
        truth = np.array([topic.topic in row.topics for row in built.examples.topics], bool)
        scores = built.evidence.topics[:, column].astype(np.float64)
        chances = sigmoid(topic.slope * scores + topic.intercept)
        curves[topic.topic] = _curve(topic.topic, topic.threshold, chances, truth)
    return curves


def consent_curves(built: "Built") -> Mapping[str, ThresholdCurve]:
    """Return the curves of obeying (P(opt_out)) and of asking (P(opt_out or unsure)).

    Positive are the opt-outs; for asking the messages labelled ``unsure`` too.
    """
    parameters = built.parameters.consent
    if built.evidence.consent is None or parameters is None:
        return {}
    chances = softmax(built.evidence.consent, parameters.temperature)
    labels = np.array([row.label for row in built.examples.consent])
    out = parameters.labels.index("opt_out")
    unsure = parameters.labels.index("unsure")
    either = chances[:, out] + chances[:, unsure]
    return {
        "obey": _curve("obey", parameters.certain, chances[:, out], labels == "opt_out"),
        "ask": _curve("ask", parameters.unsure, either, np.isin(labels, ("opt_out", "unsure"))),
    }


def _curve(name: str, chosen: float, chances: Doubles, truth: Truths) -> ThresholdCurve:
    return ThresholdCurve(name=name, chosen=chosen, points=tuple(threshold_curve(chances, truth)))

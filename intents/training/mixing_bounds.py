"""Fits which messages the accurate model is asked for, from the fast one's out-of-fold scores."""

import numpy as np

from intents.reading.calibration import Floats
from intents.reading.mixing import about_texts, doubtful_intents, margin, mix
from intents.reading.parameters import MixingParameters
from intents.training.evidence import Evidence
from intents.training.examples import Examples
from intents.training.heads import IntentScores

INTENTS_ASKED = 0.3
"""Share of intent examples for which the accurate model is asked. On held-out writers .2 gives
89.1%, .3 89.5%, .4 89.7% and all of them 89.8%."""

CALM_ASKED = 0.1
"""Share of messages without a sensitive topic, or without any word on texting, that are asked
about all the same: what is missed here is not noticed later."""

_CONTENT = 0.1
"""Frustration up to which a message counts as free of it."""


def fit_bounds(
    examples: Examples, fast: Evidence, *, calm_asked: float = CALM_ASKED
) -> MixingParameters:
    """Choose the bounds from the fast model's out-of-fold scores.

    ``calm_asked`` is the share of messages that hold nothing which are asked about all the same.
    """
    topic_from = consent_from = feeling_from = None
    calm = np.array([not e.topics for e in examples.topics], bool)
    if fast.topics is not None and calm.any():
        topic_from = _asked_from(fast.topics[calm].max(axis=1), calm_asked)
    unrelated = np.array([e.label == "none" for e in examples.consent], bool)
    if fast.consent is not None and unrelated.any():
        consent_from = _asked_from(about_texts(fast.consent[unrelated]), calm_asked)
    content = np.array([e.frustration <= _CONTENT for e in examples.sentiment], bool)
    if fast.sentiment is not None and content.any():
        feeling_from = _asked_from(fast.sentiment[content, -1], calm_asked)
    return MixingParameters(
        intent_margin=float(np.quantile(margin(fast.intents.scores), INTENTS_ASKED)),
        topic_from=topic_from,
        consent_from=consent_from,
        feeling_from=feeling_from,
    )


def _asked_from(scores: Floats, share: float) -> float:
    return float(np.quantile(scores, 1 - share))


def mix_intents(
    fast: IntentScores, accurate: IntentScores, bounds: MixingParameters
) -> IntentScores:
    """Return the evidence that serving would have: averaged where the fast scores leave doubt."""
    known = doubtful_intents(fast.scores, bounds)
    unknown = doubtful_intents(fast.unknown, bounds)
    return IntentScores(
        scores=mix(fast.scores, accurate.scores, known),
        nearness=mix(fast.nearness, accurate.nearness, known),
        unknown=mix(fast.unknown, accurate.unknown, unknown),
        unknown_nearness=mix(fast.unknown_nearness, accurate.unknown_nearness, unknown),
    )

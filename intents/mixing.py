"""The mixed tier: the fast model reads every message, the accurate one those that leave doubt.

Where both have read a message their scores are averaged, which is better than either alone (on
held-out writers 89.8% right, against 86.1% and 89.2%). What counts as doubt is told from the fast
model's raw scores, head by head, so that the choice is made before any probability.
"""

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Floats
from intents.data import CONSENT_LABELS
from intents.evidence import Evidence
from intents.examples import Examples
from intents.heads import IntentScores
from intents.parameters import MixingParameters, Parameters

INTENTS_ASKED = 0.3
"""Share of intent examples for which the accurate model is asked. On held-out writers .2 gives
89.1%, .3 89.5%, .4 89.7% and all of them 89.8%."""

CALM_ASKED = 0.1
"""Share of messages without a sensitive topic, or without any word on texting, that are asked
about all the same: what is missed here is not noticed later."""

_CONTENT = 0.1
"""Frustration up to which a message counts as free of it."""

Flags = NDArray[np.bool_]


def about_texts(consent: Floats) -> Floats:
    """Return each row's score ``(n,)`` for opt-out and unsure together, of ``(n, 4)``."""
    wanted = [CONSENT_LABELS.index(name) for name in ("opt_out", "unsure")]
    return np.asarray(consent[:, wanted].sum(axis=1))


def asked_for(scores: Floats, parameters: Parameters) -> Flags:
    """Return which messages the accurate model is asked for, of fast scores ``(n, outputs)``."""
    bounds, of = parameters.mixing, parameters.columns
    if bounds is None:
        return np.zeros(len(scores), bool)
    asked = doubtful_intents(scores[:, of.intents], bounds)
    asked |= doubtful_topics(scores[:, of.topics], bounds)
    if parameters.consent is not None:
        asked |= doubtful_consent(about_texts(scores[:, of.consent]), bounds)
    if parameters.sentiment is not None:
        asked |= doubtful_feeling(scores[:, of.frustration][:, 0], bounds)
    return asked


def margin(scores: Floats) -> Floats:
    """Return by how much each row's best score leads the next ``(n,)``."""
    if scores.shape[1] < 2:  # noqa: PLR2004 - a lead takes two
        return np.full(len(scores), np.inf, np.float32)
    best = np.partition(scores, -2, axis=1)[:, -2:]
    return np.asarray(best[:, 1] - best[:, 0], np.float32)


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


def doubtful_intents(scores: Floats, bounds: MixingParameters) -> Flags:
    """Return the rows ``(n,)`` whose best intent leads too little."""
    return np.asarray(margin(scores) < bounds.intent_margin)


def doubtful_topics(scores: Floats, bounds: MixingParameters) -> Flags:
    """Return the rows in which some topic is not plainly absent."""
    if bounds.topic_from is None or scores.shape[1] == 0:
        return np.zeros(len(scores), bool)
    return np.asarray(scores.max(axis=1) >= bounds.topic_from)


def doubtful_consent(scores: Floats, bounds: MixingParameters) -> Flags:
    """Return the rows that may be about texting; ``scores (n,)`` are for opt-out and unsure."""
    if bounds.consent_from is None:
        return np.zeros(len(scores), bool)
    return np.asarray(scores >= bounds.consent_from)


def doubtful_feeling(scores: Floats, bounds: MixingParameters) -> Flags:
    """Return the rows that may be frustrated; ``scores (n,)`` are for frustration."""
    if bounds.feeling_from is None:
        return np.zeros(len(scores), bool)
    return np.asarray(scores >= bounds.feeling_from)


def mix(fast: Floats, accurate: Floats, asked: Flags) -> Floats:
    """Return the fast scores ``(n, ...)``, averaged with the accurate ones in rows asked for."""
    rows = asked.reshape(-1, *[1] * (fast.ndim - 1))
    return np.where(rows, (fast + accurate) / 2, fast)


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

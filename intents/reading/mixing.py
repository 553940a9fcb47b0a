"""The mixed tier: the fast model reads every message, the accurate one those that leave doubt.

Where both have read a message their scores are averaged, which is better than either alone (on
held-out writers 89.8% right, against 86.1% and 89.2%). What counts as doubt is told from the fast
model's raw scores, head by head, so that the choice is made before any probability.
"""

import numpy as np
from numpy.typing import NDArray

from intents.corpus.data import CONSENT_LABELS
from intents.reading.calibration import Floats
from intents.reading.parameters import MixingParameters, Parameters

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


def second(scores: Floats, said: Floats, asked: Flags, share: float) -> Floats:
    """Return scores ``(n, k)``, averaged with the second reader's in the rows it was asked for."""
    both = (1 - share) * scores + share * said
    return np.asarray(np.where(asked[:, None], both, scores), np.float32)

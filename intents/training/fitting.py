"""Fits what turns out-of-fold scores into probabilities and decisions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from intents.corpus.data import CONSENT_LABELS, OUT_OF_SCOPE, Labelled, SentimentRow, TopicRow
from intents.reading.calibration import (
    Doubles,
    Floats,
    Integers,
    fit_logistic,
    fit_monotone,
    fit_temperature,
    fit_top,
    log_loss,
    sharpen_top,
    softmax,
)
from intents.reading.foreign import may_end_texts
from intents.reading.out_of_scope import evidence, fit_out_of_scope
from intents.reading.parameters import (
    ConsentParameters,
    IntentParameters,
    OutOfScopeParameters,
    SentimentParameters,
    TopicParameters,
    TunedParameters,
)
from intents.reading.readings import averaged
from intents.training import thresholds
from intents.training.heads import SENTIMENTS, IntentScores, topic_names

_MOST_KNOTS = 24
_SHARES = np.linspace(0, 1, 21)
"""Shares of the average that a fine-tuned encoder may take."""


def intent_parameters(examples: Sequence[Labelled], scores: IntentScores) -> IntentParameters:
    """Fit the intents' probabilities and both thresholds of doubt."""
    labels = tuple(sorted({example.label for example in examples}))
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    temperature = fit_temperature(scores.scores, truth)
    return _judged(labels, temperature, softmax(scores.scores, temperature), truth)


def tuned_intent_parameters(
    base: IntentParameters, scores: Floats, logits: Floats, truth: Integers
) -> IntentParameters:
    """Fit how a fine-tuned encoder's opinion is averaged with that of the scores.

    ``scores`` and ``logits (n, labels)`` must come from models that had not seen the messages. The
    share is that of least log loss.
    """
    own = fit_temperature(logits, truth)
    tried = [TunedParameters(temperature=own, weight=float(w)) for w in _SHARES]
    losses = [log_loss(averaged(scores, base.temperature, logits, each), truth) for each in tried]
    tuned = tried[int(np.argmin(losses))]
    plain = averaged(scores, base.temperature, logits, tuned)
    return replace(_judged(base.labels, base.temperature, plain, truth), tuned=tuned)


def _judged(
    labels: tuple[str, ...], temperature: float, plain: Doubles, truth: Integers
) -> IntentParameters:
    """Recalibrate the best of probabilities ``(n, labels)``, and choose the thresholds."""
    slope, offset = fit_top(plain, truth)
    probabilities = sharpen_top(plain, slope, offset)
    least = thresholds.too_low(probabilities, truth)
    return IntentParameters(
        labels=labels,
        temperature=temperature,
        slope=slope,
        offset=offset,
        too_low=least,
        too_close=thresholds.too_close(probabilities, truth, least=least),
    )


def out_of_scope_parameters(
    examples: Sequence[Labelled], scores: IntentScores
) -> OutOfScopeParameters:
    """Fit what tells the known from the unknown."""
    labels = sorted({example.label for example in examples})
    known = evidence(scores.scores, scores.nearness, None)
    if OUT_OF_SCOPE not in labels:
        strange = evidence(scores.unknown, scores.unknown_nearness, None)
        pieces = np.vstack([known, strange])
        return fit_out_of_scope(pieces, np.arange(len(pieces)) >= len(known))
    pieces = evidence(scores.scores, scores.nearness, labels.index(OUT_OF_SCOPE))
    return fit_out_of_scope(pieces, np.array([e.label == OUT_OF_SCOPE for e in examples], bool))


def topic_parameters(
    examples: Sequence[TopicRow], out_of_fold: Floats
) -> tuple[TopicParameters, ...]:
    """Fit each topic's probability and threshold."""
    found = []
    for column, name in enumerate(topic_names(examples)):
        positive = np.array([name in example.topics for example in examples], bool)
        score = out_of_fold[:, column].astype(np.float64)
        model = fit_logistic(score[:, None], positive)
        slope = float(model.coefficients[0] / model.scales[0])
        intercept = float(model.intercept - slope * model.means[0])
        threshold = thresholds.for_topic(model.probability(score[:, None]), positive)
        found.append(
            TopicParameters(topic=name, slope=slope, intercept=intercept, threshold=threshold)
        )
    return tuple(found)


def consent_parameters(examples: Sequence[Labelled], out_of_fold: Floats) -> ConsentParameters:
    """Fit the probabilities of consent, and the thresholds for obeying and for asking."""
    labels = CONSENT_LABELS
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    temperature = fit_temperature(out_of_fold, truth)
    probabilities = softmax(out_of_fold, temperature)
    out, unsure, opt_in = (labels.index(name) for name in ("opt_out", "unsure", "opt_in"))
    # What no version hears as an opt-out needs no threshold to be kept apart.
    may_end = np.array([may_end_texts(example.text) for example in examples], bool)
    ends = probabilities[:, out] * may_end
    either = ends + probabilities[:, unsure] * may_end
    return ConsentParameters(
        labels=labels,
        temperature=temperature,
        certain=thresholds.for_false_alarms(ends, truth == out, thresholds.OBEYED_WRONGLY),
        unsure=thresholds.for_false_alarms(
            either, np.isin(truth, (out, unsure)), thresholds.ASKED_NEEDLESSLY
        ),
        opt_in=thresholds.for_false_alarms(
            probabilities[:, opt_in], truth == opt_in, thresholds.OBEYED_WRONGLY
        ),
    )


def sentiment_parameters(
    examples: Sequence[SentimentRow], out_of_fold: Floats
) -> SentimentParameters:
    """Fit the sentiments' temperature and the curve from score to frustration."""
    truth = np.array([SENTIMENTS.index(example.sentiment) for example in examples], np.int64)
    frustration = np.array([example.frustration for example in examples], np.float64)
    knots = fit_monotone(out_of_fold[:, -1].astype(np.float64), frustration, most_knots=_MOST_KNOTS)
    return SentimentParameters(
        labels=tuple(map(str, SENTIMENTS)),
        temperature=fit_temperature(out_of_fold[:, :-1], truth),
        knots=tuple(knots),
    )

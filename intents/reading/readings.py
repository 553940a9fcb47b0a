"""Turns a version's raw scores into readings: probabilities, doubt, topics, sentiment."""

from dataclasses import dataclass

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE
from intents.reading.calibration import Doubles, Floats, sharpen_top, sigmoid, softmax
from intents.reading.expectation import factors
from intents.reading.out_of_scope import evidence, probability
from intents.reading.parameters import IntentParameters, Parameters, TunedParameters
from intents.reading.scoring import Raw
from intents.types import Candidate, Doubt, Expected, Sentiment, TopicScore

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What the heads say of one message, as probabilities."""

    candidates: tuple[Candidate, ...]
    doubt: Doubt
    out_of_scope: bool
    out_of_scope_score: float
    topics: tuple[TopicScore, ...]
    consent: dict[str, float]
    sentiment: Sentiment
    sentiment_score: float
    frustration: float


def read(raw: Raw, parameters: Parameters, expected: Expected | None = None) -> Reading:
    """Read one message's scores."""
    parts = _split(raw.scores, parameters)
    intents = intent_probabilities(parts.intents, parameters.intents, expected, tuned=raw.tuned)
    order = np.argsort(-intents, kind="stable")[:MOST_CANDIDATES]
    labels = parameters.intents.labels
    candidates = tuple(
        Candidate(intent=labels[i], confidence=round(float(intents[i]), 4)) for i in order
    )
    doubt = doubt_of(candidates, parameters.intents)
    score = _outside(raw, parts.intents, parameters)
    named = candidates[0].intent == OUT_OF_SCOPE and doubt is Doubt.NONE
    sentiment, feeling, frustration = _feelings(parts, parameters)
    return Reading(
        candidates=candidates,
        doubt=doubt,
        out_of_scope=named or score >= parameters.out_of_scope.threshold,
        out_of_scope_score=round(score, 4),
        topics=_topics(parts.topics, parameters),
        consent=_consent(parts.consent, parameters),
        sentiment=sentiment,
        sentiment_score=round(feeling, 4),
        frustration=round(frustration, 4),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    intents: Floats
    topics: Floats
    consent: Floats
    sentiment: Floats
    frustration: float


def _split(scores: Floats, parameters: Parameters) -> _Parts:
    """Cut the outputs into heads."""
    of = parameters.columns
    rest = scores[of.frustration]
    return _Parts(
        scores[of.intents],
        scores[of.topics],
        scores[of.consent],
        scores[of.sentiment],
        float(rest[0]) if len(rest) else 0.0,
    )


def intent_chances(raw: Raw, parameters: Parameters) -> Doubles:
    """Return P(intent) ``(labels,)`` of one message, without anything expected."""
    scores = _split(raw.scores, parameters).intents
    return intent_probabilities(scores, parameters.intents, tuned=raw.tuned)


def intent_probabilities(
    scores: Floats,
    parameters: IntentParameters,
    expected: Expected | None = None,
    *,
    tuned: Floats | None = None,
) -> Doubles:
    """Return P(intent) for each label; an open question makes its answers likelier.

    ``tuned`` are a fine-tuned encoder's logits, where there is one.
    """
    plain = averaged(scores, parameters.temperature, tuned, parameters.tuned)
    probabilities = sharpen_top(plain, parameters.slope, parameters.offset)
    likelier_by = factors(expected, parameters.labels)
    if likelier_by is None:
        return probabilities
    likelier = probabilities * np.array(likelier_by)
    result: Doubles = likelier / likelier.sum()
    return result


def averaged(
    scores: Floats, temperature: float, logits: Floats | None, tuned: TunedParameters | None
) -> Doubles:
    """Return P(intent) ``(..., labels)`` before the best is recalibrated.

    By the scores alone; where a fine-tuned encoder was asked, averaged with what its logits say.
    """
    plain = softmax(scores, temperature)
    if logits is None or tuned is None:
        return plain
    own = softmax(logits, tuned.temperature)
    result: Doubles = (1 - tuned.weight) * plain + tuned.weight * own
    return result


def doubt_of(candidates: tuple[Candidate, ...], parameters: IntentParameters) -> Doubt:
    """Return why the best candidate is not simply believed."""
    best = candidates[0].confidence
    if best < parameters.too_low:
        return Doubt.TOO_LOW
    if len(candidates) > 1 and best - candidates[1].confidence < parameters.too_close:
        return Doubt.TOO_CLOSE
    return Doubt.NONE


def _outside(raw: Raw, scores: Floats, parameters: Parameters) -> float:
    labels = parameters.intents.labels
    column = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
    pieces = evidence(scores[None], np.array([raw.nearness], np.float32), column)
    return float(probability(pieces, parameters.out_of_scope)[0])


def _topics(scores: Floats, parameters: Parameters) -> tuple[TopicScore, ...]:
    if not parameters.topics:
        return ()
    slopes = np.array([topic.slope for topic in parameters.topics])
    intercepts = np.array([topic.intercept for topic in parameters.topics])
    chances = sigmoid(slopes * scores + intercepts)
    found = [
        TopicScore(topic=topic.topic, probability=round(float(chance), 4))
        for chance, topic in zip(chances, parameters.topics, strict=True)
        if chance >= topic.threshold
    ]
    return tuple(sorted(found, key=lambda topic: -topic.probability))


def _consent(scores: Floats, parameters: Parameters) -> dict[str, float]:
    if parameters.consent is None:
        return {}
    probabilities = softmax(scores, parameters.consent.temperature)
    return dict(zip(parameters.consent.labels, map(float, probabilities), strict=True))


def _feelings(parts: _Parts, parameters: Parameters) -> tuple[Sentiment, float, float]:
    """Return the sentiment, P(positive) - P(negative), and frustration."""
    if parameters.sentiment is None:
        return Sentiment.NEUTRAL, 0.0, 0.0
    labels = parameters.sentiment.labels
    chances = softmax(parts.sentiment, parameters.sentiment.temperature)
    by_label = dict(zip(labels, map(float, chances), strict=True))
    score = by_label[Sentiment.POSITIVE] - by_label[Sentiment.NEGATIVE]
    raw, values = zip(*parameters.sentiment.knots, strict=True)
    frustration = float(np.clip(np.interp(parts.frustration, raw, values), 0.0, 1.0))
    return Sentiment(labels[int(np.argmax(chances))]), score, frustration

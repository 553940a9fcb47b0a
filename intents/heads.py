"""Trains each head, and fits what turns its scores into probabilities and decisions."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents import kernel, thresholds
from intents.calibration import (
    Doubles,
    Floats,
    Integers,
    fit_logistic,
    fit_monotone,
    fit_temperature,
    fit_top,
    sharpen_top,
    softmax,
)
from intents.data import CONSENT_LABELS, OUT_OF_SCOPE, Labelled, SentimentRow, TopicRow
from intents.kernel import Fit, Rows
from intents.out_of_scope import evidence, fit_out_of_scope
from intents.parameters import (
    ConsentParameters,
    IntentParameters,
    OutOfScopeParameters,
    SentimentParameters,
    TopicParameters,
)
from intents.scoring import NEIGHBOURS
from intents.types import Sentiment

Progress = Callable[[str], None]

_LEAST_WRITERS = 3
_FOLDS = 5
_MOST_KNOTS = 24
SENTIMENTS = tuple(Sentiment)


def folds_of(writers: Sequence[str], labels: Sequence[str], *, seed: int) -> list[Integers]:
    """Return the rows of each fold.

    One writer each where there are three or more, else five random folds with each label spread
    over them.
    """
    names = sorted(set(writers))
    if len(names) >= _LEAST_WRITERS:
        where = np.array(writers)
        return [np.flatnonzero(where == name) for name in names]
    places = list(range(len(labels)))
    random.Random(seed).shuffle(places)
    places.sort(key=lambda place: labels[place])
    parts = [np.array(sorted(places[i::_FOLDS]), np.int64) for i in range(_FOLDS)]
    return [part for part in parts if len(part)]


def one_hot(truth: Integers, columns: int) -> Floats:
    """Return ``(n, columns) float32``, 1 in each row's own column."""
    out = np.zeros((len(truth), columns), np.float32)
    out[np.arange(len(truth)), truth] = 1
    return out


@dataclass(frozen=True, slots=True)
class IntentHead:
    """The intent head with its out-of-fold evidence, from which the metrics are taken."""

    fit: Fit
    truth: Integers
    nearness: Floats
    parameters: IntentParameters
    out_of_scope: OutOfScopeParameters


def train_intents(
    examples: Sequence[Labelled], rows: Rows, *, seed: int, progress: Progress
) -> IntentHead:
    """Train the intents and out-of-scope."""
    labels = tuple(sorted({example.label for example in examples}))
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=seed)
    outside = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
    # Without out-of-scope examples, whole intents are held out and stand for the unknown.
    kinds = [np.flatnonzero(truth % _FOLDS == part) for part in range(min(_FOLDS, len(labels)))]
    fit = kernel.fit(
        rows,
        one_hot(truth, len(labels)),
        folds,
        second_folds=kinds if outside is None else (),
        progress=progress,
    )
    inside = np.ones(len(truth), bool) if outside is None else truth != outside
    nearness = nearness_across_folds(rows.projected, folds, inside)
    temperature = fit_temperature(fit.out_of_fold, truth)
    plain = softmax(fit.out_of_fold, temperature)
    slope, offset = fit_top(plain, truth)
    probabilities = sharpen_top(plain, slope, offset)
    least = thresholds.too_low(probabilities, truth)
    parameters = IntentParameters(
        labels=labels,
        temperature=temperature,
        slope=slope,
        offset=offset,
        too_low=least,
        too_close=thresholds.too_close(probabilities, truth, least=least),
    )
    if outside is None:
        pieces, unknown = _held_out_intents(rows, fit, kinds, nearness)
    else:
        pieces, unknown = evidence(fit.out_of_fold, nearness, outside), ~inside
    return IntentHead(fit, truth, nearness, parameters, fit_out_of_scope(pieces, unknown))


def nearness_across_folds(
    projected: Floats, folds: Sequence[Integers], inside: NDArray[np.bool_]
) -> Floats:
    """Return for each row the mean cosine to its five nearest in-scope rows of other folds."""
    unit = projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-6)
    out = np.zeros(len(unit), np.float32)
    for fold in folds:
        others = inside.copy()
        others[fold] = False
        pool = unit[others]
        count = min(NEIGHBOURS, len(pool))
        if count:
            best = np.partition(unit[fold] @ pool.T, -count, axis=1)[:, -count:]
            out[fold] = best.mean(axis=1)
    return out


def _held_out_intents(
    rows: Rows, fit: Fit, kinds: Sequence[Integers], nearness: Floats
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return evidence of known messages, and of messages whose whole intent was held out."""
    blind = fit.second.copy()
    for part, of_part in enumerate(kinds):
        # The model that never saw these intents must not name them either.
        blind[np.ix_(of_part, np.arange(part, blind.shape[1], _FOLDS))] = blind.min()
    far = nearness_across_folds(rows.projected, kinds, np.ones(len(blind), bool))
    pieces = np.vstack([evidence(fit.out_of_fold, nearness, None), evidence(blind, far, None)])
    return pieces, np.arange(len(pieces)) >= len(blind)


def train_topics(
    examples: Sequence[TopicRow], rows: Rows, *, seed: int
) -> tuple[Fit, tuple[TopicParameters, ...]]:
    """Train one output a topic. Rows without topics are negatives of all."""
    names = tuple(sorted({topic for example in examples for topic in example.topics}))
    targets = np.array([[n in e.topics for n in names] for e in examples], np.float32)
    kinds = ["+".join(sorted(e.topics)) for e in examples]
    fit = kernel.fit(rows, targets, folds_of([e.writer for e in examples], kinds, seed=seed))
    parameters = []
    for column, name in enumerate(names):
        positive = targets[:, column] > 0
        score = fit.out_of_fold[:, column].astype(np.float64)
        model = fit_logistic(score[:, None], positive)
        slope = float(model.coefficients[0] / model.scales[0])
        intercept = float(model.intercept - slope * model.means[0])
        threshold = thresholds.for_topic(model.probability(score[:, None]), positive)
        parameters.append(
            TopicParameters(topic=name, slope=slope, intercept=intercept, threshold=threshold)
        )
    return fit, tuple(parameters)


def train_consent(
    examples: Sequence[Labelled], rows: Rows, *, seed: int
) -> tuple[Fit, ConsentParameters]:
    """Train the four consent labels, with the thresholds for obeying and for asking."""
    labels = CONSENT_LABELS
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=seed)
    fit = kernel.fit(rows, one_hot(truth, len(labels)), folds)
    temperature = fit_temperature(fit.out_of_fold, truth)
    probabilities = softmax(fit.out_of_fold, temperature)
    out, unsure, opt_in = (labels.index(name) for name in ("opt_out", "unsure", "opt_in"))
    either = probabilities[:, out] + probabilities[:, unsure]
    parameters = ConsentParameters(
        labels=labels,
        temperature=temperature,
        certain=thresholds.for_false_alarms(
            probabilities[:, out], truth == out, thresholds.OBEYED_WRONGLY
        ),
        unsure=thresholds.for_false_alarms(
            either, np.isin(truth, (out, unsure)), thresholds.ASKED_NEEDLESSLY
        ),
        opt_in=thresholds.for_false_alarms(
            probabilities[:, opt_in], truth == opt_in, thresholds.OBEYED_WRONGLY
        ),
    )
    return fit, parameters


def train_sentiment(
    examples: Sequence[SentimentRow], rows: Rows, *, seed: int
) -> tuple[Fit, SentimentParameters]:
    """Train three sentiments and, as the last output, frustration."""
    truth = np.array([SENTIMENTS.index(example.sentiment) for example in examples], np.int64)
    frustration = np.array([example.frustration for example in examples], np.float32)
    targets = np.column_stack([one_hot(truth, len(SENTIMENTS)), frustration])
    writers = [example.writer for example in examples]
    folds = folds_of(writers, [str(e.sentiment) for e in examples], seed=seed)
    fit = kernel.fit(rows, targets, folds)
    knots = fit_monotone(
        fit.out_of_fold[:, -1].astype(np.float64),
        frustration.astype(np.float64),
        most_knots=_MOST_KNOTS,
    )
    parameters = SentimentParameters(
        labels=tuple(map(str, SENTIMENTS)),
        temperature=fit_temperature(fit.out_of_fold[:, :-1], truth),
        knots=tuple(knots),
    )
    return fit, parameters

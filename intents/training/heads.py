"""Trains each head by kernel ridge regression: examples in, weights and out-of-fold scores out."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from intents.corpus.data import CONSENT_LABELS, OUT_OF_SCOPE, Labelled, SentimentRow, TopicRow
from intents.reading.calibration import Floats, Integers
from intents.reading.scoring import NEIGHBOURS
from intents.training import kernel
from intents.training.kernel import Fit, Rows
from intents.types import Sentiment

Progress = Callable[[str], None]

_LEAST_WRITERS = 3
_FOLDS = 5
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
class IntentScores:
    """What models said of messages they had not been trained on; all else is fitted on it.

    ``scores (n, intents)`` and ``nearness (n,)`` of the intent examples, by models without the
    example's writer. ``unknown`` and ``unknown_nearness`` the same by models that knew no message
    of the example's intent, for data without out-of-scope examples; else they are empty.
    """

    scores: Floats
    nearness: Floats
    unknown: Floats
    unknown_nearness: Floats


@dataclass(frozen=True, slots=True)
class IntentFit:
    """The trained intent head: its weights over examples and label views, and the evidence."""

    fit: Fit
    evidence: IntentScores


def fit_intents(
    examples: Sequence[Labelled], rows: Rows, *, seed: int, progress: Progress
) -> IntentFit:
    """Train the intents.

    ``rows`` are those of the examples and then one for each label in alphabetical order: the
    label's own words, which count as one more example of it.
    """
    labels = tuple(sorted({example.label for example in examples}))
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=seed)
    outside = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
    # Without out-of-scope examples, whole intents are held out and stand for the unknown.
    kinds = [np.flatnonzero(truth % _FOLDS == part) for part in range(min(_FOLDS, len(labels)))]
    views = np.arange(len(rows.projected) - len(truth))
    fit = kernel.fit(
        rows,
        one_hot(np.concatenate([truth, views]), len(labels)),
        folds,
        second_folds=kinds if outside is None else (),
        progress=progress,
    )
    count = len(truth)
    projected = rows.projected[:count]
    inside = np.ones(count, bool) if outside is None else truth != outside
    unknown, far = np.empty((0, len(labels)), np.float32), np.empty(0, np.float32)
    if outside is None:
        unknown = _blind(fit.second[:count], kinds)
        far = nearness_across_folds(projected, kinds, inside)
    evidence = IntentScores(
        scores=fit.out_of_fold[:count],
        nearness=nearness_across_folds(projected, folds, inside),
        unknown=unknown,
        unknown_nearness=far,
    )
    return IntentFit(fit, evidence)


def nearness_across_folds(
    projected: Floats,
    folds: Sequence[Integers],
    inside: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
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


def _blind(scores: Floats, kinds: Sequence[Integers]) -> Floats:
    """Return scores in which no message is given the intents that its model never saw."""
    blind = scores.copy()
    for part, of_part in enumerate(kinds):
        blind[np.ix_(of_part, np.arange(part, blind.shape[1], _FOLDS))] = blind.min()
    return blind


def topic_names(examples: Sequence[TopicRow]) -> tuple[str, ...]:
    """Return all topics, in the order of their outputs."""
    return tuple(sorted({topic for example in examples for topic in example.topics}))


def fit_topics(examples: Sequence[TopicRow], rows: Rows, *, seed: int) -> Fit:
    """Train one output a topic. Rows without topics are negatives of all."""
    names = topic_names(examples)
    targets = np.array([[n in e.topics for n in names] for e in examples], np.float32)
    kinds = ["+".join(sorted(e.topics)) for e in examples]
    return kernel.fit(rows, targets, folds_of([e.writer for e in examples], kinds, seed=seed))


def fit_consent(examples: Sequence[Labelled], rows: Rows, *, seed: int) -> Fit:
    """Train the four consent labels."""
    truth = np.array([CONSENT_LABELS.index(example.label) for example in examples], np.int64)
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=seed)
    return kernel.fit(rows, one_hot(truth, len(CONSENT_LABELS)), folds)


def fit_sentiment(examples: Sequence[SentimentRow], rows: Rows, *, seed: int) -> Fit:
    """Train three sentiments and, as the last output, frustration."""
    truth = np.array([SENTIMENTS.index(example.sentiment) for example in examples], np.int64)
    frustration = np.array([example.frustration for example in examples], np.float32)
    targets = np.column_stack([one_hot(truth, len(SENTIMENTS)), frustration])
    writers = [example.writer for example in examples]
    folds = folds_of(writers, [str(e.sentiment) for e in examples], seed=seed)
    return kernel.fit(rows, targets, folds)

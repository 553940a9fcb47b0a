"""Trains all heads in memory, on one encoder or on two that are mixed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE, Corpus, Row
from intents.encoders.encoder import Encoder
from intents.reading import mixing
from intents.reading.calibration import Floats, Integers
from intents.reading.parameters import MixingParameters, Parameters, SecondParameters
from intents.reading.scoring import Heads
from intents.reading.second_reader import SecondReader, Seen
from intents.training import fitting, heads, mixing_bounds
from intents.training.evidence import Evidence
from intents.training.examples import Examples, Progress, Table, examples_of, gram_share, texts_of
from intents.training.kernel import Fit
from intents.training.seconding import second_opinion
from intents.versions.manifest import DeepRecord

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """All heads on one encoder.

    ``messages`` are the training messages that any head compares with, ``vectors`` those of the
    intent examples, both in the model's space.
    """

    arrays: Heads
    messages: Floats
    vectors: Floats
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepPart:
    """A fine-tuned encoder beside the models; ``folder`` holds the files of ``deep.FILES``.

    ``logits (k, intents)`` are what one said of the intent examples ``held_out (k,)`` that had not
    seen them.
    """

    folder: Path
    held_out: Integers
    logits: Floats
    record: DeepRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What training gives: a model for each encoder, the parameters, and their evidence.

    ``deep`` is what the deep mode adds.
    """

    models: tuple[Model, ...]
    parameters: Parameters
    corpus: Corpus
    examples: Examples
    evidence: Evidence
    deep: DeepPart | None = None


def build(
    corpus: Corpus,
    *encoders: Encoder,
    seed: int,
    second: SecondReader | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Built:
    """Train all heads in memory: on one encoder, or on the fast and the accurate one, mixed.

    ``second`` is asked too, if given: it must fit the data (``seconding.fits``). The examples of
    what it reads are then cut down to those of which it has a fair opinion.
    """
    models: list[Model] = []
    examples: Examples | None = None
    for encoder in encoders:
        table = Table(texts_of(corpus), encoder, progress, grams=gram_share(corpus.intents))
        # All models learn from the same rows, so that their scores can be averaged.
        examples = examples or examples_of(corpus, table)
        models.append(_train(examples, table, seed=seed, progress=progress))
    if examples is None:
        message = "at least one encoder is needed"
        raise ValueError(message)
    bounds = mixing_bounds.fit_bounds(examples, models[0].evidence) if len(models) > 1 else None
    evidence = _mixed(models, bounds) if bounds else models[0].evidence
    opinion = None
    if second is not None:
        progress("asking the second reader", 0, 0)
        opinion = second_opinion(examples, evidence, second, Seen.read())
    if opinion is not None:
        examples, evidence = opinion.examples, opinion.evidence
    return Built(
        models=tuple(models),
        parameters=_parameters(
            examples, evidence, bounds, None if opinion is None else opinion.parameters
        ),
        corpus=corpus,
        examples=examples,
        evidence=evidence,
    )


def _parameters(
    examples: Examples,
    evidence: Evidence,
    bounds: MixingParameters | None,
    second: SecondParameters | None,
) -> Parameters:
    return Parameters(
        intents=fitting.intent_parameters(examples.intents, evidence.intents),
        out_of_scope=fitting.out_of_scope_parameters(examples.intents, evidence.intents),
        topics=()
        if evidence.topics is None
        else fitting.topic_parameters(examples.topics, evidence.topics),
        consent=None
        if evidence.consent is None
        else fitting.consent_parameters(examples.consent, evidence.consent),
        sentiment=None
        if evidence.sentiment is None
        else fitting.sentiment_parameters(examples.sentiment, evidence.sentiment),
        mixing=bounds,
        second=second,
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """One head's part of the arrays: its fit, and where its rows stand among all texts."""

    fit: Fit
    places: Integers


def _train(examples: Examples, table: Table, *, seed: int, progress: Progress) -> Model:
    where = table.places(examples.intents)
    with_views = np.concatenate([where, table.places_of(examples.views)])
    intents = heads.fit_intents(
        examples.intents,
        table.rows.take(with_views),
        seed=seed,
        progress=lambda stage: progress(f"intents: {stage}", 0, 0),
    )

    def optional(name: str, fit_head: Callable[..., Fit], rows: Sequence[RowT]) -> _Share | None:
        """Train a head that may lack data; None if it does."""
        if not rows:
            return None
        progress(f"{name}: solving", 0, 0)
        places = table.places(rows)
        return _Share(fit_head(rows, table.rows.take(places), seed=seed), places)

    topics = optional("topics", heads.fit_topics, examples.topics)
    consent = optional("consent", heads.fit_consent, examples.consent)
    sentiment = optional("sentiment", heads.fit_sentiment, examples.sentiment)
    shares = [_Share(intents.fit, with_views), *(s for s in (topics, consent, sentiment) if s)]
    inside = [p for p, e in zip(where, examples.intents, strict=True) if e.label != OUT_OF_SCOPE]
    arrays, messages = _assemble(table, shares, np.unique(np.array(inside, np.int64)))
    return Model(
        arrays=arrays,
        messages=messages,
        vectors=table.rows.projected[where],
        evidence=Evidence(
            intents=intents.evidence,
            topics=topics.fit.out_of_fold if topics else None,
            consent=consent.fit.out_of_fold if consent else None,
            sentiment=sentiment.fit.out_of_fold if sentiment else None,
        ),
    )


def _assemble(table: Table, shares: Sequence[_Share], in_scope: Integers) -> tuple[Heads, Floats]:
    """Lay all heads side by side over the rows that any of them uses, in-scope rows first."""
    outputs = sum(share.fit.alpha.shape[1] for share in shares)
    alpha = np.zeros((len(table.texts), outputs), np.float32)
    column = 0
    for share in shares:
        width = share.fit.alpha.shape[1]
        np.add.at(alpha[:, column : column + width], share.places, share.fit.alpha)
        column += width
    used = np.unique(np.concatenate([share.places for share in shares]))
    order = np.concatenate([in_scope, np.setdiff1d(used, in_scope)])
    gram_weights = table.rows.grams.T @ alpha
    messages = np.ascontiguousarray(table.rows.projected[order])
    arrays = Heads(
        space=table.space,
        alpha=np.ascontiguousarray(alpha[order]),
        gram_weights=np.asarray(gram_weights, np.float16),
        offset=np.concatenate([share.fit.offset for share in shares]),
        lengths=np.maximum(np.linalg.norm(messages[: len(in_scope)], axis=1), 1e-6),
    )
    return arrays, messages


def _mixed(models: Sequence[Model], bounds: MixingParameters) -> Evidence:
    fast, accurate = (model.evidence for model in models)
    topics, consent, sentiment = fast.topics, fast.consent, fast.sentiment
    if topics is not None and accurate.topics is not None:
        asked = mixing.doubtful_topics(topics, bounds)
        topics = mixing.mix(topics, accurate.topics, asked)
    if consent is not None and accurate.consent is not None:
        asked = mixing.doubtful_consent(mixing.about_texts(consent), bounds)
        consent = mixing.mix(consent, accurate.consent, asked)
    if sentiment is not None and accurate.sentiment is not None:
        asked = mixing.doubtful_feeling(sentiment[:, -1], bounds)
        sentiment = mixing.mix(sentiment, accurate.sentiment, asked)
    return Evidence(
        intents=mixing_bounds.mix_intents(fast.intents, accurate.intents, bounds),
        topics=topics,
        consent=consent,
        sentiment=sentiment,
    )

"""Trains a version from the training data."""

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from intents import features, heads, kernel
from intents.calibration import Floats, Integers
from intents.card import render_card
from intents.data import OUT_OF_SCOPE, Corpus, Labelled, Row, TopicRow, load_corpus
from intents.encoder import Encoder, load_encoder
from intents.errors import GateError, TrainingDataError
from intents.examples import (
    CALM_INTENTS,
    Progress,
    Table,
    consent_as_intents,
    consent_examples_of,
    once,
    topic_examples_of,
)
from intents.kernel import Fit, Rows
from intents.likeness import write_likeness
from intents.measuring import measure, out_of_fold_predictions
from intents.metrics import write_predictions
from intents.parameters import Parameters
from intents.registry import CARD, METRICS, PARAMETERS, PREDICTIONS, Manifest, Registry
from intents.scoring import ARRAYS, LIKENESS, VOCABULARY, Heads
from intents.signs import SIGNS

ExampleT_contra = TypeVar("ExampleT_contra", bound=Row, contravariant=True)
ParametersT_co = TypeVar("ParametersT_co", covariant=True)

SEED = 0
FORM = 2
"""Raised when training changes in a way that its constants do not show."""


def train(
    *,
    training_data: Path,
    models_dir: Path,
    encoder: str = "fast",
    name: str | None = None,
    seed: int = SEED,
    threads: int = 2,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Manifest:
    """Train a version; on unchanged data return the version that is there already.

    Raises:
        TrainingDataError: the data is wrong.
        WeightsError: the encoder's weights are missing or wrong.
    """
    progress("reading training data", 0, 0)
    corpus = load_corpus(training_data)
    _check(corpus, training_data)
    registry = Registry(models_dir)
    model = load_encoder(models_dir, encoder, threads=threads)
    manifest = describe(corpus, model, name=name or encoder, seed=seed)
    folder = registry.path(manifest.version)
    if (folder / "manifest.json").is_file():
        return registry.verify(manifest.version)
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".training-") as scratch:
        draft = Path(scratch) / manifest.version
        draft.mkdir()
        started = time.perf_counter()
        built = build(corpus, model, seed=seed, progress=progress)
        progress("writing the version", 0, 0)
        seconds = round(time.perf_counter() - started, 1)
        sealed = _write(draft, registry, manifest, built, seconds=seconds)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    return sealed


def ensure_trained(
    *,
    models_dir: Path,
    training_data: Path,
    encoder: str = "fast",
    progress: Progress = lambda _stage, _done, _total: None,
) -> str:
    """Return the active version; train and promote one first if the data changed or none is there.

    A new version that the gate refuses stays inactive, and the active one goes on serving.
    """
    from intents.data import data_digest
    from intents.promotion import promote

    registry = Registry(models_dir)
    current = registry.active().version
    if current is not None:
        manifest = registry.verify(current)
        unchanged = manifest.data_sha256 == data_digest(training_data)
        if unchanged and manifest.encoder == encoder and manifest.recipe == recipe():
            load_encoder(models_dir, encoder)
            return current
    made = train(
        training_data=training_data, models_dir=models_dir, encoder=encoder, progress=progress
    )
    try:
        promote(registry, made.version, by="make run")
    except GateError as refusal:
        if current is None:
            raise
        progress(f"{refusal} {current} stays active", 0, 0)
        return current
    return made.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What training gives: the arrays, the parameters, and what the metrics are taken from."""

    arrays: Heads
    messages: Floats
    parameters: Parameters
    corpus: Corpus
    examples: tuple[Labelled, ...]
    topic_examples: tuple[TopicRow, ...]
    consent_examples: tuple[Labelled, ...]
    intent_head: heads.IntentHead
    topic_fit: Fit | None
    consent_fit: Fit | None
    sentiment_fit: Fit | None


def build(corpus: Corpus, encoder: Encoder, *, seed: int, progress: Progress) -> Built:
    """Train all heads in memory."""
    every = (*corpus.intents, *corpus.topics, *corpus.consent, *corpus.sentiment)
    table = Table([row.text for row in every], encoder, progress)
    examples = once((*corpus.intents, *consent_as_intents(corpus)))
    where = table.places(examples)
    intent_head = heads.train_intents(
        examples,
        table.rows.take(where),
        seed=seed,
        progress=lambda stage: progress(f"intents: {stage}", 0, 0),
    )
    topic_examples = topic_examples_of(corpus)
    consent_examples = consent_examples_of(corpus, table)
    topics = _optional("topics", heads.train_topics, topic_examples, table, seed, progress)
    consent = _optional("consent", heads.train_consent, consent_examples, table, seed, progress)
    sentiment = _optional(
        "sentiment", heads.train_sentiment, corpus.sentiment, table, seed, progress
    )
    parameters = Parameters(
        intents=intent_head.parameters,
        out_of_scope=intent_head.out_of_scope,
        topics=topics.parameters if topics else (),
        consent=consent.parameters if consent else None,
        sentiment=sentiment.parameters if sentiment else None,
    )
    shares = [_Share(intent_head.fit, where), *(s.share for s in (topics, consent, sentiment) if s)]
    inside = [p for p, e in zip(where, examples, strict=True) if e.label != OUT_OF_SCOPE]
    arrays, messages = _assemble(table, shares, np.unique(np.array(inside, np.int64)))
    return Built(
        arrays=arrays,
        messages=messages,
        parameters=parameters,
        corpus=corpus,
        examples=examples,
        topic_examples=topic_examples,
        consent_examples=consent_examples,
        intent_head=intent_head,
        topic_fit=topics.share.fit if topics else None,
        consent_fit=consent.share.fit if consent else None,
        sentiment_fit=sentiment.share.fit if sentiment else None,
    )


class _Trains(Protocol[ExampleT_contra, ParametersT_co]):
    """A head's training: examples and their rows in, its fit and parameters out."""

    def __call__(
        self, examples: Sequence[ExampleT_contra], rows: Rows, *, seed: int
    ) -> tuple[Fit, ParametersT_co]: ...


@dataclass(frozen=True, slots=True)
class _Trained(Generic[ParametersT_co]):
    """A head that had data: its share of the arrays, and its parameters."""

    share: "_Share"
    parameters: ParametersT_co


def _optional(
    name: str,
    train_head: _Trains[ExampleT_contra, ParametersT_co],
    examples: Sequence[ExampleT_contra],
    table: Table,
    seed: int,
    progress: Progress,
) -> _Trained[ParametersT_co] | None:
    """Train a head that may lack data; None if it does."""
    if not examples:
        return None
    progress(f"{name}: solving", 0, 0)
    places = table.places(examples)
    fit, parameters = train_head(examples, table.rows.take(places), seed=seed)
    return _Trained(_Share(fit, places), parameters)


@dataclass(frozen=True, slots=True)
class _Share:
    """One head's part of the arrays: its fit, and where its rows stand among all texts."""

    fit: Fit
    places: Integers


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


def _check(corpus: Corpus, folder: Path) -> None:
    counts = Counter(row.label for row in corpus.intents)
    if len(counts) < 2:  # noqa: PLR2004 - a classifier takes two classes
        raise TrainingDataError("at least two intents are needed", path=folder)
    few = [label for label, count in counts.items() if count < 2]  # noqa: PLR2004
    if few:
        raise TrainingDataError(
            f"too few utterances to learn from: {', '.join(sorted(few))}", path=folder
        )


def recipe() -> dict[str, float]:
    """Return every choice that makes another model of the same data."""
    return {
        "form": FORM,
        "dimensions": features.DIMENSIONS,
        "sharpness": features.SHARPNESS,
        "embedding_weight": features.EMBEDDING_WEIGHT,
        "word_weight": features.WORD_WEIGHT,
        "char_weight": features.CHAR_WEIGHT,
        "sign_weight": features.SIGN_WEIGHT,
        "signs": len(SIGNS),
        "ridge": kernel.RIDGE,
        "calm_intents": len(CALM_INTENTS),
    }


def describe(corpus: Corpus, encoder: Encoder, *, name: str, seed: int) -> Manifest:
    """Return the manifest of what would be trained; its version is the hash of the makings."""
    libraries = {lib: library_version(lib) for lib in ("numpy", "scipy", "onnxruntime")}
    makings = [corpus.digest, encoder.card.weights_sha256, seed, recipe(), libraries]
    digest = sha256(json.dumps(makings, sort_keys=True).encode()).hexdigest()
    return Manifest(
        version=f"{name}-{digest[:8]}",
        encoder=encoder.card.name,
        weights_sha256=encoder.card.weights_sha256,
        data_sha256=corpus.digest,
        seed=seed,
        recipe=recipe(),
        libraries=libraries,
        intents=tuple(sorted({row.label for row in corpus.intents})),
        topics=tuple(sorted({topic for row in corpus.topics for topic in row.topics})),
        messages={
            "intents": len(corpus.intents),
            "topics": len(corpus.topics),
            "consent": len(corpus.consent),
            "sentiment": len(corpus.sentiment),
        },
    )


def write_artefacts(folder: Path, built: Built) -> None:
    """Write what serving needs."""
    built.arrays.write(folder)
    write_likeness(built.messages, folder / LIKENESS)
    built.parameters.write(folder / PARAMETERS)


def _write(
    folder: Path, registry: Registry, manifest: Manifest, built: Built, *, seconds: float
) -> Manifest:
    write_artefacts(folder, built)
    metrics = measure(built, train_seconds=seconds)
    metrics.write(folder / METRICS)
    write_predictions(out_of_fold_predictions(built), folder / PREDICTIONS)
    (folder / CARD).write_text(render_card(manifest, metrics), encoding="utf-8")
    return registry.seal(folder, manifest, [ARRAYS, VOCABULARY, LIKENESS, PARAMETERS])

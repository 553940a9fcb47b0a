"""Judges a version: on held-out writers as training did, or on a test; what a report shows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intents.corpus.data import Labelled, load_corpus
from intents.corpus.written_test import Agreement, WrittenTest
from intents.encoders.encoder import Encoder
from intents.errors import VersionError
from intents.evaluation.examining import examine, predicted
from intents.evaluation.learning_curve import CURVE, LearningCurve, learning_curve, read_curve
from intents.figures.head_figures import ConsentJudged, SentimentJudged, SeveralJudged, TopicJudged
from intents.figures.metrics import Metrics, Predicted, read_predictions
from intents.figures.neighbours import Near, Neighbours
from intents.figures.slices import Slice, Spelling, slices
from intents.reading.readers import Encoders
from intents.understanding import Understander
from intents.versions.registry import METRICS, PREDICTIONS, Registry

_MOST_CONFUSIONS = 20
_MOST_EXPLAINED = 60
HELD_OUT = "held-out writers"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A pair that is often confused, with the most confident of its messages."""

    truth: str
    predicted: str
    messages: int
    examples: tuple[Predicted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A wrong reading with the training messages that stand nearest: why it was read so."""

    error: Predicted
    nearest: tuple[Near, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A version's figures with the readings behind them."""

    version: str
    metrics: Metrics
    predictions: tuple[Predicted, ...]
    topics: tuple[TopicJudged, ...] = ()
    consent: tuple[ConsentJudged, ...] = ()
    sentiment: tuple[SentimentJudged, ...] = ()
    several: tuple[SeveralJudged, ...] = ()
    agreement: Agreement | None = None
    slices: tuple[Slice, ...] = ()
    explained: tuple[Explained, ...] = ()
    curve: LearningCurve | None = None

    @property
    def errors(self) -> list[Predicted]:
        """Wrong predictions, the most confident first."""
        return sorted((p for p in self.predictions if not p.right), key=lambda p: -p.confidence)

    def confusions(self) -> list[Confusion]:
        """Return the pairs most often confused."""
        pairs = Counter((p.truth, p.predicted) for p in self.predictions if not p.right)
        errors = self.errors
        return [
            Confusion(
                truth=truth,
                predicted=guess,
                messages=count,
                examples=tuple([p for p in errors if (p.truth, p.predicted) == (truth, guess)][:3]),
            )
            for (truth, guess), count in pairs.most_common(_MOST_CONFUSIONS)
        ]


def evaluate_held_out(registry: Registry, version: str) -> Evaluation:
    """Return what training measured: each message judged without its writer.

    Raises:
        VersionError: the version or its predictions are missing.
    """
    registry.manifest(version)
    folder = registry.path(version)
    every = read_predictions(folder / PREDICTIONS)
    predictions = tuple(p for p in every if p.whole)
    return Evaluation(
        version=version,
        metrics=Metrics.read(folder / METRICS),
        predictions=predictions,
        slices=slices(predictions, Spelling(p.text for p in every)),
    )


def evaluate_on(
    understander: Understander,
    test: WrittenTest,
    *,
    training: Sequence[str] = (),
    progress: Progress = lambda _stage, _done, _total: None,
) -> Evaluation:
    """Judge a version on a test.

    ``training`` are the texts that it was trained on: by them mistyped words are told.
    """
    found = examine(understander, test, progress=progress)
    known = (*training, *(row.text for row in test.rows))
    return Evaluation(
        version=found.version,
        metrics=found.metrics,
        predictions=found.predictions,
        topics=found.topics,
        consent=found.consent,
        sentiment=found.sentiment,
        several=found.several,
        agreement=found.agreement,
        slices=slices(found.predictions, Spelling(known)),
    )


def explain(evaluation: Evaluation, neighbours: Neighbours) -> Evaluation:
    """Add the nearest training messages to the most confident errors."""
    errors = evaluation.errors[:_MOST_EXPLAINED]
    if evaluation.metrics.measured_on == HELD_OUT:
        nearest = neighbours.of_training(errors)
    else:
        nearest = neighbours.of_texts([error.text for error in errors])
    explained = tuple(
        Explained(error=error, nearest=near) for error, near in zip(errors, nearest, strict=True)
    )
    return replace(evaluation, explained=explained)


def curve_of(
    registry: Registry,
    version: str,
    *,
    training_data: Path | None = None,
    labels: Path | None = None,
    encoder: Encoder | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> LearningCurve | None:
    """Return a version's learning curve as kept in its folder, or measured where asked for.

    It is measured if ``training_data`` is given, with or without the labels of live messages, as
    the version was trained. None if it was not measured yet.

    Raises:
        VersionError: ``training_data`` is not what the version was trained on.
        WeightsError: the encoder's weights are missing.
    """
    manifest = registry.manifest(version)
    path = registry.path(version) / CURVE
    kept = read_curve(path, data_sha256=manifest.data_sha256)
    if kept is not None or training_data is None:
        return kept
    corpus = load_corpus(training_data, labels=labels)
    if corpus.digest != manifest.data_sha256 and labels is not None:
        corpus = load_corpus(training_data)
    if corpus.digest != manifest.data_sha256:
        raise VersionError(
            f"{version} was trained on other data than {training_data} holds now.",
            hint="Train a version on it first: textwise intents train",
        )
    model = encoder or Encoders(registry.folder, threads=2).of(manifest.encoder)[0]
    curve = learning_curve(corpus, model, progress=progress)
    curve.write(path)
    return curve


def predict(
    understander: Understander,
    test: Sequence[Labelled],
    *,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Predicted]:
    """Return for each message the best intent, and apart from it whether it was flagged.

    One message at a time, as the service reads them: benchmarks take the times from ``progress``.
    """
    rows = []
    for done, row in enumerate(test, start=1):
        rows.append(predicted(row, understander.understand(row.text)))
        progress(done)
    return rows

"""Runs a version over labelled messages of all kinds, and takes its figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intents.corpus.data import Labelled, Row
from intents.corpus.written_test import Agreement, WrittenTest
from intents.errors import VersionError
from intents.figures.head_figures import (
    ConsentJudged,
    SentimentJudged,
    SeveralJudged,
    TopicJudged,
    consent_figures,
    sentiment_figures,
    topic_figures,
)
from intents.figures.metrics import Metrics, Predicted, figures
from intents.types import Understanding
from intents.understanding import Understander

Progress = Callable[[str, int, int], None]
_BATCH = 32
_PROBE = "is order 48213 coming tomorrow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one version made of a test: the figures, and every reading behind them."""

    version: str
    test: str
    metrics: Metrics
    predictions: tuple[Predicted, ...]
    topics: tuple[TopicJudged, ...] = ()
    consent: tuple[ConsentJudged, ...] = ()
    sentiment: tuple[SentimentJudged, ...] = ()
    several: tuple[SeveralJudged, ...] = ()
    agreement: Agreement | None = None


def load_any(models_dir: Path, version: str, *, threads: int = 2) -> Understander:
    """Load a version with the encoder that it was trained on, whatever the settings name.

    Raises:
        VersionError: no such version, a broken one, or one that an earlier program trained and
            this one cannot run.
        WeightsError: its encoder's weights are missing.
    """
    model = Understander.load(models_dir, version=version, threads=threads)
    try:
        model.understand(_PROBE)
    except Exception as error:
        # Its files are whole, so whatever goes wrong here is their form.
        raise VersionError(
            f"The version {version} is of a form that this program cannot run: {error}",
            hint="Train again: textwise intents train",
        ) from error
    return model


def examine(
    understander: Understander,
    test: WrittenTest,
    *,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Examined:
    """Judge a version on every part of a test."""
    read = _Reader(understander, progress, total=len(test.rows))
    predictions = tuple(
        predicted(row, reading)
        for row, reading in zip(test.intents, read(test.intents), strict=True)
    )
    topics = _topics(test, read)
    consent = _consent(test, read)
    sentiment = _sentiment(test, read)
    thresholds = {topic.topic: topic.threshold for topic in understander.parameters.topics}
    metrics = replace(
        figures(predictions, measured_on=test.name),
        topics=topic_figures(topics, thresholds) if topics else (),
        consent=consent_figures(consent) if consent else None,
        sentiment=sentiment_figures(sentiment) if sentiment else None,
    )
    return Examined(
        version=understander.version,
        test=test.name,
        metrics=metrics,
        predictions=predictions,
        topics=topics,
        consent=consent,
        sentiment=sentiment,
        several=_several(test, read),
        agreement=test.agreement,
    )


def predicted(row: Labelled, reading: Understanding) -> Predicted:
    """Return the best intent of a reading beside the truth."""
    candidates = reading.candidates
    second = candidates[1] if len(candidates) > 1 else candidates[0]
    return Predicted(
        text=row.text,
        truth=row.label,
        predicted=reading.intent,
        confidence=reading.confidence,
        second=second.intent,
        second_confidence=second.confidence,
        out_of_scope_score=reading.out_of_scope_score,
        out_of_scope=reading.out_of_scope,
        writer=row.writer,
        where=f"{row.path.name}:{row.line}",
    )


class _Reader:
    """Reads messages in batches and says how far it is."""

    def __init__(self, understander: Understander, progress: Progress, *, total: int) -> None:
        self._understander = understander
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self, rows: Sequence[Row]) -> list[Understanding]:
        found: list[Understanding] = []
        for start in range(0, len(rows), _BATCH):
            texts = [row.text for row in rows[start : start + _BATCH]]
            found += self._understander.understand_batch(texts)
            self._done += len(texts)
            stage = f"{self._understander.version} reads"
            self._progress(stage, self._done, self._total)
        return found


def _topics(test: WrittenTest, read: _Reader) -> tuple[TopicJudged, ...]:
    return tuple(
        TopicJudged(
            text=row.text,
            truth=tuple(sorted(row.topics)),
            found=tuple(topic.topic for topic in reading.topics),
            where=f"{row.path.name}:{row.line}",
        )
        for row, reading in zip(test.topics, read(test.topics), strict=True)
    )


def _consent(test: WrittenTest, read: _Reader) -> tuple[ConsentJudged, ...]:
    return tuple(
        ConsentJudged(
            text=row.text,
            truth=row.label,
            read=str(reading.consent) if reading.consent else "none",
            score=reading.consent_score,
            where=f"{row.path.name}:{row.line}",
        )
        for row, reading in zip(test.consent, read(test.consent), strict=True)
    )


def _sentiment(test: WrittenTest, read: _Reader) -> tuple[SentimentJudged, ...]:
    return tuple(
        SentimentJudged(
            text=row.text,
            truth=row.sentiment,
            read=reading.sentiment,
            frustration=row.frustration,
            frustration_read=reading.frustration,
            score=reading.sentiment_score,
            where=f"{row.path.name}:{row.line}",
        )
        for row, reading in zip(test.sentiment, read(test.sentiment), strict=True)
    )


def _several(test: WrittenTest, read: _Reader) -> tuple[SeveralJudged, ...]:
    return tuple(
        SeveralJudged(
            text=row.text,
            truth=row.intents,
            candidates=tuple(c.intent for c in reading.candidates),
            parts=tuple(part.intent for part in reading.parts),
            where=f"{row.path.name}:{row.line}",
        )
        for row, reading in zip(test.several, read(test.several), strict=True)
    )

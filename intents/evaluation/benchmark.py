"""Trains the shipped pipeline from scratch on a public data set and measures it."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE, Corpus, Labelled
from intents.encoders.encoder import Encoder
from intents.evaluation.evaluate import predict
from intents.figures.metrics import figures
from intents.training.deep_training import Deep, deepen
from intents.training.examples import Progress
from intents.training.train import SEED, build, write_artefacts
from intents.understanding import Understander


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The figures of one benchmark.

    ``accuracy`` and ``macro_f1`` are of the in-scope test messages; times are of one message at a
    time on one thread, with everything that understanding does. ``deep_share`` is the share that
    the fine-tuned encoder got in the average, of a deep benchmark.
    """

    train_messages: int
    test_messages: int
    intents: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    macro_f1: float
    calibration_error: float
    out_of_scope_auroc: float | None
    out_of_scope_recall: float | None
    out_of_scope_fpr_at_95: float | None
    in_scope_refused: float
    deep_share: float | None
    train_seconds: float
    p50_ms: float
    p99_ms: float


def run_benchmark(
    encoders: Sequence[Encoder],
    train: Sequence[Labelled],
    test: Sequence[Labelled],
    *,
    out_of_scope: str | None = None,
    seed: int = SEED,
    deep: Deep | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Benchmark:
    """Train on ``train`` and measure on ``test``.

    Messages labelled ``out_of_scope`` are taken out of the training data, so that out-of-scope is
    told apart without an example, as on a brand's first day. ``deep`` fine-tunes an encoder too.

    Raises:
        DeepModeError: the deep mode lacks a library.
    """
    known = tuple(row for row in train if row.label != out_of_scope)
    asked = [replace(row, label=OUT_OF_SCOPE) if row.label == out_of_scope else row for row in test]
    if deep is not None:
        deep.tuner.libraries()  # told before anything takes time
    started = time.perf_counter()
    built = build(_corpus(known), *encoders, seed=seed, progress=progress)
    with tempfile.TemporaryDirectory() as scratch:
        if deep is not None:
            built = deepen(
                built, encoders, deep, scratch=Path(scratch), seed=seed, progress=progress
            )
        folder = Path(scratch) / "version"
        write_artefacts(folder, built, encoders)
        seconds = time.perf_counter() - started
        understander = Understander.of_folder(folder, *encoders, version="benchmark")
        times: list[float] = []

        def note(done: int) -> None:
            times.append(time.perf_counter())
            progress("reading test messages", done, len(asked))

        times.append(time.perf_counter())
        predictions = predict(understander, asked, progress=note)
    inside = figures([p for p in predictions if p.truth != OUT_OF_SCOPE], measured_on="in scope")
    every = figures(predictions, measured_on="test")
    each = np.diff(times) * 1000
    return Benchmark(
        train_messages=len(known),
        test_messages=len(asked),
        intents=len({row.label for row in known}),
        accuracy=inside.accuracy,
        accuracy_low=inside.accuracy_low,
        accuracy_high=inside.accuracy_high,
        macro_f1=inside.macro_f1,
        calibration_error=inside.calibration_error,
        out_of_scope_auroc=every.out_of_scope_auroc,
        out_of_scope_recall=every.out_of_scope_recall,
        out_of_scope_fpr_at_95=every.out_of_scope_fpr_at_95,
        in_scope_refused=every.in_scope_refused,
        deep_share=None if built.deep is None else built.deep.record.share,
        train_seconds=round(seconds, 1),
        p50_ms=round(float(np.percentile(each, 50)), 2),
        p99_ms=round(float(np.percentile(each, 99)), 2),
    )


def _corpus(rows: Sequence[Labelled]) -> Corpus:
    return Corpus(
        intents=tuple(rows),
        topics=(),
        consent=(),
        sentiment=(),
        groups={},
        descriptions={},
        digest="",
    )

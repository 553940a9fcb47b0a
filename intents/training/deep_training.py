"""Adds a fine-tuned encoder to what was trained, and fits how its opinion counts.

The encoder that serves has seen every training message, so what it says of them is worth nothing
for calibration. It is therefore tuned twice: first without a fifth of the messages, of which
temperature, share and thresholds are learnt, then on all of them.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from intents.corpus.data import Labelled
from intents.encoders.encoder import Encoder
from intents.encoders.encoder_export import EXPORTED, export_encoder
from intents.encoders.weights import find_weights, sha256_of
from intents.reading.calibration import Integers
from intents.reading.deep import TunedModel
from intents.training.building import Built, DeepPart
from intents.training.deep_tuning import EPOCHS, Steps, TorchTuner, Tuner
from intents.training.examples import Progress
from intents.training.fitting import tuned_intent_parameters
from intents.training.heads import folds_of
from intents.versions.manifest import DeepRecord

HELD_OUT = 0.2
"""Share of the messages that calibration takes: whole writers where there are three or more."""

_MOST_HELD_OUT = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Deep:
    """The choices of the deep mode; ``models_dir`` is where an encoder's weights may lie."""

    models_dir: Path
    epochs: int = EPOCHS
    tuner: Tuner = field(default_factory=TorchTuner)


def tuned_encoder(encoders: Sequence[Encoder]) -> str:
    """Return which encoder is fine-tuned: the fast one of every tier, else the user's own.

    The accurate one would take ten times as long, and is far from the other's opinion as it is.
    """
    names = [encoder.name for encoder in encoders]
    return "fast" if "accurate" in names else names[0]


def held_out_rows(examples: Sequence[Labelled], *, seed: int) -> Integers:
    """Return the rows that calibration takes, about a fifth, whole writers where there are three.

    A writer with whom it would be more than a third is passed over.
    """
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=seed)
    random.Random(seed).shuffle(folds)
    taken: list[Integers] = []
    count = 0
    for fold in folds:
        if count >= HELD_OUT * len(examples):
            break
        if count + len(fold) <= _MOST_HELD_OUT * len(examples):
            taken.append(fold)
            count += len(fold)
    return np.sort(np.concatenate(taken or [min(folds, key=len)]))


def deepen(
    built: Built,
    encoders: Sequence[Encoder],
    deep: Deep,
    *,
    scratch: Path,
    seed: int,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Built:
    """Return what was built with a fine-tuned encoder, whose files are left in ``scratch``.

    Raises:
        DeepModeError: torch is missing.
        WeightsError: the weights of the encoder to tune are missing or wrong.
    """
    examples, labels = built.examples.intents, built.parameters.intents.labels
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    every = np.arange(len(examples))
    held = held_out_rows(examples, seed=seed)
    work = _Work(deep, tuned_encoder(encoders), [e.text for e in examples], truth, len(labels))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=scratch) as trial:
        work.tune(
            np.setdiff1d(every, held),
            Path(trial),
            seed=seed,
            progress=_steps(progress, "fine-tuning, 1 of 2: without a fifth, to calibrate"),
        )
        model = TunedModel.read(Path(trial), threads=encoders[0].threads)
        logits = model.logits([examples[row].text for row in held])
    between = time.perf_counter()
    folder = Path(tempfile.mkdtemp(dir=scratch, prefix="deep-"))
    work.tune(every, folder, seed=seed, progress=_steps(progress, "fine-tuning, 2 of 2: to serve"))
    tuning_seconds = time.perf_counter() - between
    intents = tuned_intent_parameters(
        built.parameters.intents, built.evidence.intents.scores[held], logits, truth[held]
    )
    record = DeepRecord(
        tuned=work.encoder,
        epochs=deep.epochs,
        messages=len(examples),
        held_out=len(held),
        share=0.0 if intents.tuned is None else round(intents.tuned.weight, 2),
        calibration_seconds=round(between - began, 1),
        tuning_seconds=round(tuning_seconds, 1),
    )
    return replace(
        built,
        parameters=replace(built.parameters, intents=intents),
        deep=DeepPart(folder=folder, held_out=held, logits=logits, record=record),
    )


def _steps(progress: Progress, stage: str) -> Steps:
    return lambda done, total: progress(stage, done, total)


@dataclass(frozen=True, slots=True)
class _Work:
    """What both fine-tunings share: the encoder's name, all messages, their classes."""

    deep: Deep
    encoder: str
    texts: Sequence[str]
    truth: Integers
    labels: int

    def tune(self, rows: Integers, target: Path, *, seed: int, progress: Steps) -> None:
        """Tune on these rows, and write what serving needs into ``target``."""
        with tempfile.TemporaryDirectory(dir=target) as scratch:
            weights = find_weights(self.encoder, self.deep.models_dir, scratch=Path(scratch))
            tuned, exported = Path(scratch) / "tuned", Path(scratch) / "exported"
            exported.mkdir()
            head = self.deep.tuner.tune(
                weights.folder,
                [self.texts[row] for row in rows],
                self.truth[rows],
                labels=self.labels,
                target=tuned,
                seed=seed,
                epochs=self.deep.epochs,
                progress=progress,
            )
            export_encoder(
                tuned,
                exported,
                name=f"{self.encoder}, fine-tuned",
                weights_sha256=sha256_of(tuned / "model.safetensors"),
            )
            for name in EXPORTED:
                (exported / name).replace(target / name)
        head.write(target)

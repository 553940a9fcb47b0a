"""Trains a version from the training data."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from intents.corpus.data import Corpus, load_corpus
from intents.encoders.encoder import Encoder
from intents.errors import GateError, TrainingDataError
from intents.figures.metrics import write_predictions
from intents.figures.neighbours import VECTORS, write_vectors
from intents.reading.deep import DEEP_FOLDER
from intents.reading.deep import FILES as DEEP_FILES
from intents.reading.likeness import write_likeness
from intents.reading.readers import ACCURATE_FOLDER, Encoders, open_reader
from intents.reading.scoring import ARRAYS, LIKENESS, VOCABULARY
from intents.reading.second_reader import SecondReader
from intents.training import seconding
from intents.training.building import Built, build
from intents.training.card import render_card
from intents.training.deep_training import Deep, deepen
from intents.training.examples import Progress
from intents.training.measuring import measure, out_of_fold_predictions
from intents.training.parts_training import train_parts
from intents.training.recipe import describe, is_current
from intents.versions.manifest import FORMS, Manifest
from intents.versions.registry import CARD, METRICS, PARAMETERS, PREDICTIONS, Registry

__all__ = ["SEED", "build", "ensure_trained", "train", "write_artefacts"]

SEED = 0


def train(
    *,
    training_data: Path,
    models_dir: Path,
    labels: Path | None = None,
    encoder: str = "fast",
    name: str | None = None,
    seed: int = SEED,
    threads: int = 2,
    deep: Deep | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Manifest:
    """Train a version; on unchanged data return the version that is there already.

    ``labels`` is the folder of labels that people gave to live messages, if there is one. ``deep``
    fine-tunes an encoder too.

    Raises:
        TrainingDataError: the data is wrong.
        WeightsError: the encoder's weights are missing or wrong.
        DeepModeError: the deep mode lacks a library.
    """
    if deep is not None:
        deep.tuner.libraries()  # told before anything takes time
    progress("reading training data", 0, 0)
    corpus = load_corpus(training_data, labels=labels)
    _check(corpus, training_data)
    registry = Registry(models_dir)
    encoders = Encoders(models_dir, threads=threads)
    models = encoders.of(encoder)
    usual = encoder if deep is None else f"{encoder}-deep"
    manifest = describe(corpus, models, encoder=encoder, name=name or usual, seed=seed, deep=deep)
    folder = registry.path(manifest.version)
    if (folder / "manifest.json").is_file():
        return registry.verify(manifest.version)
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".training-") as scratch:
        draft = Path(scratch) / manifest.version
        draft.mkdir()
        started = time.perf_counter()
        second = encoders.second() if seconding.fits(corpus) else None
        built = build(corpus, *models, seed=seed, second=second, progress=progress)
        if deep is not None:
            built = deepen(built, models, deep, scratch=Path(scratch), seed=seed, progress=progress)
        progress("writing the version", 0, 0)
        seconds = round(time.perf_counter() - started, 1)
        sealed = _write(draft, registry, manifest, built, models, second, seconds=seconds)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    return sealed


def ensure_trained(
    *,
    models_dir: Path,
    training_data: Path,
    labels: Path | None = None,
    encoder: str = "fast",
    progress: Progress = lambda _stage, _done, _total: None,
) -> str:
    """Return the active version; train and promote one first if the data changed or none is there.

    A new version that the gate refuses stays inactive, and the active one goes on serving. One in
    an older form, which this program cannot run, makes way without being asked. A deep version
    that is up to date is left in place, but none is trained here: that would take an hour.
    """
    from intents.corpus.data import data_digest
    from intents.evaluation.promotion import promote

    registry = Registry(models_dir)
    current = registry.active().version
    if current is not None:
        manifest = registry.verify(current)
        unchanged = manifest.data_sha256 == data_digest(training_data, labels=labels)
        if unchanged and manifest.encoder == encoder and is_current(manifest):
            Encoders(models_dir).of(encoder)
            return current
        if manifest.recipe.get("form") not in FORMS:
            current = None
    made = train(
        training_data=training_data,
        models_dir=models_dir,
        labels=labels,
        encoder=encoder,
        progress=progress,
    )
    try:
        promote(
            registry,
            made.version,
            by="make run",
            force=current is None,
            written_test=training_data / "test",
            progress=progress,
        )
    except GateError as refusal:
        if current is None:
            raise
        progress(f"{refusal} {current} stays active", 0, 0)
        return current
    return made.version


def _check(corpus: Corpus, folder: Path) -> None:
    counts = Counter(row.label for row in corpus.intents)
    if len(counts) < 2:  # noqa: PLR2004 - a classifier takes two classes
        raise TrainingDataError("at least two intents are needed", path=folder)
    few = [label for label, count in counts.items() if count < 2]  # noqa: PLR2004
    if few:
        raise TrainingDataError(
            f"too few utterances to learn from: {', '.join(sorted(few))}", path=folder
        )


def write_artefacts(
    folder: Path,
    built: Built,
    encoders: Sequence[Encoder],
    second: SecondReader | None = None,
) -> None:
    """Write what serving needs; what reads several wishes is fitted on what has been written."""
    for place, model in zip((folder, folder / ACCURATE_FOLDER), built.models, strict=False):
        place.mkdir(parents=True, exist_ok=True)
        model.arrays.write(place)
        write_likeness(model.messages, place / LIKENESS)
    if built.deep is not None:
        shutil.copytree(built.deep.folder, folder / DEEP_FOLDER)
    reader = open_reader(folder, encoders, built.parameters, second)
    several = train_parts(built.corpus.several, reader, built.parameters)
    replace(built.parameters, parts=several).write(folder / PARAMETERS)


def _write(
    folder: Path,
    registry: Registry,
    manifest: Manifest,
    built: Built,
    encoders: Sequence[Encoder],
    second: SecondReader | None,
    *,
    seconds: float,
) -> Manifest:
    write_artefacts(folder, built, encoders, second)
    metrics = measure(built, train_seconds=seconds)
    metrics.write(folder / METRICS)
    write_vectors(built.models[0].vectors, folder / VECTORS)
    write_predictions(out_of_fold_predictions(built), folder / PREDICTIONS)
    made = manifest if built.deep is None else replace(manifest, deep=built.deep.record)
    (folder / CARD).write_text(render_card(made, metrics), encoding="utf-8")
    return registry.seal(folder, made, _artefacts(built))


def _artefacts(built: Built) -> list[str]:
    names = [ARRAYS, VOCABULARY, LIKENESS, PARAMETERS]
    if len(built.models) > 1:
        names += [f"{ACCURATE_FOLDER}/{name}" for name in (ARRAYS, VOCABULARY, LIKENESS)]
    if built.deep is not None:
        names += [f"{DEEP_FOLDER}/{name}" for name in DEEP_FILES]
    return names

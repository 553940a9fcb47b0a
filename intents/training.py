"""Trains a version from the training data."""

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version as library_version
from pathlib import Path

from intents import features, kernel, mixing, parts, thresholds
from intents.building import Built, build
from intents.card import render_card
from intents.data import Corpus, load_corpus
from intents.encoder import Encoder
from intents.errors import GateError, TrainingDataError
from intents.examples import CALM_INTENTS, Progress
from intents.likeness import write_likeness
from intents.measuring import measure, out_of_fold_predictions
from intents.metrics import write_predictions
from intents.neighbours import VECTORS, write_vectors
from intents.parts_training import train_parts
from intents.readers import ACCURATE_FOLDER, Encoders, open_reader, weights_of
from intents.registry import (
    CARD,
    FORM,
    METRICS,
    PARAMETERS,
    PREDICTIONS,
    Manifest,
    Registry,
)
from intents.scoring import ARRAYS, LIKENESS, VOCABULARY
from intents.signs import SIGNS

__all__ = ["SEED", "build", "describe", "ensure_trained", "recipe", "train", "write_artefacts"]

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
    progress: Progress = lambda _stage, _done, _total: None,
) -> Manifest:
    """Train a version; on unchanged data return the version that is there already.

    ``labels`` is the folder of labels that people gave to live messages, if there is one.

    Raises:
        TrainingDataError: the data is wrong.
        WeightsError: the encoder's weights are missing or wrong.
    """
    progress("reading training data", 0, 0)
    corpus = load_corpus(training_data, labels=labels)
    _check(corpus, training_data)
    registry = Registry(models_dir)
    models = Encoders(models_dir, threads=threads).of(encoder)
    manifest = describe(corpus, models, encoder=encoder, name=name or encoder, seed=seed)
    folder = registry.path(manifest.version)
    if (folder / "manifest.json").is_file():
        return registry.verify(manifest.version)
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".training-") as scratch:
        draft = Path(scratch) / manifest.version
        draft.mkdir()
        started = time.perf_counter()
        built = build(corpus, *models, seed=seed, progress=progress)
        progress("writing the version", 0, 0)
        seconds = round(time.perf_counter() - started, 1)
        sealed = _write(draft, registry, manifest, built, models, seconds=seconds)
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
    an older form, which this program cannot run, makes way without being asked.
    """
    from intents.data import data_digest
    from intents.promotion import promote

    registry = Registry(models_dir)
    current = registry.active().version
    if current is not None:
        manifest = registry.verify(current)
        unchanged = manifest.data_sha256 == data_digest(training_data, labels=labels)
        if unchanged and manifest.encoder == encoder and manifest.recipe == recipe():
            Encoders(models_dir).of(encoder)
            return current
        if manifest.recipe.get("form") != FORM:
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
        "signs": _number_of("".join(f"{name}{sign.pattern}" for name, sign in SIGNS.items())),
        "ridge": kernel.RIDGE,
        "topic_precision": thresholds.TOPIC_PRECISION,
        "obeyed_wrongly": thresholds.OBEYED_WRONGLY,
        "asked_needlessly": thresholds.ASKED_NEEDLESSLY,
        "one_for_several": parts.ONE_TAKEN_FOR_SEVERAL,
        "asked": mixing.INTENTS_ASKED,
        "calm_asked": mixing.CALM_ASKED,
        "calm_intents": _number_of(" ".join(sorted(CALM_INTENTS))),
    }


def _number_of(text: str) -> float:
    """A number that changes with the text, for the recipe."""
    return float(int(sha256(text.encode()).hexdigest()[:8], 16))


def describe(
    corpus: Corpus, encoders: Sequence[Encoder], *, encoder: str, name: str, seed: int
) -> Manifest:
    """Return the manifest of what would be trained; its version is the hash of the makings."""
    libraries = {lib: library_version(lib) for lib in ("numpy", "scipy", "onnxruntime")}
    weights = weights_of(encoders)
    forms = [each.card.form for each in encoders]
    makings = [corpus.digest, weights, forms, seed, recipe(), libraries]
    digest = sha256(json.dumps(makings, sort_keys=True).encode()).hexdigest()
    return Manifest(
        version=f"{name}-{digest[:8]}",
        encoder=encoder,
        weights_sha256=weights,
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
            "several": len(corpus.several),
        },
    )


def write_artefacts(folder: Path, built: Built, encoders: Sequence[Encoder]) -> None:
    """Write what serving needs; what reads several wishes is fitted on what has been written."""
    for place, model in zip((folder, folder / ACCURATE_FOLDER), built.models, strict=False):
        place.mkdir(parents=True, exist_ok=True)
        model.arrays.write(place)
        write_likeness(model.messages, place / LIKENESS)
    reader = open_reader(folder, encoders, built.parameters)
    several = train_parts(built.corpus.several, reader, built.parameters)
    replace(built.parameters, parts=several).write(folder / PARAMETERS)


def _write(
    folder: Path,
    registry: Registry,
    manifest: Manifest,
    built: Built,
    encoders: Sequence[Encoder],
    *,
    seconds: float,
) -> Manifest:
    write_artefacts(folder, built, encoders)
    metrics = measure(built, train_seconds=seconds)
    metrics.write(folder / METRICS)
    write_vectors(built.models[0].vectors, folder / VECTORS)
    write_predictions(out_of_fold_predictions(built), folder / PREDICTIONS)
    (folder / CARD).write_text(render_card(manifest, metrics), encoding="utf-8")
    names = [ARRAYS, VOCABULARY, LIKENESS, PARAMETERS]
    if len(built.models) > 1:
        names += [f"{ACCURATE_FOLDER}/{name}" for name in (ARRAYS, VOCABULARY, LIKENESS)]
    return registry.seal(folder, manifest, names)

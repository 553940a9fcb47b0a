"""What a version is made of: the choices of training, and the name that follows from them."""

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version as library_version

from intents.corpus.data import Corpus
from intents.encoders.encoder import Encoder
from intents.reading import features, foreign, parts, second_reader
from intents.reading.readers import weights_of
from intents.reading.signs import SIGNS
from intents.training import deep_tuning, kernel, mixing_bounds, seconding, thresholds
from intents.training.deep_training import HELD_OUT, Deep, tuned_encoder
from intents.training.examples import CALM_INTENTS
from intents.versions.manifest import DEEP_FORM, FORM, Manifest


def recipe(*, epochs: int | None = None) -> dict[str, float]:
    """Return every choice that makes another model of the same data.

    ``epochs`` is that of the deep mode; None for a version without it.
    """
    plain = {
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
        "endings": _number_of(foreign.ENDINGS),
        "one_for_several": parts.ONE_TAKEN_FOR_SEVERAL,
        "asked": mixing_bounds.INTENTS_ASKED,
        "calm_asked": mixing_bounds.CALM_ASKED,
        "second_reader": _number_of(second_reader.layers_sha256()),
        "second_asked": seconding.CALM_ASKED,
        "calm_intents": _number_of(" ".join(sorted(CALM_INTENTS))),
    }
    return plain if epochs is None else plain | _deep_recipe(epochs)


def _deep_recipe(epochs: int) -> dict[str, float]:
    return {
        "form": DEEP_FORM,
        "deep_epochs": epochs,
        "deep_batch": deep_tuning.BATCH,
        "deep_layer_rate": deep_tuning.LAYER_RATE,
        "deep_head_rate": deep_tuning.HEAD_RATE,
        "deep_warm_up": deep_tuning.WARM_UP,
        "deep_weight_decay": deep_tuning.WEIGHT_DECAY,
        "deep_scale": deep_tuning.SCALE,
        "deep_gradient": deep_tuning.MOST_GRADIENT,
        "deep_held_out": HELD_OUT,
    }


def is_current(manifest: Manifest) -> bool:
    """Whether a version was made as training would make one of its kind now."""
    epochs = None if manifest.deep is None else manifest.deep.epochs
    return manifest.recipe == recipe(epochs=epochs)


def _number_of(text: str) -> float:
    """A number that changes with the text, for the recipe."""
    return float(int(sha256(text.encode()).hexdigest()[:8], 16))


def describe(
    corpus: Corpus,
    encoders: Sequence[Encoder],
    *,
    encoder: str,
    name: str,
    seed: int,
    deep: Deep | None = None,
) -> Manifest:
    """Return the manifest of what would be trained; its version is the hash of the makings.

    Raises:
        DeepModeError: the deep mode lacks a library.
    """
    libraries = {lib: library_version(lib) for lib in ("numpy", "scipy", "onnxruntime")}
    choices = recipe(epochs=deep.epochs if deep else None)
    weights = weights_of(encoders)
    makings = [corpus.digest, weights, [each.card.form for each in encoders], seed, choices]
    if deep is not None:
        libraries |= deep.tuner.libraries()
        makings.append(tuned_encoder(encoders))
    return Manifest(
        version=f"{name}-{_digest([*makings, libraries])[:8]}",
        encoder=encoder,
        weights_sha256=weights,
        data_sha256=corpus.digest,
        seed=seed,
        recipe=choices,
        libraries=libraries,
        intents=tuple(sorted({row.label for row in corpus.intents})),
        topics=tuple(sorted({topic for row in corpus.topics for topic in row.topics})),
        messages=_counts(corpus),
    )


def _digest(makings: Sequence[object]) -> str:
    return sha256(json.dumps(makings, sort_keys=True).encode()).hexdigest()


def _counts(corpus: Corpus) -> dict[str, int]:
    return {
        "intents": len(corpus.intents),
        "topics": len(corpus.topics),
        "consent": len(corpus.consent),
        "sentiment": len(corpus.sentiment),
        "several": len(corpus.several),
    }

"""Runs all heads of a version on one message: NumPy only, neither scikit-learn nor scipy."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from intents.errors import VersionError
from intents.reading.calibration import Floats
from intents.reading.features import Projection, Space, embedding_kernel
from intents.reading.likeness import Likeness
from intents.reading.ngrams import Block, Ngrams

NEIGHBOURS = 5
"""How many of the nearest training messages tell whether a message is of a known kind (issue 3)."""

_BATCH = 64
"""Messages scored together: their likeness to 16,000 training messages takes 4 MB."""

ARRAYS = "arrays.npz"
VOCABULARY = "vocabulary.json"
LIKENESS = "likeness.onnx"


@dataclass(frozen=True, slots=True)
class Raw:
    """What the heads say of one message.

    ``scores (outputs,)``, and the mean cosine similarity to its five nearest in-scope training
    messages. ``tuned (intents,)`` are the logits of a deep version's fine-tuned encoder.
    """

    scores: Floats
    nearness: float
    tuned: Floats | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """The trained arrays, of ``n`` training messages in the space.

    ``alpha (n, outputs)`` weighs the likeness to each, ``gram_weights (vocabulary, outputs)
    float16`` the n-grams; ``offset (outputs,)`` is added. ``lengths`` are those of the first
    messages in the space: the in-scope ones.
    """

    space: Space
    alpha: Floats
    gram_weights: NDArray[np.float16]
    offset: Floats
    lengths: Floats

    def write(self, folder: Path) -> None:
        """Write the arrays and the vocabulary."""
        ngrams = self.space.ngrams
        np.savez(
            folder / ARRAYS,
            mean=self.space.projection.mean,
            components=self.space.projection.components,
            word_idf=ngrams.words.idf,
            char_idf=ngrams.chars.idf,
            alpha=self.alpha,
            gram_weights=self.gram_weights,
            offset=self.offset,
            lengths=self.lengths,
        )
        body = {
            "words": list(ngrams.words.places),
            "chars": list(ngrams.chars.places),
            "scales": ngrams.scales,
        }
        (folder / VOCABULARY).write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read them.

        Raises:
            VersionError: a file is missing or broken.
        """
        try:
            with np.load(folder / ARRAYS, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            body = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
            return cls._of(arrays, body)
        except (OSError, ValueError, KeyError) as error:
            raise VersionError(
                f"The version in {folder} is broken: {error}",
                hint="Train again: textwise intents train",
            ) from None

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[np.float32]], body: dict[str, list[str]]) -> Self:
        def block(kind: str, grams: list[str]) -> Block:
            return Block(kind, {gram: i for i, gram in enumerate(grams)}, arrays[f"{kind}_idf"])

        word_scale, char_scale, sign_scale = (float(scale) for scale in body["scales"])
        ngrams = Ngrams(
            block("word", body["words"]),
            block("char", body["chars"]),
            (word_scale, char_scale, sign_scale),
        )
        return cls(
            space=Space(Projection(arrays["mean"], arrays["components"]), ngrams),
            alpha=arrays["alpha"],
            gram_weights=arrays["gram_weights"].astype(np.float16, copy=False),
            offset=arrays["offset"],
            lengths=arrays["lengths"],
        )


@dataclass(frozen=True, slots=True)
class Scorer:
    """A version's heads together with the likeness to its training messages."""

    heads: Heads
    likeness: Likeness

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read both from a version's folder.

        Raises:
            VersionError: a file is missing or broken.
        """
        return cls(Heads.read(folder), Likeness.read(folder / LIKENESS))

    def score(self, pooled: Floats, texts: Sequence[str]) -> list[Raw]:
        """Score messages; ``pooled`` is ``(n, 3, dimension)`` from the encoder."""
        found: list[Raw] = []
        for start in range(0, len(texts), _BATCH):
            stop = start + _BATCH
            found += self._score(pooled[start:stop], texts[start:stop])
        return found

    def _score(self, pooled: Floats, texts: Sequence[str]) -> list[Raw]:
        heads = self.heads
        projected = heads.space.projection(pooled)
        products = self.likeness(projected)
        nearness = self._nearness(products, projected)
        scores = embedding_kernel(products) @ heads.alpha + heads.offset
        for row, text in enumerate(texts):
            where, weights = heads.space.ngrams.weigh(text)
            scores[row] += weights @ heads.gram_weights[where].astype(np.float32)
        return [Raw(row, float(near)) for row, near in zip(scores, nearness, strict=True)]

    def _nearness(self, products: Floats, projected: Floats) -> Floats:
        lengths = self.heads.lengths
        cosines = products[:, : len(lengths)] / lengths
        count = min(NEIGHBOURS, cosines.shape[1])
        if count == 0:
            return np.zeros(len(products), np.float32)
        best = np.partition(cosines, -count, axis=1)[:, -count:]
        length = np.linalg.norm(projected, axis=1)
        return np.asarray(best.mean(axis=1) / np.maximum(length, 1e-6), np.float32)

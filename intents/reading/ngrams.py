"""Word and character n-grams of a text, weighted by TF-IDF, and its signs beside them.

The same code counts for training and for serving, so both always agree; scikit-learn's
``TfidfVectorizer`` gives the same numbers (a test compares them), at an import of two seconds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from intents.normalise import clean, fold
from intents.reading.signs import SIGNS, signs

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_WORD = re.compile(r"\w+|[^\w\s]")
_CHARS_SHORTEST, _CHARS_LONGEST = 2, 5
LEAST_TEXTS = {"word": 1, "char": 2}
"""An n-gram counts only if so many training texts hold it."""


def word_grams(folded: str) -> Iterator[str]:
    """Yield each word or sign, and each pair of neighbours."""
    words: list[str] = _WORD.findall(folded)
    yield from words
    for left, right in pairwise(words):
        yield f"{left} {right}"


def char_grams(folded: str) -> Iterator[str]:
    """Yield the character n-grams within words, a blank at either end of each word.

    A word shorter than n yields itself once and nothing longer, as in scikit-learn's ``char_wb``.
    """
    for word in folded.split():
        padded = f" {word} "
        length = len(padded)
        for size in range(_CHARS_SHORTEST, _CHARS_LONGEST + 1):
            if size >= length:
                yield padded
                break
            for start in range(length - size + 1):
                yield padded[start : start + size]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of n-gram: the place of each in the vocabulary, and its idf."""

    kind: str
    places: dict[str, int]
    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, kind: str, texts: Sequence[str]) -> Self:
        """Count over folded texts. ``idf = ln((1 + n) / (1 + df)) + 1``."""
        found: Counter[str] = Counter()
        for text in texts:
            found.update(set(_GRAMS[kind](text)))
        kept = sorted(gram for gram, texts_with in found.items() if texts_with >= LEAST_TEXTS[kind])
        counts = np.array([found[gram] for gram in kept], np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(kind, {gram: i for i, gram in enumerate(kept)}, idf.astype(np.float32))

    def weigh(self, folded: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return places and weights: ``(1 + ln tf) * idf``, of length 1 together."""
        places = self.places
        counts: dict[int, int] = {}
        for gram in _GRAMS[self.kind](folded):
            place = places.get(gram)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        where = np.fromiter(counts.keys(), np.int32, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        weights = (1 + np.log(often)) * self.idf[where]
        length = float(np.sqrt(weights @ weights))
        return where, (weights / length if length else weights)


_GRAMS = {"word": word_grams, "char": char_grams}


@dataclass(frozen=True, slots=True)
class Ngrams:
    """Words, characters and signs side by side, each part scaled by its own of ``scales``."""

    words: Block
    chars: Block
    scales: tuple[float, float, float]

    @classmethod
    def fit(cls, texts: Sequence[str], *, scales: tuple[float, float, float]) -> Self:
        """Fit both vocabularies; the signs are always the same."""
        folded = [fold(clean(text)) for text in texts]
        return cls(Block.fit("word", folded), Block.fit("char", folded), scales)

    def __len__(self) -> int:
        return len(self.words.places) + len(self.chars.places) + len(SIGNS)

    def weigh(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the places (words, then characters, then signs) and weights of one text."""
        folded = fold(clean(text))
        word_at, word_weight = self.words.weigh(folded)
        char_at, char_weight = self.chars.weigh(folded)
        sign_at = np.array(signs(folded), np.int32)
        # Together the signs have length 1, as the n-grams of each kind have.
        sign_weight = np.full(len(sign_at), 1 / max(len(sign_at), 1) ** 0.5)
        words, chars = len(self.words.places), len(self.chars.places)
        where = np.concatenate([word_at, char_at + words, sign_at + words + chars])
        parts = zip((word_weight, char_weight, sign_weight), self.scales, strict=True)
        weights = np.concatenate([weight * scale for weight, scale in parts])
        return where.astype(np.int32), weights.astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> "csr_matrix":
        """Return ``(n, len(self)) float32``, sparse. Needs scipy: for training only."""
        from scipy.sparse import csr_matrix

        rows = [self.weigh(text) for text in texts]
        ends = np.cumsum([0, *(len(where) for where, _ in rows)])
        where = np.concatenate([w for w, _ in rows]) if rows else np.empty(0, np.int32)
        weights = np.concatenate([v for _, v in rows]) if rows else np.empty(0, np.float32)
        matrix = csr_matrix((weights, where, ends), shape=(len(texts), len(self)))
        matrix.sort_indices()
        return matrix

"""Embedding similarity of sentences to a question, with the sentences' vectors remembered."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to ``(n, d) float32``, rows of length 1."""


class SentenceSimilarity:
    """Cosine similarities in [-1, 1]. A page's sentences recur, so each is encoded once.

    Args:
        encode: the encoder.
        remembered: sentences whose vectors are kept, the least used forgotten first; 20,000 of
            384 numbers take 31 MB.
        most_new: unseen sentences encoded for one question; the others count as 0, so that a
            cold start does not make a customer wait.
    """

    def __init__(self, encode: Encode, *, remembered: int = 20_000, most_new: int = 64) -> None:
        self._encode = encode
        self._remembered = remembered
        self._most_new = most_new
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Return the similarity of each sentence to the question."""
        asked = self._encode([question])[0]
        self.warm([s for s in dict.fromkeys(sentences) if s not in self._vectors][: self._most_new])
        with self._lock:
            found = [self._vectors.get(sentence) for sentence in sentences]
        return [0.0 if vector is None else float(vector @ asked) for vector in found]

    def warm(self, sentences: Sequence[str]) -> None:
        """Encode sentences ahead of time."""
        if not sentences:
            return
        vectors = self._encode(sentences)
        with self._lock:
            for sentence, vector in zip(sentences, vectors, strict=True):
                self._vectors[sentence] = vector
                self._vectors.move_to_end(sentence)
            while len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)

"""Which passages are looked at closely: a quick look at all of them, exact features for the best.

The quick look is a weighted sum of the passage's and its heading's similarity and of BM25. Large
collections are looked at in the few directions in which their vectors differ most, which takes a
quarter of the time; what is chosen so is compared in full.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import Index
from knowledge_base.lexical import LexicalScores
from knowledge_base.ports import Vectors

MOST_CANDIDATES = 80
"""Passages compared closely. In a trial with a like quick look the right one was among the first
60 for 93% of FeedbackQA's test questions, among the first 150 for 96%."""

MOST_ROUGH = 400
"""Passages whose similarities are worked out in full, of a large collection."""

LARGE = 3000
"""Passages from which on a quick look in fewer directions pays."""

DIRECTIONS = 64
"""A sixth of MiniLM's dimensions. Chosen for speed; what it misses of a large real collection has
not been measured."""


@dataclass(slots=True)
class _Rough:
    """Vectors turned so that the first directions tell most, and cut after them."""

    turn: Vectors
    passages: Vectors
    headings: Vectors


class Shortlist:
    """Picks the candidates of a question. Holds the index it picks from."""

    def __init__(self, index: Index) -> None:
        self._index = index
        if len(index.passages) >= LARGE:
            # Worked out now, so that no customer's question waits for it.
            _ = self._rough

    @cached_property
    def _rough(self) -> _Rough:
        index = self._index
        vectors = index.passage_vectors
        _, directions = np.linalg.eigh(vectors.T @ vectors)
        turn = np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS]).astype(np.float32)
        return _Rough(turn, vectors @ turn, index.heading_vectors @ turn)

    def pick(
        self, vector: Vectors, texts: LexicalScores, titles: LexicalScores
    ) -> NDArray[np.int64]:
        """Return the places of the candidates, in no order."""
        index, size = self._index, len(self._index.passages)
        words = 1.5 * texts.bm25 + 0.25 * texts.coverage + 0.25 * titles.coverage
        places = np.arange(size)
        if size >= LARGE:
            rough = self._rough
            turned = vector @ rough.turn
            likeness = rough.passages @ turned
            likeness += 0.6 * (rough.headings @ turned)[index.heading_of]
            places = _best(likeness + words, MOST_ROUGH)
        likeness = index.passage_vectors[places] @ vector
        likeness += 0.6 * (index.heading_vectors[index.heading_of[places]] @ vector)
        return places[_best(likeness + words[places], MOST_CANDIDATES)]


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]

"""How near a question's words come in meaning to any word of the knowledge.

"Is there an elevator" is answered by a page about the lift; "do you rent kayaks" is not by one
about bikes. A whole question's cosine hardly tells the two apart, its words do: alone they tell
answerable from unanswerable questions with an AUROC of .79, where the best cosine has .70
(``benchmarks/fit_answerability.py``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge_base.ports import EncoderLike, Vectors
from knowledge_base.question import Question
from knowledge_base.words import is_number, stem

MOST_REMEMBERED = 2000
"""Words of questions whose vectors are kept, so that a frequent one is encoded once."""

NEAR_FROM = 0.4
"""Cosine of two words from which on they count as near; a guess, not fitted."""

MOST_ENCODED = 8
"""Unknown words of one question that are encoded; a longer tail tells nothing more."""


@dataclass(slots=True)
class WordMeanings:
    """The knowledge's words with their vectors ``(n, d) float32``."""

    words: Sequence[str]
    vectors: Vectors
    encoder: EncoderLike
    _rows: dict[str, int] = field(init=False)
    _remembered: dict[str, Vectors] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rows = {stem(word): row for row, word in enumerate(self.words)}

    def nearness(self, question: Question, held: Collection[str] | None = None) -> dict[str, float]:
        """Return how near each stem of a question comes to the nearest word, in [-1, 1].

        ``held`` limits the words to these stems (what the best passages say); a stem among them
        comes to 1. Numbers are left out.
        """
        by_stem = {stem(word): word for word in question.words if not is_number(word)}
        rows = [self._rows[s] for s in held if s in self._rows] if held is not None else None
        known = self._rows.keys() if held is None else held
        asked = {s: word for s, word in by_stem.items() if s not in known}
        near = dict.fromkeys(by_stem, 1.0) | dict.fromkeys(asked, 0.0)
        vectors = self.vectors if rows is None else self.vectors[rows]
        found = self._vectors_of(asked)
        if found and len(vectors):
            best = (np.stack(list(found.values())) @ vectors.T).max(axis=1)
            near |= dict(zip(found, map(float, best), strict=True))
        return near

    def closeness(self, question: Question, held: Collection[str]) -> dict[str, dict[str, float]]:
        """Return for each stem of a question which of these stems come near to it, and how near.

        From 0 at a cosine of ``NEAR_FROM`` to 1; what is farther is left out, as are numbers.
        """
        asked = self.vectors_of(question)
        known = [s for s in held if s in self._rows]
        if not asked or not known:
            return {}
        cosines = np.stack(list(asked.values())) @ self.vectors[[self._rows[s] for s in known]].T
        near = np.clip((cosines - NEAR_FROM) / (1 - NEAR_FROM), 0.0, 1.0)
        return {
            term: {known[i]: float(row[i]) for i in np.flatnonzero(row)}
            for term, row in zip(asked, near, strict=True)
        }

    def vectors_of(self, question: Question) -> dict[str, Vectors]:
        """Return the vectors of a question's words by stem; numbers are left out."""
        return self._vectors_of({stem(w): w for w in question.words if not is_number(w)})

    def _vectors_of(self, asked: dict[str, str]) -> dict[str, Vectors]:
        """Return the vectors of words by stem; those the knowledge lacks are encoded."""
        unknown = [word for s, word in asked.items() if s not in self._rows][:MOST_ENCODED]
        new = [word for word in unknown if word not in self._remembered]
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.clear()
            new = unknown
        if new:
            self._remembered.update(zip(new, self.encoder.encode(new), strict=True))
        known = {s: self.vectors[self._rows[s]] for s in asked if s in self._rows}
        return known | {stem(word): self._remembered[word] for word in unknown}

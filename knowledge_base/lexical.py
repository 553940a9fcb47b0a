"""BM25 over stems, with the share of a question's words that a text holds, and spelling mended."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.words import is_number, stem, stems

Scores = NDArray[np.float32]

PAGE_K1, PAGE_B = 1.5, 0.75
"""BM25's usual constants (Robertson and Zaragoza 2009), for texts."""

HEADING_K1, HEADING_B = 1.2, 0.3
"""Headings are short and of like length: length counts less."""

_EMPTY = "\x00"
"""Stands in for a text without content words, which bm25s does not take."""


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Scores of every text, ``(n,) float32``.

    ``bm25`` (>= 0, divided by the question's total weight) and
    ``coverage``, the weighted share in [0, 1] of the question's words that the text holds.
    """

    bm25: Scores
    coverage: Scores


class LexicalIndex:
    """A BM25 index. Make one with ``build`` or ``load``."""

    def __init__(self, model: object, size: int) -> None:
        import bm25s

        if not isinstance(model, bm25s.BM25):
            raise TypeError("a bm25s.BM25 is needed")
        self._model = model
        self._terms: Mapping[str, int] = model.vocab_dict
        self._starts = np.asarray(model.scores["indptr"])
        self._texts = np.asarray(model.scores["indices"])
        self.size = size

    @classmethod
    def build(
        cls, texts: Sequence[str], *, k1: float = PAGE_K1, b: float = PAGE_B
    ) -> "LexicalIndex":
        """Index texts."""
        import bm25s

        model = bm25s.BM25(k1=k1, b=b)
        tokens = [stems(text) or [_EMPTY] for text in texts] or [[_EMPTY]]
        model.index(tokens, show_progress=False)
        return cls(model, len(texts))

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Load what ``save`` wrote."""
        import bm25s

        return cls(bm25s.BM25.load(str(folder), load_corpus=False, show_progress=False), size)

    def save(self, folder: Path) -> None:
        """Write the index to a folder (NumPy arrays and JSON)."""
        self._model.save(str(folder), show_progress=False)

    def weight(self, term: str) -> float:
        """Return how much a stem tells: its inverse document frequency (Lucene's form, > 0)."""
        count = len(self._texts_with(term))
        return float(np.log1p((self.size - count + 0.5) / (count + 0.5)))

    def __contains__(self, term: str) -> bool:
        return term in self._terms

    def score(self, terms: Iterable[str], weights: Mapping[str, float]) -> LexicalScores:
        """Score every text against a question's stems.

        ``weights`` are the stems' weights; a stem that no text holds still counts in the total,
        so that a question about something unheard-of covers less.
        """
        known = [term for term in terms if term in self._terms]
        total = sum(weights.values()) or 1.0
        coverage = np.zeros(self.size, np.float32)
        if not known:
            return LexicalScores(bm25=coverage, coverage=coverage)
        for term in set(known):
            coverage[self._texts_with(term)] += weights[term]
        bm25 = np.asarray(self._model.get_scores(known), np.float32)
        return LexicalScores(bm25=bm25 / np.float32(total), coverage=coverage / np.float32(total))

    def holding(self, term: str) -> NDArray[np.int32]:
        """Return the places of the texts that hold a stem."""
        return self._texts_with(term)

    @cached_property
    def _by_text(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The stems' numbers text by text: where each text's begin, and the numbers."""
        order = np.argsort(self._texts, kind="stable")
        numbers = np.repeat(
            np.arange(len(self._starts) - 1, dtype=np.int32), np.diff(self._starts)
        )[order]
        starts = np.searchsorted(self._texts[order], np.arange(self.size + 1))
        return starts.astype(np.int64), numbers

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The stems in the order of their numbers."""
        found = [""] * (max(self._terms.values(), default=-1) + 1)
        for term, number in self._terms.items():
            found[number] = term
        return tuple(found)

    def terms_of(self, text: int) -> NDArray[np.int32]:
        """Return the numbers of the stems that a text holds."""
        starts, numbers = self._by_text
        return numbers[starts[text] : starts[text + 1]]

    def _texts_with(self, term: str) -> NDArray[np.int32]:
        number = self._terms.get(term)
        # bm25s adds an empty word of its own to the vocabulary, without a posting list.
        if number is None or number + 1 >= len(self._starts):
            return np.empty(0, np.int32)
        return self._texts[self._starts[number] : self._starts[number + 1]]


class Speller:
    """Mends words that the knowledge does not hold but nearly does (``shiping``)."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._counts = {w: c for w, c in vocabulary.items() if not is_number(w)}
        self._stems = frozenset(map(stem, self._counts))
        self._spelt = {american(word): word for word in self._counts}
        self._by_length: dict[int, list[str]] = {}
        for word in self._counts:
            self._by_length.setdefault(len(word), []).append(word)

    def respelt(self, word: str) -> str:
        """Return the knowledge's other spelling of a word (``colour``), or the word itself."""
        if word in self._counts or is_number(word) or stem(word) in self._stems:
            return word
        return self._spelt.get(american(word), word)

    def mend(self, word: str) -> str:
        """Return the nearest word of the knowledge, or the word itself.

        One slip from five letters on, two from nine on; the first letter must agree, since people
        rarely miss it and a wrong mend is worse than none. Another form of a word is no slip.
        """
        known = word in self._counts or is_number(word) or stem(word) in self._stems
        if known or (word := self.respelt(word)) in self._counts:
            return word
        if len(word) < SHORTEST_MENDED:
            return self._turned(word)
        from rapidfuzz.distance import OSA

        slips = 2 if len(word) >= SHORTEST_MENDED_TWICE else 1
        near = [
            (distance, -self._counts[other], other)
            for length in range(len(word) - slips, len(word) + slips + 1)
            for other in self._by_length.get(length, ())
            if other[0] == word[0]
            and (distance := OSA.distance(word, other, score_cutoff=slips)) <= slips
        ]
        return min(near)[2] if near else word

    def _turned(self, word: str) -> str:
        """Mend two letters in the wrong order, or one written once for twice.

        Other slips are not sure in so short a word.
        """
        if len(word) < SHORTEST_TURNED:
            return word
        turned = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1)]
        doubled = [word[:i] + word[i] + word[i:] for i in range(1, len(word))]
        known = (w for w in (*turned, *doubled) if w in self._counts or w in _ASKING)
        return next(known, word)


@dataclass(frozen=True, slots=True)
class SparingSpeller:
    """A speller that leaves alone what is a word of the language: it is meant as it is written.

    Who asks for flour means no floor, though only floors are sold here.
    """

    speller: Speller
    is_word: Callable[[str], bool]

    def mend(self, word: str) -> str:
        """Return the word that a slip was meant for, or the word itself."""
        return self.speller.respelt(word) if self.is_word(word) else self.speller.mend(word)


_AMERICAN = tuple(
    (re.compile(british), other)
    for british, other in (
        (r"^tyre|(?<=[a-z])tyre", "tire"), (r"^grey", "gray"), (r"(?<=[tb])re(?=s?$)", "er"),
        (r"(?<=\w{3})our", "or"), (r"(?<=\w{3})(?:[iy]s|yz)(?=[ei])", "iz"),
        (r"^jewellery", "jewelry"), (r"(?<=\w{3})ll(?=[eio])", "l"), (r"(?<=\w{4})mme(?=s?$)", "m"),
        (r"(?<=\w)(?:ae|oe)(?=\w{4})", "e"), (r"(?<=\w{3})ence(?=s?$|d$)", "ense"),
        (r"(?<=\w{3})ogue(?=s?$)", "og"), (r"^mould", "mold"), (r"^cheque", "check"),
    )
)  # fmt: skip


@lru_cache(maxsize=50_000)
def american(word: str) -> str:
    """Return a word so that its British and its American spelling are the same."""
    for british, other in _AMERICAN:
        word = british.sub(other, word)
    return word


_ASKING = frozenset({"much", "when", "what", "does", "have", "your", "with", "open", "cost"})
"""Short words of questions, which pages need not hold."""
SHORTEST_TURNED = 4
SHORTEST_MENDED = 5
SHORTEST_MENDED_TWICE = 9

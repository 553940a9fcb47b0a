"""Which passages fit a question: a small trained model over dense and lexical features.

Plain reciprocal-rank fusion weighs both rankings alike wherever the question came from; it loses
where short questions meet FAQ questions (StackFAQ MRR .969 dense alone, .899 fused) and wins on
pages (issue 4). This model knows the kind of each passage, compares single sentences besides whole
passages, and sees each value also as its distance from the best candidate's. Its numbers stand in
``ranking.json``, fitted by ``benchmarks/fit_ranking.py``.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.candidates import Shortlist
from knowledge_base.index import Index
from knowledge_base.lexical import LexicalIndex
from knowledge_base.meanings import NEAR_FROM
from knowledge_base.ports import Vectors
from knowledge_base.question import Question
from knowledge_base.types import DocumentKind
from knowledge_base.words import stem

Scores = NDArray[np.float32]

MODEL_FILE = Path(__file__).with_name("ranking.json")

FEATURES = (
    "cosine",
    "sentence",
    "sentence_second",
    "leaf",
    "path",
    "bm25",
    "coverage",
    "heading_bm25",
    "heading_coverage",
    "sentence_coverage",
    "meanings",
    "heading_meanings",
    "page",
    "feedback",
)
"""Cosines in [-1, 1] of the passage, its nearest and second nearest sentence, the last part of its
heading and the whole path. Words: BM25 divided by the question's weight; shares in [0, 1] of that
weight which passage, heading or one sentence hold, and which they come near to in meaning. ``page``
is the best cosine of any candidate of the same page, ``feedback`` the cosine to the mean of the
best few candidates (pseudo-relevance feedback, Rocchio 1971)."""

FEW_WORDS = 6_000
"""Words of the knowledge up to which all are compared with the question's: gathering those of the
candidates takes as long."""

FEEDBACK_PASSAGES = 4
FEEDBACK_SHARPNESS = 8.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages looked at closely: their places, and their features ``(n, 14) float32``."""

    places: NDArray[np.int64]
    values: NDArray[np.float32]
    is_faq: NDArray[np.bool_]

    def column(self, name: str) -> Scores:
        """Return one feature of every candidate."""
        return self.values[:, FEATURES.index(name)]


@dataclass(frozen=True, slots=True)
class RankingModel:
    """One hidden layer beside a linear part: ``tanh(x A + b) v + x u`` over standardised values.

    ``x`` holds each feature, its distance from the best candidate's, and whether it is an FAQ
    entry. Fitted as a listwise softmax, so that differences of scores are log-odds.
    """

    mean: Scores
    scale: Scores
    hidden: NDArray[np.float32]
    offset: Scores
    out: Scores
    direct: Scores

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "RankingModel":
        """Read the numbers.

        Raises:
            ValueError: the file was fitted for other features.
        """
        values = json.loads(path.read_text(encoding="utf-8"))
        if tuple(values["features"]) != FEATURES:
            raise ValueError(f"{path} was fitted for other features; run the fit again.")
        names = ("mean", "scale", "hidden", "offset", "out", "direct")
        return cls(*(np.array(values[name], np.float32) for name in names))

    def score(self, candidates: Candidates) -> Scores:
        """Return each candidate's score, ``(n,) float32``; differences are log-odds."""
        if not len(candidates.places):
            return np.empty(0, np.float32)
        x = (inputs(candidates) - self.mean) / self.scale
        scores = np.tanh(x @ self.hidden + self.offset) @ self.out + x @ self.direct
        return scores.astype(np.float32)


def inputs(candidates: Candidates) -> NDArray[np.float32]:
    """Return what the model sees, ``(n, 29) float32``."""
    values = candidates.values
    behind = values - values.max(axis=0)
    return np.hstack([values, behind, candidates.is_faq[:, None]]).astype(np.float32)


class Ranker:
    """Finds candidates and works out their features. Holds the index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._shortlist = Shortlist(index)
        self._is_faq = np.array([p.kind is DocumentKind.FAQ for p in index.passages], bool)
        rows = {stem(word): row for row, word in enumerate(index.words)}
        self._text_rows = _rows_of_terms(index.texts, rows)
        self._title_rows = _rows_of_terms(index.titles, rows)

    def candidates(
        self, question: Question, vector: Vectors, asked: Vectors, weights: Scores
    ) -> Candidates:
        """Return the candidates for a question with its vector ``(d,)``.

        ``asked`` are the vectors ``(m, d)`` of its words, ``weights`` their weights.
        """
        index = self._index
        texts = index.texts.score(question.stems, question.weights)
        titles = index.titles.score(question.stems, question.weights)
        places = self._shortlist.pick(vector, texts, titles)
        vectors = index.passage_vectors[places]
        cosine = vectors @ vector
        best, second = self._sentences(places, vector)
        text_words = _held(places, index.texts, self._text_rows)
        title_words = _held(places, index.titles, self._title_rows)
        near = self._nearness(asked, (*text_words, *title_words))
        columns = {
            "cosine": cosine,
            "sentence": best,
            "sentence_second": second,
            "leaf": index.heading_vectors[index.leaf_of[places]] @ vector,
            "path": index.heading_vectors[index.heading_of[places]] @ vector,
            "bm25": texts.bm25[places],
            "coverage": texts.coverage[places],
            "heading_bm25": titles.bm25[places],
            "heading_coverage": titles.coverage[places],
            "sentence_coverage": self._sentence_coverage(question, places),
            "meanings": _meanings(near, weights, text_words),
            "heading_meanings": _meanings(near, weights, title_words),
            "page": _best_of_page(cosine, index.page_of[places]),
            "feedback": vectors @ _feedback(vectors, cosine + best + 0.3 * texts.bm25[places]),
        }
        values = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)
        return Candidates(places=places, values=values, is_faq=self._is_faq[places])

    def _rows(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the candidates' sentences, and where each candidate's begin."""
        starts = self._index.sentence_starts
        counts = starts[places + 1] - starts[places]
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        rows = (
            np.arange(counts.sum()) - np.repeat(begins, counts) + np.repeat(starts[places], counts)
        )
        return rows, begins

    def _sentences(self, places: NDArray[np.int64], vector: Vectors) -> tuple[Scores, Scores]:
        """Return each candidate's best and second best sentence cosine (0 if it has but one)."""
        if not len(places):
            return np.empty(0, np.float32), np.empty(0, np.float32)
        rows, begins = self._rows(places)
        cosines = self._index.sentence_vectors[rows] @ vector
        best = np.maximum.reduceat(cosines, begins)
        counts = np.diff([*begins, len(rows)])
        rest = np.where(cosines >= np.repeat(best, counts), np.float32(0.0), cosines)
        return best, np.maximum(np.maximum.reduceat(rest, begins), 0.0)

    def _nearness(self, asked: Vectors, held: Sequence[NDArray[np.int64]]) -> Scores:
        """Return how near each word asked comes to each held, ``(m, words + 1)`` in [0, 1].

        The last column stands for no word at all. Words that none of the texts holds may be 0.
        """
        words = self._index.word_vectors
        near = np.zeros((len(asked), len(words) + 1), np.float32)
        if len(asked) and len(words):
            if len(words) <= FEW_WORDS:
                near[:, :-1] = asked @ words.T
            else:
                distinct = np.unique(np.concatenate((np.empty(0, np.int64), *held)))
                near[:, distinct] = asked @ words[distinct].T
            near -= NEAR_FROM
            near /= 1 - NEAR_FROM
            np.clip(near, 0.0, 1.0, out=near)
        return near

    def _sentence_coverage(self, question: Question, places: NDArray[np.int64]) -> Scores:
        """Return the share of the question's weight in one sentence together with its heading."""
        if not len(places):
            return np.empty(0, np.float32)
        index = self._index
        rows, begins = self._rows(places)
        owners = np.repeat(np.arange(len(places)), np.diff([*begins, len(rows)]))
        held = np.zeros(len(rows), np.float32)
        for term, weight in question.weights.items():
            inside = np.zeros(index.sentences.size, bool)
            inside[index.sentences.holding(term)] = True
            above = np.zeros(index.titles.size, bool)
            above[index.titles.holding(term)] = True
            held += weight * (inside[rows] | above[places][owners])
        total = sum(question.weights.values()) or 1.0
        return (np.maximum.reduceat(held, begins) / total).astype(np.float32)


def _rows_of_terms(texts: LexicalIndex, rows: dict[str, int]) -> NDArray[np.int64]:
    """Return the row of each stem's word vector by the stem's number; -1 if it has none."""
    return np.array([rows.get(term, -1) for term in texts.terms], np.int64)


def _held(
    places: NDArray[np.int64], texts: LexicalIndex, rows: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Return the rows of the word vectors of each text's words."""
    found = [rows[texts.terms_of(int(place))] for place in places]
    return [held[held >= 0] for held in found]


def _meanings(near: Scores, weights: Scores, held: Sequence[NDArray[np.int64]]) -> Scores:
    """Return the share of the question's weight that texts with these words come near to."""
    if not len(near) or not held:
        return np.zeros(len(held), np.float32)
    # The column of zeros before each text's words: a text without any is near nothing.
    nothing = np.array([near.shape[1] - 1])
    columns = np.concatenate([part for rows in held for part in (nothing, rows)])
    counts = np.array([len(rows) + 1 for rows in held])
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    best = np.maximum.reduceat(near[:, columns], begins, axis=1)
    share: Scores = (weights @ best / (weights.sum() or 1.0)).astype(np.float32)
    return share


def _best_of_page(cosine: Scores, pages: NDArray[np.int64]) -> Scores:
    distinct, place = np.unique(pages, return_inverse=True)
    best = np.full(len(distinct), -1.0, np.float32)
    np.maximum.at(best, place, cosine)
    found: Scores = best[place]
    return found


def _feedback(vectors: Vectors, scores: Scores) -> Vectors:
    """Return the mean of the best few candidates' vectors, the better ones counting more."""
    if not len(scores):
        return np.zeros(vectors.shape[1], np.float32)
    best = np.argsort(-scores)[:FEEDBACK_PASSAGES]
    shares = np.exp(FEEDBACK_SHARPNESS * (scores[best] - scores[best[0]]))
    mean = shares @ vectors[best]
    length: np.float32 = np.linalg.norm(mean) or np.float32(1.0)
    unit: Vectors = (mean / length).astype(np.float32)
    return unit

"""The room's facade: questions in, passages and products out, with a probability beside them."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answerability import (
    JUDGED_CLOSELY,
    AnswerabilityModel,
    Evidence,
    features_of,
    stems_held,
)
from knowledge_base.catalogue import Catalogue
from knowledge_base.errors import CollectionError
from knowledge_base.index import Index, load_index
from knowledge_base.meanings import WordMeanings
from knowledge_base.ports import EncoderLike, Today, Vectors
from knowledge_base.question import dated, prepare
from knowledge_base.ranking import Features, rank
from knowledge_base.ranking import features_of as ranking_features
from knowledge_base.types import DocumentKind, Hit, Passage, Product, SearchResult
from knowledge_base.vectors import VectorStore, encoder_mark
from knowledge_base.words import stem, stems

JUDGED_HITS = 5
"""Answerability looks at so many hits, however few are asked for."""


class KnowledgeBase:
    """One collection, ready to answer. Safe to use from several threads."""

    def __init__(
        self,
        index: Index,
        *,
        version: str,
        encoder: EncoderLike,
        model: AnswerabilityModel,
        today: Today = date.today,
    ) -> None:
        self.version = version
        self.catalogue = Catalogue(index.products)
        self._index = index
        self._encoder = encoder
        self._model = model
        self._today = today
        self._meanings = WordMeanings(index.words, index.word_vectors, encoder)
        self._is_faq = np.array([p.kind is DocumentKind.FAQ for p in index.passages], bool)
        self._dated = any(p.valid_from or p.valid_until for p in index.passages)

    @classmethod
    def open(
        cls,
        *,
        home: Path,
        encoder: EncoderLike,
        chroma_url: str | None = None,
        collection: str | None = None,
        today: Today = date.today,
    ) -> "KnowledgeBase":
        """Open a collection, the newest one if none is named.

        Raises:
            CollectionError: there is none, or it was built with another encoder.
            VectorStoreError: Chroma cannot be opened.
        """
        store = VectorStore.open(home=home, chroma_url=chroma_url)
        there = store.collections()
        chosen = next((c for c in there if collection in (None, c.name)), None)
        if chosen is None:
            raise CollectionError(
                f"There is no knowledge index {collection!r}."
                if collection
                else "There is no knowledge index yet.",
                hint="Run `textwise kb ingest`.",
            )
        if chosen.encoder != encoder_mark(encoder):
            raise CollectionError(
                f"The knowledge index {chosen.name} was built with another encoder.",
                hint="Run `textwise kb ingest` to build it again with this one.",
            )
        index = load_index(chosen.name, store=store, home=home)
        model = AnswerabilityModel.load()
        return cls(index, version=chosen.name, encoder=encoder, model=model, today=today)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, in the order of the files."""
        return self._index.passages

    def search(self, question: str, *, k: int = 5, previous: str = "") -> SearchResult:
        """Find what answers a question; ``previous`` is the question of the turn before.

        Never raises for odd texts: a blank question finds nothing.
        """
        began = time.perf_counter()
        question = dated(question, self._today())
        hits, products, evidence = self.evidence_for(question, k=k, previous=previous)
        answerability, signs, weights = 0.0, dict[str, float](), dict[str, float]()
        if evidence is not None:
            asked = evidence.question
            weights = {word: asked.weights[stem(word)] for word in asked.words}
        if evidence is not None and (hits or products):
            signs = features_of(evidence)
            answerability = self._model.probability(signs)
        return SearchResult(
            question=question,
            hits=hits,
            products=products,
            answerability=answerability,
            took_ms=(time.perf_counter() - began) * 1000,
            signs=signs,
            word_weights=weights,
        )

    def evidence_for(
        self, question: str, *, k: int = 5, previous: str = ""
    ) -> tuple[tuple[Hit, ...], tuple[Product, ...], Evidence | None]:
        """Return hits, products and what answerability is judged by (the fit uses it too)."""
        asked = prepare(
            question, previous=previous, index=self._index.texts, speller=self._index.speller
        )
        if not any(character.isalnum() for character in asked.asked):
            return (), (), None
        vector = np.asarray(self._encoder.encode([asked.text])[0], np.float32)
        products = self.catalogue.look_up(
            asked.asked, previous=previous, similar=lambda: self._similarities(vector)
        )
        features = ranking_features(asked, vector, self._index)
        scores = rank(features, self._is_faq)
        best = self._best(scores, max(k, JUDGED_HITS))
        hits = tuple(self._hit(i, scores, features) for i in best)
        held = stems_held([hit.passage for hit in hits[:JUDGED_CLOSELY]], products)
        evidence = Evidence(
            question=asked,
            passages=[hit.passage for hit in hits],
            places=best,
            features=features,
            products=products,
            nearness=self._meanings.nearness(asked),
            nearness_to_best=self._meanings.nearness(asked, held),
        )
        return hits[:k], products, evidence

    def _similarities(self, vector: Vectors) -> list[float]:
        return [float(cosine) for cosine in self._index.product_vectors @ vector]

    def _best(self, scores: NDArray[np.float32], k: int) -> list[int]:
        """Return the places of the best k passages that hold today and do not repeat another."""
        today = self._today()
        best: list[int] = []
        said: list[frozenset[str]] = []
        # Some of the best repeat each other or are out of date, so look a little further.
        for i in _top(scores, 4 * k + 20):
            passage = self._index.passages[i]
            if self._dated and not passage.valid_on(today):
                continue
            content = frozenset(stems(passage.text))
            if any(_same(content, other) for other in said):
                continue
            best.append(i)
            said.append(content)
            if len(best) == k:
                break
        return best

    def _hit(self, i: int, scores: NDArray[np.float32], features: Features) -> Hit:
        return Hit(
            passage=self._index.passages[i],
            score=float(scores[i]),
            cosine=float(
                max(features.cosine[i], features.heading_cosine[i] if self._is_faq[i] else -1.0)
            ),
            bm25=float(features.bm25[i]),
        )


def _top(scores: NDArray[np.float32], count: int) -> list[int]:
    """Return the places of the highest scores, best first."""
    if len(scores) > count:
        some = np.argpartition(-scores, count)[:count]
        return [int(i) for i in some[np.argsort(-scores[some], kind="stable")]]
    return [int(i) for i in np.argsort(-scores, kind="stable")]


SAME_SHARE = 0.9
"""Passages whose content words overlap so far (Jaccard) say the same."""


def _same(one: Sequence[str] | frozenset[str], other: frozenset[str]) -> bool:
    both = len(other.intersection(one))
    return both >= SAME_SHARE * (len(one) + len(other) - both) and both > 0

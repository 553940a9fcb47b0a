"""The room's facade: questions in, passages and products out, with a probability beside them."""

import time
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
from knowledge_base.catalogue import LEAST_SIMILARITY, Catalogue
from knowledge_base.errors import CollectionError
from knowledge_base.index import FORMAT, Index, load_index
from knowledge_base.lexical import SparingSpeller
from knowledge_base.meanings import WordMeanings
from knowledge_base.opening_hours import as_searched, dated, dates_told
from knowledge_base.ports import EncoderLike, Today, Vectors
from knowledge_base.question import Question, mend_words, prepare, spell_out
from knowledge_base.ranking import Candidates, Ranker, RankingModel
from knowledge_base.types import EVERYBODY, Audience, Hit, Passage, Product, SearchResult
from knowledge_base.vectors import VectorStore, encoder_mark
from knowledge_base.words import stem

NEAR_PRODUCTS = 4
"""Rows that come nearest to a question in meaning; more take longer to read."""

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
        ranking: RankingModel,
        today: Today = date.today,
    ) -> None:
        self.version = version
        self.catalogue = Catalogue(index.products)
        self._index = index
        self._encoder = encoder
        self._model = model
        self._today = today
        self._dates_told = dates_told(passage.text for passage in index.passages)
        self._meanings = WordMeanings(index.words, index.word_vectors, encoder)
        self._speller = SparingSpeller(index.speller, encoder.is_word)
        self._ranking = ranking
        self._ranker = Ranker(index)
        self._limited = any(
            p.valid_from or p.valid_until or p.regions or p.tiers for p in index.passages
        )

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
        if chosen.form != FORMAT:
            raise CollectionError(
                f"The knowledge index {chosen.name} was made by another version of this program.",
                hint="Run `textwise kb ingest` to build it again.",
            )
        if chosen.encoder != encoder_mark(encoder):
            raise CollectionError(
                f"The knowledge index {chosen.name} was built with another encoder.",
                hint="Run `textwise kb ingest` to build it again with this one.",
            )
        index = load_index(chosen.name, store=store, home=home)
        return cls(
            index,
            version=chosen.name,
            encoder=encoder,
            model=AnswerabilityModel.load(),
            ranking=RankingModel.load(),
            today=today,
        )

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, in the order of the files."""
        return self._index.passages

    def search(
        self,
        question: str,
        *,
        k: int = 5,
        previous: str = "",
        audience: Audience = EVERYBODY,
    ) -> SearchResult:
        """Find what answers a question; ``previous`` is the question of the turn before.

        Pages limited to a region or tier are found only for an ``audience`` of it. Never raises
        for odd texts: a blank question finds nothing.
        """
        began = time.perf_counter()
        question = dated(question, self._today(), self._dates_told)
        hits, products, evidence = self.evidence_for(
            as_searched(question), k=k, previous=previous, audience=audience
        )
        answerability, signs, weights = 0.0, dict[str, float](), dict[str, float]()
        closeness = dict[str, dict[str, float]]()
        if evidence is not None:
            asked = evidence.question
            closeness = self._meanings.closeness(
                asked, stems_held([hit.passage for hit in hits], ())
            )
            weights = {word: asked.weights[stem(word)] for word in asked.words}
        if evidence is not None and (hits or products):
            signs = features_of(evidence)
            answerability = self._model.probability(signs)
        if not products and evidence is not None:
            # Only to be told that none is so: they do not make the question answerable.
            products = self.catalogue.missed_by(
                spell_out(evidence.question.asked), previous=previous
            )
        return SearchResult(
            question=question,
            mended=self.mended(question),
            hits=hits,
            products=products,
            answerability=answerability,
            took_ms=(time.perf_counter() - began) * 1000,
            signs=signs,
            word_weights=weights,
            closeness=closeness,
            alternatives=self.catalogue.alternatives(products, question),
            companions=self.catalogue.companions(products),
            near_products=() if evidence is None else self._near_products(evidence.vector),
        )

    def mended(self, text: str) -> str:
        """Return a text with the slips mended whose words this knowledge spells otherwise."""
        return mend_words(text, self._speller)

    def evidence_for(
        self, question: str, *, k: int = 5, previous: str = "", audience: Audience = EVERYBODY
    ) -> tuple[tuple[Hit, ...], tuple[Product, ...], Evidence | None]:
        """Return hits, products and what answerability is judged by (the fit uses it too)."""
        asked = prepare(question, previous=previous, index=self._index.texts, speller=self._speller)
        if not any(character.isalnum() for character in asked.asked):
            return (), (), None
        vector = np.asarray(self._encoder.encode([asked.text])[0], np.float32)
        products = self.catalogue.look_up(
            spell_out(asked.asked), previous=previous, similar=lambda: self._similarities(vector)
        )
        found = self.candidates_for(asked, vector)
        scores = self._ranking.score(found)
        best = self._best(scores, found, max(k, JUDGED_HITS), audience)
        hits = tuple(self._hit(i, scores, found) for i in best)
        held = stems_held([hit.passage for hit in hits[:JUDGED_CLOSELY]], products)
        evidence = Evidence(
            question=asked,
            passages=[hit.passage for hit in hits[:JUDGED_HITS]],
            places=best[:JUDGED_HITS],
            candidates=found,
            products=products,
            nearness=self._meanings.nearness(asked),
            nearness_to_best=self._meanings.nearness(asked, held),
            vector=vector,
        )
        return hits[:k], products, evidence

    def _near_products(self, vector: Vectors) -> tuple[Product, ...]:
        cosines = self._index.product_vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:NEAR_PRODUCTS]
        return tuple(self.catalogue.products[i] for i in best if cosines[i] >= LEAST_SIMILARITY)

    def _similarities(self, vector: Vectors) -> list[float]:
        return [float(cosine) for cosine in self._index.product_vectors @ vector]

    def candidates_for(self, asked: Question, vector: Vectors) -> Candidates:
        """Return the passages worth comparing with a question, with their features."""
        words = self._meanings.vectors_of(asked)
        weights = np.array([asked.weights[term] for term in words], np.float32)
        vectors = np.stack(list(words.values())) if words else np.empty((0, len(vector)))
        return self._ranker.candidates(asked, vector, vectors.astype(np.float32), weights)

    def _best(
        self, scores: NDArray[np.float32], found: Candidates, k: int, audience: Audience
    ) -> list[int]:
        """Return the best k candidates that hold today for who asks, and repeat no other."""
        today = self._today()
        best: list[int] = []
        said: list[frozenset[int]] = []
        for i in np.argsort(-scores, kind="stable"):
            passage = self._index.passages[found.places[i]]
            if self._limited and not (passage.valid_on(today) and passage.holds_for(audience)):
                continue
            content = self._index.said_by(int(found.places[i]))
            if any(_same(content, other) for other in said):
                continue
            best.append(int(i))
            said.append(content)
            if len(best) == k:
                break
        return best

    def _hit(self, i: int, scores: NDArray[np.float32], found: Candidates) -> Hit:
        near = ("cosine", "path") if found.is_faq[i] else ("cosine",)
        return Hit(
            passage=self._index.passages[found.places[i]],
            score=float(scores[i]),
            cosine=max(float(found.column(name)[i]) for name in near),
            bm25=float(found.column("bm25")[i]),
        )


SAME_SHARE = 0.9
"""Passages whose content words overlap so far (Jaccard) say the same."""


def _same(one: frozenset[int], other: frozenset[int]) -> bool:
    both = len(other.intersection(one))
    return both >= SAME_SHARE * (len(one) + len(other) - both) and both > 0

"""Whether what was found answers the question: a small calibrated model, no fixed cosine.

A logistic model over features that mean the same for every brand. Its coefficients stand in
``answerability.json``, fitted by ``knowledge_base.answerability_fit`` on invented brands of
several trades, judged on brands left out.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge_base.patterns import any_of
from knowledge_base.ports import Vectors
from knowledge_base.question import Question
from knowledge_base.question_types import QuestionType, can_answer, type_words, wants_value
from knowledge_base.ranking import Candidates
from knowledge_base.types import DocumentKind, Passage, Product
from knowledge_base.words import STOP_WORDS, content_words, is_number, numbers, stem, words

MODEL_FILE = Path(__file__).with_name("answerability.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What answerability looks at: the best passages with their places among the candidates.

    ``nearness`` says for each stem of the question how near it comes to any word of the knowledge,
    ``nearness_to_best`` to any word of the best passages and of the products. ``vector`` is the
    question's own, ``(d,) float32``.
    """

    question: Question
    passages: Sequence[Passage]
    places: Sequence[int]
    candidates: Candidates
    products: Sequence[Product]
    nearness: Mapping[str, float]
    nearness_to_best: Mapping[str, float]
    vector: Vectors


JUDGED_CLOSELY = 3
"""The answer should stand in so many of the best passages."""

FEATURES = (
    "cosine",
    "cosine_second",
    "heading_cosine",
    "faq_cosine",
    "bm25",
    "coverage",
    "coverage_joint",
    "rarest_covered",
    "known_words",
    "known_meanings",
    "strangest_word",
    "best_meanings",
    "best_strangest",
    "margin",
    "suits_type",
    "suits_typed",
    "numbers_held",
    "question_words",
    "product_named",
    "product_matter",
    "sentence",
    "sentence_coverage",
    "meanings",
    "ahead",
    "agreement",
    "sentence_alone",
)


def features_of(evidence: Evidence) -> dict[str, float]:
    """Return the features by name; all about 0 to 1."""
    if not evidence.passages:
        empty = dict.fromkeys(FEATURES, 0.0)
        return {**empty, **_meanings(evidence), **_product_features(evidence)}
    question, found, places = evidence.question, evidence.candidates, list(evidence.places)
    top = evidence.passages[:JUDGED_CLOSELY]
    closely = places[:JUDGED_CLOSELY]
    cosines = [float(found.column("cosine")[i]) for i in places]
    faq = [
        float(found.column("path")[i])
        for i, p in zip(places, evidence.passages, strict=True)
        if p.kind is DocumentKind.FAQ
    ]
    joint = _joint_coverage(question, top)
    suits = _suits(question.type, top)
    return {
        "cosine": max(cosines),
        "cosine_second": sorted(cosines)[-2] if len(cosines) > 1 else 0.0,
        "heading_cosine": max(float(found.column("path")[i]) for i in closely),
        "faq_cosine": max(faq, default=0.0),
        "bm25": min(2.0, max(float(found.column("bm25")[i]) for i in closely)),
        "coverage": max(float(found.column("coverage")[i]) for i in closely),
        "coverage_joint": joint,
        "rarest_covered": _rarest_covered(question, top),
        **_meanings(evidence),
        "margin": max(cosines) - cosines[-1],
        "suits_type": suits,
        "suits_typed": float(wants_value(question.type)),
        "numbers_held": _numbers_held(question, evidence),
        "question_words": min(1.0, len(set(question.stems)) / 10),
        **_product_features(evidence),
        **_ranked_features(found, places),
    }


def _ranked_features(found: Candidates, places: Sequence[int]) -> dict[str, float]:
    """Return what single sentences and the candidates' order tell.

    ``ahead`` is how far the best sentence stands out of the others, ``agreement`` whether words and
    meaning point to the same passage.
    """
    closely, first = list(places[:JUDGED_CLOSELY]), places[0]
    sentences, words = found.column("sentence"), found.column("bm25")
    return {
        "sentence": float(sentences[closely].max()),
        "sentence_coverage": float(found.column("sentence_coverage")[closely].max()),
        "meanings": float(found.column("meanings")[closely].max()),
        "ahead": float(sentences[closely].max() - np.median(sentences)),
        "agreement": float(words[first] >= words.max() > 0),
        "sentence_alone": float(sentences[first] - found.column("cosine")[first]),
    }


def _meanings(evidence: Evidence) -> dict[str, float]:
    """Return how near the question's words come to the knowledge's, in the mean and at worst."""
    matter = _matter(evidence.question, evidence.passages[:JUDGED_CLOSELY])
    near = [(value, matter[term]) for term, value in evidence.nearness.items() if term in matter]
    best = {t: v for t, v in evidence.nearness_to_best.items() if t in matter}
    total = sum(weight for _, weight in near)
    return {
        "known_words": sum(w for v, w in near if v >= 1.0) / total if total else 1.0,
        "known_meanings": sum(value * w for value, w in near) / total if total else 1.0,
        "strangest_word": min((value for value, _ in near), default=1.0),
        "best_meanings": sum(v * matter[t] for t, v in best.items()) / total if total else 1.0,
        "best_strangest": min(best.values(), default=1.0),
    }


def _product_features(evidence: Evidence) -> dict[str, float]:
    named = 1.0 if evidence.products else 0.0
    return {
        "product_named": named,
        "product_matter": named * _asks_for_row_matter(evidence.question, evidence.products),
    }


_ROW_MATTER = any_of(
    r"how much|\b(?:price|cost|avail|cheap|restock|recommend)",
    r"\b(?:stock|sizes?|colou?rs?|have|sell|got|carry|back in|sold out|which|show|expensive)\b",
    r"\blooking for\b|\bunder \$?\d|\bin (?:a )?\d",
    r"\bin (?:black|white|blue|red|green|gr[ae]y|brown|pink|yellow|orange|purple)\b",
)


def _asks_for_row_matter(question: Question, products: Sequence[Product]) -> float:
    """Whether the question asks for what rows hold, or for an attribute that its row has."""
    if _ROW_MATTER.search(question.asked):
        return 1.0
    held = {
        stem(word)
        for product in products
        for text in (*product.attributes, product.description, product.category, product.name)
        for word in words(text)
        if word not in STOP_WORDS
    }
    asked = set(question.stems)
    return len(asked & held) / len(asked) if asked else 0.0


def stems_held(passages: Sequence[Passage], products: Sequence[Product]) -> set[str]:
    """Return the stems of what passages and catalogue rows say."""
    facts = (
        text
        for p in products
        for text in (p.name, p.category, p.description, *p.colors, *p.attributes)
    )
    return _stems_of(passages) | {stem(w) for text in facts for w in content_words(text)}


def _stems_of(passages: Sequence[Passage]) -> set[str]:
    return {term for p in passages for term in _stems_in(f"{p.heading}\n{p.text}")}


# The same few passages are asked for several times by one question, and by the next ones.
@lru_cache(maxsize=2048)
def _stems_in(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(text))


def _matter(question: Question, passages: Sequence[Passage]) -> dict[str, float]:
    """Return the weights of the stems that an answer should hold."""
    plain = type_words(question.type) if _suits(question.type, passages) else ()
    return {term: weight for term, weight in question.weights.items() if term not in plain}


def _joint_coverage(question: Question, passages: Sequence[Passage]) -> float:
    held, weights = _stems_of(passages), _matter(question, passages)
    total = sum(weights.values())
    return sum(w for term, w in weights.items() if term in held) / total if total else 1.0


def _rarest_covered(question: Question, passages: Sequence[Passage]) -> float:
    """Return the share of the two rarest words that the best passages hold."""
    weights = _matter(question, passages)
    rare = sorted(weights, key=lambda term: -weights[term])[:2]
    held = _stems_of(passages)
    return sum(term in held for term in rare) / len(rare) if rare else 1.0


def _suits(kind: QuestionType, passages: Sequence[Passage]) -> float:
    """Return 1 if the best passage can answer such a question, 0.5 if a later one can."""
    fitting = [can_answer(kind, passage.text) for passage in passages]
    if not fitting or fitting[0]:
        return 1.0
    return 0.5 if any(fitting) else 0.0


def _numbers_held(question: Question, evidence: Evidence) -> float:
    asked = {n for n in question.numbers if is_number(n)}
    if not asked:
        return 1.0
    held = frozenset().union(*(numbers(p.text) for p in evidence.passages[:JUDGED_CLOSELY]))
    return len(asked & held) / len(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerabilityModel:
    """A logistic model: features standardised by ``mean`` and ``scale``, weighted, summed."""

    weights: Mapping[str, float]
    mean: Mapping[str, float]
    scale: Mapping[str, float]
    bias: float

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "AnswerabilityModel":
        """Read the coefficients.

        Raises:
            ValueError: the file does not hold exactly the features of this code.
        """
        values = json.loads(path.read_text(encoding="utf-8"))
        if set(values["weights"]) != set(FEATURES):
            raise ValueError(f"{path} was fitted for other features; run the fit again.")
        return cls(
            weights=values["weights"],
            mean=values["mean"],
            scale=values["scale"],
            bias=float(values["bias"]),
        )

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the calibrated probability in [0, 1] that the question is answered."""
        total = self.bias + sum(
            weight * (features[name] - self.mean[name]) / self.scale[name]
            for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

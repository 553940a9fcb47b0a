"""How probably an extract answers its question: judged after it is composed, from what it says.

A logistic model over traits of the extract (which words of the question it has, how near it comes
in meaning, whether it holds a value of the kind asked for) and of the search. Its coefficients
stand in ``confidence.json``, fitted by ``benchmarks/fit_replies.py`` on invented brands.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.replies.candidates import Candidate
from agent.replies.nearness import Matter, stems_in
from agent.replies.questions import WANTED, Asked, Question
from agent.replies.scoring import PLACE, Scored
from agent.replies.selection import reading_traits
from agent.replies.values import ValueKind, values_of
from agent.replies.words import content_stems, words

MODEL_FILE = Path(__file__).with_name("confidence.json")

_RAREST = 2
"""So many of a question's rarest words are looked for apart."""

_MANY_WORDS = 10


def traits_of(
    asked: Question,
    candidates: Sequence[Candidate],
    scores: Sequence[Scored],
    weights: Mapping[str, float],
    chosen: Sequence[int],
    *,
    matter: Matter,
) -> dict[str, float]:
    """Return the traits of an extract made of the chosen sentences, the best one first."""
    share = _shares([one.total for one in scores])
    picked = [candidates[i] for i in chosen]
    stems = frozenset().union(*(c.stems for c in picked))
    around = stems | frozenset().union(*(c.above for c in picked))
    passage = around | content_stems(picked[0].evidence.text)
    best = scores[chosen[0]].traits
    told = stems_in(" ".join(f"{c.unit.lead_in} {c.unit.text}" for c in picked))
    beside = told.union(*(stems_in(c.evidence.heading) for c in picked))
    there = beside | stems_in(picked[0].evidence.text)
    return {
        "share_best": share[chosen[0]],
        "share_chosen": sum(share[i] for i in chosen),
        "near": best["near"],
        "near_most": max(scores[i].traits["near"] for i in chosen),
        "near_ahead": best["near"] - _middle([one.traits["near"] for one in scores]),
        "words_inside": _share_of(weights, stems),
        "words_around": _share_of(weights, around),
        "words_passage": _share_of(weights, passage),
        "rarest_around": _rarest(weights, around),
        "behind": best["behind"],
        "meant_inside": matter.share(told),
        "meant_around": matter.share(beside),
        "meant_passage": matter.share(there),
        "missing_inside": matter.missing(told),
        "missing_around": matter.missing(beside),
        "missing_passage": matter.missing(there),
        "least_around": min(matter.held(beside).values(), default=1.0),
        "same_passage": float(len({c.evidence.id for c in picked}) == 1),
        "rivals": _rivals(candidates, share, chosen[0]),
        "first_passage": float(picked[0].rank == 0),
        "words_asked": min(1.0, len(asked.stems) / _MANY_WORDS),
        "from_faq": float(picked[0].evidence.faq),
        "from_brand": float(picked[0].evidence.kind == "brand"),
        "from_row": float(picked[0].evidence.kind == "product"),
        "item": float(picked[0].unit.kind != "sentence"),
        "case_met": max(scores[i].traits["case_met"] for i in chosen),
        "case_missed": min(scores[i].traits["case_missed"] for i in chosen),
        **_kind_traits(asked, picked),
        **reading_traits(candidates, scores, chosen),
    }


def _kind_traits(asked: Question, picked: Sequence[Candidate]) -> dict[str, float]:
    """Return whether the extract holds what such a question asks for, and its numbers."""
    said = " ".join(c.unit.text for c in picked)
    kinds = {value.kind for value in values_of(said)}
    wanted = WANTED.get(asked.asked, frozenset())
    around = {w.text.casefold() for c in picked for w in words(f"{c.evidence.heading} {said}")}
    numbers = {w.text.casefold() for w in words(asked.text) if any(map(str.isdigit, w.text))}
    return {
        "value_held": float(bool(wanted & kinds)),
        "value_missing": float(bool(wanted) and not wanted & kinds),
        "where_held": float(asked.asked is Asked.WHERE and bool(PLACE.search(said))),
        "where_missing": float(asked.asked is Asked.WHERE and not PLACE.search(said)),
        "money_unasked": float(asked.asked is not Asked.HOW_MUCH and ValueKind.MONEY in kinds),
        "numbers_missing": len(numbers - around) / len(numbers) if numbers else 0.0,
        "yes_no": float(asked.yes_no),
        "yes_no_said": float(asked.yes_no and bool(_POLAR.search(said))),
        "open_other": float(asked.asked is Asked.OTHER),
        "said_words": min(1.0, len(said.split()) / 50),
    }


_POLAR = re.compile(
    r"\b(?:yes|no|not|cannot|can|do|are|welcome|free|allowed|only|possible|always|never)\b|n't\b",
    re.IGNORECASE,
)


def _rivals(candidates: Sequence[Candidate], share: Sequence[float], best: int) -> float:
    """Return the share that sentences of other passages have."""
    own = candidates[best].evidence.id
    return sum(s for c, s in zip(candidates, share, strict=True) if c.evidence.id != own)


def _shares(totals: Sequence[float]) -> list[float]:
    most = max(totals)
    raised = [math.exp(total - most) for total in totals]
    return [one / sum(raised) for one in raised]


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _share_of(weights: Mapping[str, float], held: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(w for s, w in weights.items() if s in held) / total if total else 1.0


def _rarest(weights: Mapping[str, float], held: frozenset[str]) -> float:
    rare = sorted(weights, key=lambda s: -weights[s])[:_RAREST]
    return sum(s in held for s in rare) / len(rare) if rare else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A logistic model; each of ``weights``, ``mean`` and ``scale`` is by trait."""

    weights: Mapping[str, float]
    mean: Mapping[str, float]
    scale: Mapping[str, float]
    bias: float

    def probability(self, traits: Mapping[str, float]) -> float:
        """Return a probability in [0, 1]; a trait that is not given counts as an ordinary one."""
        total = self.bias + sum(
            weight * (traits[name] - self.mean[name]) / self.scale[name]
            for name, weight in self.weights.items()
            if name in traits
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceModel:
    """One model for extracts of pages, and one for those that begin with a catalogue's row.

    The two tell themselves right by other traits: on a page a sentence's words count most, of a
    row any sentence has the product's name. ``threshold`` is the probability in [0, 1] below which
    an extract is not sent.
    """

    sentences: Logistic
    rows: Logistic
    threshold: float

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "ConfidenceModel":
        """Read the coefficients."""
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            sentences=Logistic(**values["sentences"]),
            rows=Logistic(**values["rows"]),
            threshold=float(values["threshold"]),
        )

    def probability(self, traits: Mapping[str, float]) -> float:
        """Return the probability in [0, 1] that the extract is right."""
        model = self.rows if traits.get("from_row", 0.0) else self.sentences
        return model.probability(traits)

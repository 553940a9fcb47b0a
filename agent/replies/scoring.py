"""How well a sentence of the evidence answers a question: shared words, form, spelling forgiven."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.replies.candidates import Candidate, told_by
from agent.replies.cases import fit_of
from agent.replies.evidence import Evidence
from agent.replies.nearness import Matter, stems_in
from agent.replies.questions import WANTED, Asked, Question
from agent.replies.values import values_of
from agent.replies.words import content_stems, stem

_LONG_WORD = 8
"""Letters from which an unknown word of the question may hold two slips instead of one."""


def respelled(stems: frozenset[str], vocabulary: Counter[str]) -> frozenset[str]:
    """Take unknown words of the question for the word of the candidates nearest in spelling."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = set()
    for word in stems:
        if word in vocabulary or len(word) < 5:  # noqa: PLR2004
            found.add(word)
            continue
        slips = 1 + (len(word) >= _LONG_WORD)
        near = process.extractOne(word, vocabulary.keys(), scorer=OSA.distance, score_cutoff=slips)
        found.add(near[0] if near else word)
    return frozenset(found)


MEANS = {
    stem(word): tuple(stem(other) for other in others.split())
    for word, others in {
        "end": "cancel",
        "stop": "cancel",
        "quit": "cancel",
        "heavy": "weight",
        "weigh": "weight",
        "broken": "damaged repair",
        "late": "delayed",
        "money": "refund",
        "address": "street",
        "closing": "open",
        "hours": "open",
        "deadline": "within",
        "bigger": "size",
        "smaller": "size",
    }.items()
}
"""What customers say, and what pages call it; a guess that weighs less than the word itself."""


HANGING = re.compile(
    r"^(?:it|they|this|these|those|that|he|she|otherwise|however|but|and|so|then|also|in that "
    r"case|(?:below|above|over|under|beyond|after|before) that)\b"
    r"|.*\b(?:on|in|at) (?:these|those)\b"
    r"|(?!(?:we|you|i|if|when|whether|as|is|are|because|since|once|unless|where)\b)[a-z]+ "
    r"(?:it|them|both)\b",
    re.IGNORECASE,
)


_LONG_WORDS = 45


WEIGHTS = {
    "above": 0.72,
    "behind": 0.39,
    "case_met": 0.86,
    "case_missed": -1.24,
    "early": 0.32,
    "faq": -0.85,
    "free": -1.46,
    "hanging": 0.45,
    "inside": 1.48,
    "inside_behind": 0.43,
    "meant": 0.23,
    "meant_around": 1.81,
    "meant_around_behind": 1.04,
    "meant_behind": 0.09,
    "near": 5.39,
    "near_behind": 4.05,
    "no_value": -1.2,
    "place": 3.18,
    "plain_yes": 1.12,
    "value": 1.16,
    "words": 0.52,
}
"""What a trait of a sentence counts for: a softmax over the sentences of the passages found, fitted
by ``benchmarks/fit_replies.py`` on the brands for practice."""

_OWN_QUESTION = 0.6
"""Share of the question's words that a heading must have for its yes or no to answer."""


def _says_yes_or_no(asked: Question, candidate: Candidate) -> bool:
    opening = _PLAIN_YES.match(candidate.unit.text)
    if opening is None or opening.group().casefold() not in {"yes", "no"}:
        return opening is not None
    return len(asked.stems & candidate.above) > _OWN_QUESTION * len(asked.stems)


_FREE = re.compile(r"\bfree\b|\bno (?:charge|cost|fee)", re.IGNORECASE)
_NO_PLACE = (
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May\b|June|July"
    r"|August|(?:Sept|Octo|Nov|Dec)\w*ber|Christmas|Easter|Boxing|New Year|Good|Bank)"
)
PLACE = re.compile(
    rf"\b\d+[a-z]?\s{_NO_PLACE}[A-Z][a-z]"
    rf"|\b(?:at|in|on|near|behind|next to|opposite)\s(?:the\s)?{_NO_PLACE}[A-Z]"
)
"""Where something lies, and not on which day."""
_PLAIN_YES = re.compile(r"(?:yes|no)\b(?=[,.!:;-])|we (?:do|can|don't|cannot)", re.IGNORECASE)
_FARTHEST = -6.0
"""Log-odds behind the best passage from which on it makes no difference how far."""
_NO_PASSAGE = -3.0
"""So far behind the best passage counts what is no passage (the brand's own facts)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A candidate's traits by name, and the total that orders candidates (a log-odds)."""

    traits: Mapping[str, float]
    total: float

    @property
    def relevance(self) -> float:
        """Return how much it has of the question at all, by words and by meaning."""
        t = self.traits
        return t["inside"] + 0.7 * t["above"] + 0.6 * t["near"]


_ASKS = {
    Asked.HOW_LONG: content_stems("long fast quickly soon old time days weeks hours"),
    Asked.HOW_MUCH: content_stems("cost costs price pricing fee charge expensive pay"),
    Asked.HOW_MANY: content_stems("many often big large far tall heavy number"),
    Asked.WHEN: content_stems("time day date hours late"),
    Asked.WHERE: content_stems("located find address place"),
    Asked.WHICH: content_stems("kind kinds sort type types"),
}
"""Words that only say what sort of answer is wanted: the value itself says as much."""
_ASKING_WEIGHT = 0.2


def word_weights(
    asked: Question,
    context: frozenset[str],
    candidates: Sequence[Candidate],
    rarity: Mapping[str, float],
) -> dict[str, float]:
    """Return how much each stem of a question tells; that of an earlier question tells half.

    A word counts by its rarity in the whole knowledge, where that is known: among the passages
    found for it, the one word that matters may be frequent. There its slips are mended too.
    """
    vocabulary = Counter(s for c in candidates for s in c.stems | c.above)
    wanted = asked.stems if rarity else respelled(asked.stems, vocabulary)
    rare = {stem(word): weight for word, weight in rarity.items()}
    meant = {other: rare.get(word) for word in wanted for other in MEANS.get(word, ())}
    weights = dict.fromkeys(context, 0.5) | dict.fromkeys(meant, 0.8) | dict.fromkeys(wanted, 1.0)
    weights |= dict.fromkeys(wanted & _ASKS.get(asked.asked, frozenset()), _ASKING_WEIGHT)
    known = rare | {other: weight for other, weight in meant.items() if weight is not None}
    return {
        s: w * known.get(s, math.log(1 + len(candidates) / (1 + vocabulary[s])))
        for s, w in weights.items()
    }


def score(
    asked: Question,
    weights: Mapping[str, float],
    candidates: Sequence[Candidate],
    near: Sequence[float],
    matter: Matter,
) -> list[Scored]:
    """Score sentences; ``near`` are their similarities to the question."""
    best = max((c.evidence.score for c in candidates if c.evidence.kind == "passage"), default=0.0)
    total = sum(weights.values()) or 1.0
    found = []
    above: dict[str, list[float]] = {}
    for candidate, cosine in zip(candidates, near, strict=True):
        heading, stems = candidate.evidence.heading, candidate.stems
        told = list(matter.held(stems_in(told_by(candidate.unit))).values())
        if heading not in above:
            above[heading] = list(matter.held(stems_in(heading)).values())
        around = list(map(max, told, above[heading]))
        led = candidate.above - stems
        traits = {
            "inside": sum([w for s, w in weights.items() if s in stems]) / total,
            "above": sum([w for s, w in weights.items() if s in led]) / total,
            "near": max(0.0, cosine),
            "meant": matter.share_of(told),
            "meant_around": matter.share_of(around),
            "behind": _behind(candidate.evidence, best),
            "early": 1 / (1 + candidate.place),
            "faq": float(candidate.evidence.faq),
            "words": math.log1p(len(candidate.unit.text.split())),
            **_form(asked, candidate),
            **_case(asked, candidate),
        }
        found.append(traits)
    _set_against_best(found)
    return [
        Scored(traits=t, total=sum([WEIGHTS[n] * v for n, v in t.items() if n in WEIGHTS]))
        for t in found
    ]


_AGAINST_BEST = ("near", "meant", "meant_around", "inside")


def _set_against_best(found: list[dict[str, float]]) -> None:
    """Add how far each sentence lies behind the best one in what tells most."""
    for name in _AGAINST_BEST:
        most = max((traits[name] for traits in found), default=0.0)
        for traits in found:
            traits[f"{name}_behind"] = traits[name] - most


def _behind(evidence: Evidence, best: float) -> float:
    """Return how far a passage lies behind the best one (log-odds, 0 or less)."""
    if evidence.kind != "passage":
        return _NO_PASSAGE
    return max(_FARTHEST, evidence.score - best)


def _case(asked: Question, candidate: Candidate) -> dict[str, float]:
    """Return how many of the question's cases (days, distances, ages) a sentence is about."""
    fit = fit_of(asked.text, told_by(candidate.unit))
    return {"case_met": float(fit.met), "case_missed": float(fit.missed)}


def _form(asked: Question, candidate: Candidate) -> dict[str, float]:
    """Return what the form of a sentence tells: values of the kind asked for, opening, length."""
    text, wanted = candidate.unit.text, WANTED.get(asked.asked)
    kinds = {value.kind for value in values_of(text)}
    free = asked.asked is Asked.HOW_MUCH and _FREE.search(text) is not None
    return {
        "value": float(wanted is not None and bool(kinds & wanted)),
        "no_value": float(wanted is not None and not kinds & wanted and not free),
        "free": float(free),
        "place": float(asked.asked is Asked.WHERE and PLACE.search(text) is not None),
        "plain_yes": float(asked.asked is Asked.YES_NO and _says_yes_or_no(asked, candidate)),
        "hanging": float(HANGING.match(text) is not None),
        "long": float(len(text.split()) > _LONG_WORDS),
    }

"""How near in meaning the words of a text come to those of a question.

"Is there a lift" is answered by a sentence on the elevator. Words alone miss that, and the
similarity of whole sentences tells too little of the one word that matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.replies.questions import Asked, Question
from knowledge_base.words import is_number, stem, stems

Closeness = Mapping[str, Mapping[str, float]]
"""For each stem of a question, how near it comes to other stems: 0 unrelated to 1 the same."""

_ASKING = {
    Asked.HOW_LONG: "long fast quickly soon time take days weeks hours",
    Asked.HOW_MUCH: "much cost costs price pricing fee charge expensive pay",
    Asked.HOW_MANY: "many often number",
    Asked.WHEN: "time day date hours late",
    Asked.WHERE: "located find address place",
    Asked.WHICH: "kind kinds sort type types",
}
"""Words that only say what sort of answer is wanted: the value itself says as much."""
_ASKING_WEIGHT = 0.2

NEAR = 0.35
"""Closeness from which on one word may stand for another; a guess."""


@lru_cache(maxsize=8_000)
def stems_in(text: str) -> frozenset[str]:
    """Return the stems by which the search knows a text's words."""
    return frozenset(stems(text))


ASKING_STEMS = frozenset().union(*map(stems_in, _ASKING.values()))
"""Stems that only say what sort of answer is wanted, whatever is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a question is about: its stems with their weights, and what comes near to them."""

    weights: Mapping[str, float]
    near: Closeness

    def held(self, stems: frozenset[str]) -> dict[str, float]:
        """Return for each stem of the question how near the text comes to it, 0 to 1."""
        return {asked: self._nearest(asked, stems) for asked in self.weights}

    def share(self, stems: frozenset[str]) -> float:
        """Return the weighted share of the question that a text holds; 1 where nothing is asked."""
        return self.share_of(list(self.held(stems).values()))

    def share_of(self, held: Sequence[float]) -> float:
        """Return the weighted share, from how near a text comes to each stem of the question."""
        weights = self.weights.values()
        total = sum(weights)
        if not total:
            return 1.0
        return sum([near * weight for near, weight in zip(held, weights, strict=True)]) / total

    def missing(self, stems: frozenset[str]) -> float:
        """Return how much the weightiest word that is missing counts, 0 to 1 of the weightiest."""
        most = max(self.weights.values(), default=0.0)
        if not most:
            return 0.0
        held = self.held(stems)
        return max(self.weights[asked] * (1 - held[asked]) for asked in held) / most

    def _nearest(self, asked: str, stems: frozenset[str]) -> float:
        if asked in stems:
            return 1.0
        near = self.near.get(asked)
        return max([near[s] for s in near.keys() & stems], default=0.0) if near else 0.0


def matter_of(question: Question, rarity: Mapping[str, float], near: Closeness) -> Matter:
    """Read what a question is about; ``rarity`` says by word how rare it is in the knowledge."""
    by_stem = {stem(word): weight for word, weight in rarity.items() if not is_number(word)}
    found = by_stem or dict.fromkeys(sorted(stems_in(question.text)), 1.0)
    asking = stems_in(_ASKING.get(question.asked, ""))
    return Matter(
        weights={s: w * (_ASKING_WEIGHT if s in asking else 1.0) for s, w in found.items()},
        near=near,
    )

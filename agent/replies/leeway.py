"""How likely a claim in free wording is held by a statement that the strict checks turn down.

Values, names, places, promises of the risky sort and the past are not weighed here: they must hold.
What is weighed is how much else speaks against it. The weights are fitted by
``benchmarks.fit_leeway`` on replies written for it.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from agent.replies.claims import Statement, read_statement
from agent.replies.condition_checks import conditions_kept, denies_alone
from agent.replies.free_words import FREE
from agent.replies.holding_checks import CHECKS, MAY_ERR, MUST_HOLD
from agent.replies.light import LIGHT, RISKY
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.value_cases import is_one_of_several
from agent.replies.values import ValueKind
from agent.replies.word_checks import in_added_part, swapped_word, words_missing
from agent.replies.words import stem

WEIGHTS = Path(__file__).with_name("leeway.json")
TRIED = 8
"""Statements nearest in wording that are weighed."""


def is_ruled_out(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> bool:
    """Whether a statement cannot hold a claim however freely it is worded."""
    statement = claim.statement
    missing = frozenset(words_missing(statement, spot))
    return bool(
        any(CHECKS[name](claim, spot, spots) for name in MUST_HOLD)
        or missing & RISKY
        or _deeds(statement) & missing
        or denies_alone(statement, spot)
        or any(is_one_of_several(claim, value, spot) for value in statement.values)
    )


def signs_of(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> dict[str, float]:
    """Return what speaks for and against a statement holding a claim; each about 0 to 1."""
    statement = claim.statement
    weighty = statement.stems - LIGHT - FREE
    shared = weighty & spot.stems
    missing = words_missing(statement, spot)
    unknown = [word for word in missing if word not in LIGHT | FREE]
    told = spot.statement.stems - LIGHT - FREE
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    keys = {value.key for value in spot.statement.values}
    kinds = {value.kind for value in statement.values}
    rivals = [
        len((weighty | claim.context) & other.stems)
        for other in spots
        if other.statement is not spot.statement
        and not (keys & {value.key for value in other.statement.values})
        and (not kinds or kinds & {value.kind for value in other.statement.values})
    ]
    signs = {name: float(bool(CHECKS[name](claim, spot, spots))) for name in MAY_ERR}
    refusals = sum(signs.values())
    return signs | {
        "refusals": refusals / 4,
        "hangs": float(bool(spot.hangs_on)),
        "values_told": min(len({value.key for value in statement.values}), 3) / 3,
        "money": float(ValueKind.MONEY in kinds),
        "no_values": float(not kinds),
        "shared": min(len(shared), 5) / 5,
        "share_of_claim": len(shared) / max(1, len(weighty)),
        "share_of_statement": len(told & said) / max(1, len(told)),
        "values_left_out": min(len(keys - {v.key for v in claim.sentence.values}), 3) / 3,
        "unknown": min(len(unknown), 4) / 4,
        "added": float(in_added_part(statement, spot, missing)),
        "tail": float(bool(_unknown_in_tail(statement.text, frozenset(missing) - LIGHT, shared))),
        "swapped": float(bool(swapped_word(statement, spot, frozenset(unknown)))),
        "without": float(
            re.search(r"\bwithout\b|\banyway\b|\bno matter\b", statement.text) is not None
        ),
        "told_of_clause": _share_of_clause(claim, spot),
        "nearer": max(-1.0, min(1.0, (max(rivals, default=0) - len(shared)) / 3)),
        "universal": float(bool(statement.universals) and not spot.statement.universals),
        "denies": float(bool(statement.negated)),
        "denied": float(bool(spot.statement.negated)),
        "one_denies": float(bool(statement.negated) != bool(spot.statement.negated)),
        "only": float(" only" in conditions_kept(claim, spot)),
        "length": min(len(statement.order), 12) / 12,
    }


_WE = re.compile(
    r"\b(?:we|I)(?:'ll|'d|'re)? (?:(?:will|can|could|also|even|just|may|would) )*([a-z]+)"
)


def _deeds(statement: Statement) -> frozenset[str]:
    """Return the stems of what "we" do."""
    return frozenset(stem(match[1].casefold()) for match in _WE.finditer(statement.text))


_TAIL = re.compile(r"\s(?:and|plus|with|including|along with|as well as|but)\s", re.IGNORECASE)


def _unknown_in_tail(text: str, unknown: frozenset[str], shared: frozenset[str]) -> frozenset[str]:
    """Return the unknown words of parts, behind the first, that share nothing else."""
    parts = [read_statement(part) for part in _TAIL.split(text)[1:]]
    return frozenset().union(*(p.stems & unknown for p in parts if not p.stems & shared))


def _share_of_clause(claim: Claim, spot: Spot) -> float:
    """Return how much of the likeliest clause of a statement the claim's sentence says."""
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    shares = [
        len(told & said) / len(told)
        for clause in likeliest(claim.statement, spot)
        if (told := clause.stems - LIGHT - FREE)
    ]
    return max(shares, default=1.0)


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    weights: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights


def probability(signs: Mapping[str, float]) -> float:
    """Return the probability that a claim with these signs is held, 0 to 1."""
    weights = _weights()
    total = weights["bias"] + sum(weights[name] * value for name, value in signs.items())
    return 1 / (1 + math.exp(-total))


def likely_holder(claim: Claim, ranked: Sequence[Spot], spots: Sequence[Spot]) -> Spot | None:
    """Return the statement that most likely holds a claim, where it is likely enough."""
    best, most = None, _weights()["least"]
    for spot in ranked[:TRIED]:
        if not is_ruled_out(claim, spot, spots):
            likely = probability(signs_of(claim, spot, spots))
            if likely >= most:
                best, most = spot, likely
    return best

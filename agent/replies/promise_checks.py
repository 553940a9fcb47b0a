"""Promises: what "we" do must be something that the evidence says."""

import re

from agent.replies.claims import Statement
from agent.replies.light import LIGHT
from agent.replies.spots import Spot
from agent.replies.value_checks import opening_hours
from agent.replies.values import ValueKind
from agent.replies.words import stem, words

PAID = frozenset(stem(word) for word in ("fee", "pay", "charge"))
"""What may be said of a price."""


def has_money(claim: Statement) -> bool:
    """Whether a statement names an amount of money."""
    return any(value.kind is ValueKind.MONEY for value in claim.values)


_WE_DO = re.compile(
    r"\b(?:(?:[Ww]e|I)(?:'ll|'d)?|"
    r"[Oo]ur [a-z]+(?= (?:will|can|could|shall|also|always|may|would)\b))"
    r"\s+(?:(?:will|can|could|shall|also|always|gladly|happily|then|even|just|may|would|do)\s+)*"
    r"(?P<verb>[a-z]+)",
)


_DEEDS = frozenset(
    stem(word)
    for word in [
        "pay",
        "fetch",
        "arrange",
        "drop",
        "travel",
        "leave",
        "spend",
        "sort",
        "text",
        "message",
        "email",
        "phone",
        "send",
        "bring",
        "remind",
        "notify",
        "contact",
        "post",
        "throw",
        "add",
        "scan",
        "join",
    ]
)
"""Light words that are a promise where "we" do it."""


def nothing_promised(claim: Statement, spot: Spot) -> str:
    """What "we" do must be something that the evidence says "we" do, or that is done."""
    hours = opening_hours(claim, spot.statement)
    for match in _WE_DO.finditer(claim.text):
        verb = stem(match["verb"].casefold())
        priced = verb in PAID - _DEEDS and has_money(spot.statement)
        done = re.search(r"\bdo\s+\w+$", match.group()) is not None  # "we do repairs"
        idle = verb in LIGHT and verb not in _DEEDS
        if idle or verb not in claim.stems or verb in hours or priced or done:
            continue
        text = spot.statement.text
        done = any(
            stem(found["verb"].casefold()) == verb or verb in _stems_after(found.end(), text)
            for found in _WE_DO.finditer(text)
        )
        by_you = any(stem(found[1].casefold()) == verb for found in _YOU_DO.finditer(text))
        if verb in spot.statement.stems and not spot.statement.negated and not by_you:
            continue  # "we tune uprights" where "tuning an upright" has a price
        passive = any(stem(found[1].casefold()) == verb for found in _PASSIVE.finditer(text))
        if not done and not passive:
            return f"nobody says that we {match['verb']}"
    return ""


_YOU_DO = re.compile(
    r"\b(?:you|they|customers?|members?|guests?)(?: (?:can|may|must|could|will|"
    r"should|only))* ([a-z]+)",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|be|been|get|gets|was|were)\s+(?:not\s+|also\s+|only\s+)?([a-z]+(?:ed|en|t|d))\b",
    re.IGNORECASE,
)


def _stems_after(start: int, text: str) -> frozenset[str]:
    """Return the stems after ``we <verb>``: further verbs of the same sentence follow there."""
    return frozenset(word.stem for word in words(text[start:]))

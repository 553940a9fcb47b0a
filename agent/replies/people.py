"""Ages and numbers of people: those that a question names, and those that a sentence tells of."""

import math
import re
from collections.abc import Iterator

from agent.replies.value_readers import NUMBER_WORDS
from agent.replies.value_units import SORTS
from agent.replies.words import stem

_YEAR = SORTS["year"][1]
_NEARLY = 0.99
"""Somebody of twelve may be nearly thirteen."""

_YEARS = rf"(?:\d{{1,2}}|{'|'.join(list(NUMBER_WORDS)[2:20])})"
_NAMED = re.compile(
    r"\b(?:aged?|turning|turned|\w*(?:is|am|are|im|'m|shes|hes|'s|'re)"
    rf"(?= {_YEARS}\s*(?:(?:and|but|so|can)\b|[,.?!]|$)))\s+({_YEARS})\b"
    rf"|\b({_YEARS})[ -]?(?:yo|y/o|yrs? old|years? old|year old|year-old)\b",
    re.IGNORECASE,
)
"""``she's 58``, ``aged 7``, ``a 4 year old``, ``is twelve``."""
_TOLD = re.compile(
    r"\b(?:(?P<bound>under|over)[- ]|(?:age[sd]?|child(?:ren)?|kids|juniors?|youths?|teens?) \(?)"
    rf"(?P<low>{_YEARS})(?: ?(?:-|to) ?(?P<high>{_YEARS}))?s?"
    r"(?=\W*$|[;:,.)]|\s(?:go|pay|are|get|enter|travel|must|come|join|use|play|can|need|and|may|stay|do|free)\b)",
    re.IGNORECASE,
)
"""``Under 16``, ``Over-65s``, ``Children 4-12``: ages by themselves, where no unit follows."""


def ages_named(question: str) -> Iterator[tuple[float, float]]:
    """Yield from which to which age somebody may be, in hours as other times are."""
    for match in _NAMED.finditer(question):
        years = _number(next(filter(None, match.groups())))
        yield years * _YEAR, (years + _NEARLY) * _YEAR


def ages_told(sentence: str) -> Iterator[tuple[float, float]]:
    """Yield from which to which age a sentence speaks of, in hours."""
    for match in _TOLD.finditer(sentence):
        low, high = (_number(match[end] or match["low"]) for end in ("low", "high"))
        if (match["bound"] or "").casefold() == "under":
            yield 0.0, low * _YEAR - 1
        elif match["bound"]:
            yield low * _YEAR, math.inf
        else:
            yield low * _YEAR, (high + _NEARLY) * _YEAR


def _number(told: str) -> float:
    return float(NUMBER_WORDS.get(told.casefold(), told))


# ── how many ───────────────────────────────────────────────────────────────────────────────────

_WHO = """person persons people ppl pax guest guests head heads adult adults visitor visitors
    participant participants child children kid kids friend friends girl girls boy boys guy guys
    lad lads man men woman women lady ladies mate mates student students"""
_COUNTED = {stem(word): "people" for word in _WHO.split()}
"""Nouns that count the same."""
_OF_US = re.compile(
    r"\b(?:group|party|table|team|class|family|bunch) of (\d+)\b|\b(\d+) of us\b"
    r"|\b(?:we are|we're|were|there's|theres) (\d+)(?=\W*$|[,.?!])",
    re.IGNORECASE,
)


def number_of(noun: str) -> str:
    """Return the sort of a number by the stem of what it counts."""
    return f"number of {_COUNTED.get(noun, noun)}"


PEOPLE = number_of("people")


def people_named(question: str) -> Iterator[float]:
    """Yield how many people somebody comes with, where no noun follows the number."""
    for match in _OF_US.finditer(question):
        yield float(next(filter(None, match.groups())))

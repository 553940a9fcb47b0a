"""Typed values in a text, each in one normal form.

Money, percentages, durations, measures, dates, weekdays, times, links, email addresses, phone
numbers, codes and plain numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from agent.replies.value_forms import PATTERNS, ValueKind
from agent.replies.value_readers import DAYS
from agent.replies.value_units import in_one_unit
from agent.replies.words import STOP_WORDS, normalise, stem

__all__ = ["Bound", "Value", "ValueKind", "values_of"]


class Bound(StrEnum):
    """What stands before a value: at least it, at most it, about it, or nothing."""

    NONE = ""
    LEAST = "at least"
    MOST = "at most"
    ABOUT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value found: ``amount`` in normal form (a range as ``3-5``), ``unit`` in the singular.

    ``noun`` is the stem of the word that a plain number counts. ``span`` is where it stands.
    """

    kind: ValueKind
    amount: str
    unit: str = ""
    noun: str = ""
    bound: Bound = Bound.NONE
    span: tuple[int, int] = (0, 0)

    @property
    def key(self) -> tuple[ValueKind, str, str]:
        """What makes two values the same, their surroundings and a date's year apart.

        A week is 7 days, and 90 minutes are 1.5 hours.
        """
        if self.kind in {ValueKind.DURATION, ValueKind.MEASURE}:
            return (self.kind, *in_one_unit(self.amount, self.unit))
        return (self.kind, self.amount, "" if self.kind is ValueKind.DATE else self.unit)

    @property
    def days(self) -> frozenset[str]:
        """The days that a weekday value speaks of; empty for other kinds."""
        if self.kind is not ValueKind.WEEKDAY:
            return frozenset()
        first, joined, last = self.amount.partition("-")
        if not joined:
            return frozenset(self.amount.split(","))
        begin, end = DAYS.index(first), DAYS.index(last)
        return frozenset(DAYS[day % 7] for day in range(begin, end + (7 if end < begin else 0) + 1))

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}{' ' + self.unit if self.unit else ''}"


@lru_cache(maxsize=8_000)
def values_of(text: str) -> tuple[Value, ...]:
    """Return the values of a text in the order they stand; no two overlap."""
    text = normalise(text)
    found = sorted(_values(text), key=lambda value: value.span)
    counted = [place for place, value in enumerate(found) if value.kind is ValueKind.NUMBER]
    for place, later in pairwise(counted):
        first, second = found[place], found[later]
        if _shares_bound(first, second, text[first.span[1] : second.span[0]]):
            found[later] = replace(second, bound=first.bound)
    return tuple(found)


_FEW_WORDS_BETWEEN = 5


def _shares_bound(first: Value, second: Value, between: str) -> bool:
    """Whether a bound holds for both: ``at least 40 guests on weekdays and 80 on weekends``."""
    return (
        first.bound is not Bound.NONE
        and second.bound is Bound.NONE
        and (not second.noun or first.noun == second.noun)
        and " and " in between
        and len(between.split()) <= _FEW_WORDS_BETWEEN
    )


def _values(text: str) -> Iterator[Value]:
    rest = text
    for kind, pattern, make in PATTERNS:
        for match in pattern.finditer(rest):
            if _is_word_only(kind, match):
                continue
            amount, unit = make(match)
            start, end = match.span()
            # What is taken is blanked, so that no later kind reads it again.
            rest = rest[:start] + "\x00" * (end - start) + rest[end:]
            yield Value(
                kind=kind,
                amount=amount,
                unit=unit,
                noun=_counted(text[end : end + 40]) if kind is ValueKind.NUMBER else "",
                bound=_bound(text[max(0, start - 40) : start], text[end : end + 20], kind),
                span=(start, end),
            )


def _is_word_only(kind: ValueKind, match: re.Match[str]) -> bool:
    """``one`` is mostly no number, and ``Sun`` or ``sat`` alone mostly no weekday."""
    text = match.group().strip().casefold()
    if kind is ValueKind.NUMBER:
        return text in {"one", "zero"}
    return (
        kind is ValueKind.WEEKDAY
        and text in {"sun", "sat", "wed", "mon"}
        and not (match.group()[0].isupper())
    )


_NEXT_WORD = re.compile(r"^\s?([A-Za-z][A-Za-z-]+)")


def _counted(after: str) -> str:
    match = _NEXT_WORD.match(after)
    if match is None or match.group(1).casefold() in STOP_WORDS:
        return ""
    return stem(match.group(1).casefold())


_BOUND_BEFORE = re.compile(
    r"(?:(?P<least>at least|over|more than|above|(?:starts?|begins?) (?:at|from)|"
    r"(?:starting|beginning) (?:at|from)|reach(?:es)?|from|exceeds?|exceeding|from the age of|"
    r"(?:must|have to|has to|need to) be(?: aged)?|"
    r"minimum(?:(?: \w+){0,3} (?:is|of))?|no less than|not less than|greater than|beyond)"
    r"|(?P<most>at most|up to|within|under|less than|below|no more than|not more than|"
    r"maximum(?:(?: "
    r"\w+){0,3} (?:is|of))?|"
    r"at the latest|no later than|fewer than|not exceed(?:ing)?)"
    r"|(?P<about>about|around|roughly|approx(?:imately|\.)?|nearly|almost|usually))"
    r":?\s(?:a |an |the )?$",
    re.IGNORECASE,
)


_BOUND_AFTER = re.compile(
    r"^(?:(?P<least>\+|(?: (?:ahead|before|long|away|[a-z]+s|people|of (?:you|"
    r"us)))?\s?(?:or more|and up|and over|or over|"
    r"or older|or longer|and older|and above|plus\b))"
    r"|\s?(?P<most>or less|or under|or younger|or shorter|max\b|and under|or fewer))",
    re.IGNORECASE,
)


_CLOCK = frozenset({ValueKind.TIME, ValueKind.DATE, ValueKind.WEEKDAY})
_FROM = re.compile(r"\bfrom\s$", re.IGNORECASE)
_SPREAD = re.compile(r"\b(?:spread|split|paid|pay|payable|runs?|stretch\w*)\b[^,;.]*\bover\s$")
_STARTS = re.compile(r"\bstart(?:s|ing)? (?:at|on|from)\s$", re.IGNORECASE)


def _bound(before: str, after: str, kind: ValueKind) -> Bound:
    if _SPREAD.search(before):
        return Bound.NONE  # "spread over 12 months"
    if kind in _CLOCK and _STARTS.search(before):
        return Bound.NONE  # "starts at 8" is when, "starts at $8" is the least of several prices
    match = _BOUND_BEFORE.search(before)
    if match is None or (
        _FROM.search(before) is not None
        and after.lstrip().startswith(("to", "-", "until", "till", "through"))
    ):
        match = _BOUND_AFTER.match(after)
        if match is None:
            return Bound.NONE
        return Bound.LEAST if match["least"] else Bound.MOST
    if match["least"]:
        return Bound.LEAST
    return Bound.MOST if match["most"] else Bound.ABOUT

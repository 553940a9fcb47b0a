"""Whether a sentence speaks of the case that a question names: its day, date, distance, age, code.

Tables and lists tell cases apart by value (delivery up to 10 miles, 10 to 20 miles; hours on
Sundays; cancelling 14 days ahead), and neither words nor meaning tell that 12 miles lie in the
second. A case is met where a stretch of the same sort covers it, and missed where there are only
others.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.brand import WEEKDAYS
from agent.replies.people import PEOPLE, ages_named, ages_told, number_of, people_named
from agent.replies.value_readers import DAYS
from agent.replies.value_units import SORTS, ends_of
from agent.replies.values import Bound, Value, ValueKind, values_of
from agent.replies.words import normalise

Stretch = tuple[float, float]
"""From and to, both counted in, in the least unit of its sort."""

_MONTH_DAYS = 31
"""A day of the year is numbered as if each month had so many days."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How many of a question's cases a sentence covers, and how many only others of their sort."""

    met: int = 0
    missed: int = 0


def fit_of(question: str, sentence: str) -> Fit:
    """Compare the cases that a question names with those that a sentence speaks of."""
    told = _told(sentence)
    met = missed = 0
    for sort, asked in _asked(question).items():
        stretches = told.get(sort, ())
        if not stretches:
            continue
        covered = any(_overlap(one, other) for one in asked for other, _ in stretches)
        met += covered
        missed += not covered and any(sets_apart for _, sets_apart in stretches)
    return Fit(met=met, missed=missed)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one[0] <= other[1] + _ROUNDING and other[0] <= one[1] + _ROUNDING


# ── what a question names ──────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1_000)
def _asked(question: str) -> Mapping[str, tuple[Stretch, ...]]:
    text = _WEEKDAY.sub(_in_full(WEEKDAYS), _MONTH.sub(_in_full(_MONTHS), normalise(question)))
    found: dict[str, tuple[Stretch, ...]] = {}
    for value in values_of(text):
        for sort, stretch in _of_value(value):
            found[sort] = (*found.get(sort, ()), stretch)
    for years in ages_named(text):
        found["time"] = (*found.get("time", ()), years)
    for people in people_named(text):
        found[PEOPLE] = (*found.get(PEOPLE, ()), (people, people))
    for shape, code in _codes(text):
        found[shape] = (*found.get(shape, ()), (code, code))
    return found


def _in_full(names: Sequence[str]) -> Callable[[re.Match[str]], str]:
    """Return what writes ``weds`` or ``feb`` as the name that it begins."""
    return lambda match: next(
        name.title() for name in names if name[:3] == match.group()[:3].casefold()
    )


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?<=in )ma(?:rch|y)|(?<=next )ma(?:rch|y))\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|weds|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?s?\b",
    re.IGNORECASE,
)


# ── what a sentence speaks of ──────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16_000)
def _told(sentence: str) -> Mapping[str, tuple[tuple[Stretch, bool], ...]]:
    """Return the stretches by sort; with each whether it sets cases apart, as a lone value not."""
    text = _FEAST.sub("a feast", normalise(sentence))
    found: dict[str, list[tuple[Stretch, bool]]] = {}
    values = _joined(text, values_of(text))
    for value, until in values:
        for sort, stretch in _of_value(value):
            ends = [last for s, last in _of_value(until) if s == sort] if until else []
            whole = (stretch[0], ends[0][1]) if ends else _bounded(text, value, stretch)
            apart = whole != stretch or "-" in value.amount or sort in {"weekday", "date"}
            found.setdefault(sort, []).extend((part, apart) for part in _around(whole, sort))
    found.setdefault("time", []).extend((ages, True) for ages in ages_told(text))
    for shape, code in _codes(text):
        found.setdefault(shape, []).append(((code, code), True))
    if _DAILY.search(text):
        found.setdefault("weekday", []).append(((0, 6), True))
    return {sort: tuple(stretches) for sort, stretches in found.items()}


_FEAST = re.compile(
    r"\b(?:Easter|Palm|Whit|Pentecost) (?:Sun|Mon)day\b|\b(?:Good|Black|Holy) Friday\b|"
    r"\b(?:Shrove|Pancake) Tuesday\b|\b(?:Ash) Wednesday\b|\b(?:Maundy) Thursday\b|"
    r"\bCyber Monday\b",
    re.IGNORECASE,
)
"""Days that are no ordinary ones of their weekday."""
_DAILY = re.compile(r"\b(?:daily|every ?day|seven days|7 days a week|all week)\b", re.IGNORECASE)
_UNTIL = re.compile(r"^(?:st|nd|rd|th)?,?\s*(?:-|–|—|to|until|till|through|thru)\s*(?:the )?$")
_BETWEEN = re.compile(r"\bbetween (?:the )?$", re.IGNORECASE)


def _joined(text: str, values: tuple[Value, ...]) -> Iterator[tuple[Value, Value | None]]:
    """Join two values that are the ends of one stretch: ``January 5 - April 14``."""
    place = 0
    while place < len(values):
        first = values[place]
        second = values[place + 1] if place + 1 < len(values) else None
        if second is not None and _are_ends(text, first, second):
            yield first, second
            place += 2
            continue
        yield first, None
        place += 1


def _are_ends(text: str, first: Value, second: Value) -> bool:
    if {sort for sort, _ in _of_value(first)} != {sort for sort, _ in _of_value(second)}:
        return False
    between = text[first.span[1] : second.span[0]]
    if _BETWEEN.search(text[: first.span[0]]) and between.strip() == "and":
        return True
    return _UNTIL.match(between) is not None


def _around(stretch: Stretch, sort: str) -> Iterator[Stretch]:
    """Cut what goes over the end of the year or the week (``November to March``) in two."""
    low, high = stretch
    if low <= high:
        yield stretch
    elif sort in {"date", "weekday"}:
        yield (low, math.inf)
        yield (-math.inf, high)
    else:
        yield (high, low)


_AHEAD = re.compile(r"^\s?(?:\w+ ){0,2}?(?:before|ahead|in advance|prior|notice)\b", re.IGNORECASE)
_NO_LATER = re.compile(r"\b(?:up to|until|till|at least|or more)\s?$", re.IGNORECASE)
_OR_MORE = re.compile(r"^\s?(?:\+|or (?:more|over|older|above|longer)|and (?:over|up|older|above))")
_OR_LESS = re.compile(r"^\s?(?:or (?:less|under|younger|fewer)|and (?:under|younger))")
_MORE_CAN_BE_HAD = re.compile(r"\b(?:each|every|per) (?:further|extra|additional|other|more)\b")
_UP_FROM = re.compile(r"\bfrom (?:the )?$", re.IGNORECASE)


def _bounded(text: str, value: Value, stretch: Stretch) -> Stretch:
    before, after = text[max(0, value.span[0] - 20) : value.span[0]], text[value.span[1] :]
    if value.kind in {ValueKind.WEEKDAY, ValueKind.DATE}:
        return stretch
    if _NO_LATER.search(before) and _AHEAD.match(after):
        # "Up to 14 days before" leaves fourteen days or more.
        return (stretch[0], math.inf)
    if value.bound is Bound.LEAST or _OR_MORE.match(after) or _UP_FROM.search(before):
        return (stretch[0], math.inf)
    if value.bound is Bound.MOST or _OR_LESS.match(after):
        # "Up to eight, each further one £17" leaves nobody out.
        return (0.0, math.inf if _MORE_CAN_BE_HAD.search(after) else stretch[1])
    return stretch


# ── values as stretches ────────────────────────────────────────────────────────────────────────


def _of_value(value: Value) -> Iterator[tuple[str, Stretch]]:
    if value.kind is ValueKind.WEEKDAY:
        yield from (("weekday", stretch) for stretch in _weekdays(value.amount))
    elif value.kind is ValueKind.DATE:
        yield "date", _date(value.amount)
    elif value.unit in SORTS and value.kind in {ValueKind.DURATION, ValueKind.MEASURE}:
        sort, size = SORTS[value.unit]
        low, high = ends_of(value.amount)
        yield sort, (low * size, high * size)
    elif value.kind is ValueKind.NUMBER and value.noun:
        yield number_of(value.noun), ends_of(value.amount)


def _weekdays(amount: str) -> Iterator[Stretch]:
    days = [DAYS.index(day) for day in re.split("[-,]", amount) if day in DAYS]
    if "-" in amount and len(days) == 2:  # noqa: PLR2004 - from one to the other
        yield from _around((days[0], days[1]), "weekday")
        return
    # 'mon-wed-fri' names three days.
    yield from ((float(day),) * 2 for day in days)


def _date(amount: str) -> Stretch:
    month, _, day = amount.partition("/")
    start = int(month) * _MONTH_DAYS
    return (start + int(day),) * 2 if day else (start, start + _MONTH_DAYS)


_CODE = re.compile(r"(?<![\w$€£.])(?:(?P<letters>[A-Za-z]{1,2})(?P<n>\d{1,2})|#(?P<m>\d{1,3}))\b")


def _codes(text: str) -> Iterator[tuple[str, float]]:
    """Return codes of one or two letters and a number: post zones, levels, sizes of pots."""
    for match in _CODE.finditer(text):
        letters = (match["letters"] or "#").casefold()
        yield f"code {letters}", float(match["n"] or match["m"])

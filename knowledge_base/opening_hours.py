"""Questions about opening hours, of a named day or of the usual week."""

import re
from calendar import day_name, month_name
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from knowledge_base.patterns import any_of
from knowledge_base.question import spell_out
from knowledge_base.words import STOP_WORDS, content_words, words

_DAYS = ((any_of(r"\b(?:today|tonight|right now)\b"), 0), (any_of(r"\btomorrow\b"), 1))
_HAS_HOURS = any_of(r"\b(?:opens?|opening|close[sd]?|closing|hours|hrs|shuts?)\b")
_ASKS_HOURS = any_of(
    r"\b(?:when|wh?at time|til(?:l)? when|how late|how early|(?<!how many )(?:hours|hrs))\b",
    r"\b(?:are|r|is) (?:you|u|ya|yall|y'all|the|your|ur)\b.{0,30}\bopen\b",
    r"^\W*(?:u |you )?open\W*$",
)
_WEEKDAY = (
    r"\b(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|sday|rs|rsday|nesday|urday|day)?(?P<several>s)?\b"
)
_NAMES_A_WEEKDAY = any_of(rf"{_WEEKDAY}|\bweekends?\b|\bweekdays?\b")
_NAMES_A_DATE = any_of(
    r"\b(?:today|tonight|tomorrow|now|yet|still)\b|\d",
    r"\bholidays?\b|\bxmas\b|\bchristmas\b|\beaster\b|\bthanksgiving\b|\bnew year",
    r"\b(?:jan|feb|apr|aug|sept?|oct|nov|dec)(?:[a-z]*ber|uary|ruary|il|ust)?\b",
)
_OF_HOURS = STOP_WORDS | frozenset(
    words(
        "open opens opening close closes closed closing hours hour hrs shut shuts time times day "
        "days week usual usually normal normally regular late early till til until from business "
        "work guys yall when what whats wat wot shop store place start finish hi hey hello please "
        "pls thanks your you are is do does can tell me know the current"
    )
)
_MOST_NAMED = 2
"""Words beside, which say whose hours are meant; with more it is about something else."""

_WEEK = "opening hours Monday to Sunday"


def usual_hours(question: str) -> tuple[str, ...] | None:
    """Return the words that say whose usual hours are asked for; None where no usual ones are.

    >>> usual_hours("when do you open"), usual_hours("what time does the Durango store close?")
    ((), ('durango',))
    >>> usual_hours("are you open on sunday") is usual_hours("do the pots open") is None
    True
    """
    text = spell_out(question.casefold())
    return None if _NAMES_A_WEEKDAY.search(text) else _whose_hours(text)


def hours_of_a_day(question: str) -> tuple[str, ...] | None:
    """Return the words that say whose hours of a weekday are asked for; None where none are.

    Of today and tomorrow too, once ``dated`` has named their weekday. A date or a feast is no
    ordinary day of its weekday.

    >>> hours_of_a_day("is the Durango shop open on sundays"), hours_of_a_day("when do you open")
    (('durango',), None)
    """
    text = _RELATIVE.sub(" ", spell_out(question.casefold()))
    return _whose_hours(text) if _NAMES_A_WEEKDAY.search(text) else None


def _whose_hours(text: str) -> tuple[str, ...] | None:
    if not _HAS_HOURS.search(text) or not _ASKS_HOURS.search(text) or _NAMES_A_DATE.search(text):
        return None
    said = _NAMES_A_WEEKDAY.sub(" ", text)
    named = tuple(word for word in content_words(said) if word not in _OF_HOURS)
    return named if len(named) <= _MOST_NAMED else None


_RELATIVE = any_of(r"\b(?:today|tonight|right now|tomorrow)\b(?=.*\()")


def dated(question: str, today: date, told: Collection[tuple[int, int]] = ()) -> str:
    """Add the weekday where opening hours of today or tomorrow are asked: tables go by weekday.

    ``told``: months and days that the pages speak of. Where the day asked for is one of them, also
    as the next of its weekday, the date is added: a holiday's hours are not the weekday's.
    """
    text = spell_out(question.casefold())
    if not _HAS_HOURS.search(text):
        return question
    ahead = next((days for pattern, days in _DAYS if pattern.search(text)), None)
    day = today + timedelta(days=_until(text, today) if ahead is None else ahead)
    special = (day.month, day.day) in told
    if ahead is None and not (special and day != today):
        return question
    return f"{question} ({day:%A}{f', {day:%B} {day.day}' if special else ''})"


def _until(text: str, today: date) -> int:
    """Return the days until the one weekday that a question names; 0 where it names none."""
    named = [match for match in _ONE_DAY.finditer(text) if match["several"] is None]
    if len(named) != 1:
        return 0
    days = [name[:3].casefold() for name in day_name]
    return (days.index(named[0]["day"]) - today.weekday()) % len(days)


_ONE_DAY = any_of(_WEEKDAY)


def dates_told(texts: Iterable[str]) -> frozenset[tuple[int, int]]:
    """Return the months and days that pages speak of (``November 26``, ``26 November``).

    >>> sorted(dates_told(["Closed on November 26 and 1 January."]))
    [(1, 1), (11, 26)]
    """
    return frozenset(
        (_MONTHS.index(match["month"][:3].casefold()), int(match["before"] or match["after"]))
        for text in texts
        for match in _DATE.finditer(text)
        if match["before"] or match["after"]
    )


_MONTHS = [name[:3].casefold() for name in month_name]
_DATE = re.compile(
    r"(?:\b(?P<before>\d{1,2})(?:st|nd|rd|th)?(?: of)? )?"
    rf"\b(?P<month>{'|'.join([*month_name][1:])})\b(?: (?P<after>\d{{1,2}})\b)?",
    re.IGNORECASE,
)


def as_searched(question: str) -> str:
    """Name the week where hours of it or of a day are asked, so that its tables are found."""
    of_week = usual_hours(question) is not None or hours_of_a_day(question) is not None
    return f"{question} ({_WEEK})" if of_week else question

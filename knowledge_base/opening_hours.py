"""Questions about opening hours, of a named day or of the usual week."""

from datetime import date, timedelta

from knowledge_base.patterns import any_of
from knowledge_base.question import spell_out
from knowledge_base.words import STOP_WORDS, content_words, words

_DAYS = ((any_of(r"\b(?:today|tonight|right now)\b"), 0), (any_of(r"\btomorrow\b"), 1))
_HAS_HOURS = any_of(r"\b(?:opens?|opening|close[sd]?|closing|hours|hrs|shuts?)\b")
_ASKS_HOURS = any_of(
    r"\b(?:when|wh?at time|til(?:l)? when|how late|how early|(?<!how many )(?:hours|hrs))\b",
    r"\b(?:are|r) (?:you|u|ya|yall|y'all|the|your|ur)\b.{0,30}\bopen\b",
    r"^\W*(?:u |you )?open\W*$",
)
_NAMES_A_DAY = any_of(
    r"\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?\b",
    r"\bweekends?\b|\bweekdays?\b|\b(?:today|tonight|tomorrow|tmrw|2moro|now|yet|still)\b|\d",
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
    if not _HAS_HOURS.search(text) or not _ASKS_HOURS.search(text) or _NAMES_A_DAY.search(text):
        return None
    named = tuple(word for word in content_words(text) if word not in _OF_HOURS)
    return named if len(named) <= _MOST_NAMED else None


def dated(question: str, today: date) -> str:
    """Add the weekday where opening hours of today or tomorrow are asked: tables go by weekday."""
    if not _HAS_HOURS.search(question):
        return question
    day = next((days for pattern, days in _DAYS if pattern.search(question)), None)
    if day is None:
        return question
    return f"{question} ({today + timedelta(days=day):%A})"


def as_searched(question: str) -> str:
    """Name the week where the usual hours are asked, so that its table is found."""
    return question if usual_hours(question) is None else f"{question} ({_WEEK})"

"""What sort of answer a question asks for, and what a passage holds that can give it."""

import re
from collections.abc import Mapping
from enum import StrEnum

from knowledge_base.patterns import any_of
from knowledge_base.words import normalise, stem


class QuestionType(StrEnum):
    """What sort of answer is asked for."""

    PRICE = "price"
    DURATION = "duration"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    PERSON = "person"
    METHOD = "method"
    REASON = "reason"
    YES_NO = "yes_no"
    OTHER = "other"


_ASKED: Mapping[QuestionType, re.Pattern[str]] = {
    QuestionType.PRICE: any_of(
        r"how much (?!time|longer|room)",
        r"\b(?:prices?|costs?|fees?|charges?|rates?|expensive)\b",
        r"\bcheap|\$",
    ),
    QuestionType.DURATION: any_of(
        r"how (?:long|soon|fast|quick)|how much (?:time|longer)",
        r"how many (?:days|weeks|hours|minutes|months|years)|\bturnaround\b",
    ),
    QuestionType.NUMBER: any_of(
        r"how (?:many|old|big|large|tall|heavy|far|often|late|early)",
        r"\b(?:maximum|minimum|limit)\b|what (?:size|percentage|number)",
    ),
    QuestionType.TIME: any_of(
        r"\bwhen\b|what (?:time|day|date)|\btill what\b",
        r"\b(?:hours|open|closed?|closing|deadline|until)\b",
    ),
    QuestionType.PLACE: any_of(
        r"\b(?:where|address|parking)\b|\blocat|which (?:city|country)",
    ),
    QuestionType.PERSON: any_of(r"\bwho(?:se|m)?\b|which (?:person|teacher|doctor|staff)"),
    QuestionType.REASON: any_of(r"\bwhy\b|how come"),
    QuestionType.METHOD: any_of(
        r"\bhow (?:do|can|to|would|should|does)\b|\bsteps?\b|what do i (?:do|need)"
    ),
    QuestionType.YES_NO: any_of(
        r"^(?:\w+[,!.]? )?(?:do|does|did|is|are|am|can|could|will|would|may|should|have|has)\b",
        r"^(?:\w+[,!.]? )?(?:any chance|possible)\b",
    ),
}
"""The first that matches counts: "how much is it when I cancel" asks for a price."""

_SUITS: Mapping[QuestionType, re.Pattern[str]] = {
    QuestionType.PRICE: any_of(
        r"[$€£]\s?\d",
        r"\d\s?(?:dollars|euros|pounds|usd|eur|gbp)\b",
        r"\b(?:free|no (?:charge|cost|fee))\b",
    ),
    QuestionType.DURATION: any_of(
        r"\b(?:\d+|an?|one|two|three|four|five|six|seven|ten|same|next)[- –to\d]*\s?"
        r"(?:business |working |full )?(?:day|week|month|year|hour|minute|min)s?\b",
        r"\b(?:overnight|lifetime)\b",
    ),
    QuestionType.TIME: any_of(
        r"\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m|p\.m)",
        r"\b\d{1,2}:\d{2}\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day",
        r"\b(?:january|february|march|april|may|june|july|august)\b",
        r"\b(?:september|october|november|december|daily|weekend|weekday|noon|midnight)\b",
        r"\b(?:before|after|until|by|within|every|once|\d{4})\b",
    ),
    QuestionType.PLACE: any_of(
        # An address begins with a number and a name with a capital.
        r"(?-i:\b\d+ [A-Z][a-z]+)",
        r"\b(?:street|road|avenue|lane|ave|rd|square|building|floor|corner|next to|behind)\b",
        r"\b(?:opposite|near|entrance|lot|garage|site|link|page|account|app|online|desk)\b",
    ),
    QuestionType.NUMBER: any_of(
        r"\d", r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|no limit|half)\b"
    ),
}
"""What a text holds that can answer a question of this type."""

_TYPE_WORDS: Mapping[QuestionType, frozenset[str]] = {
    QuestionType.PRICE: frozenset(map(stem, ("cost", "price", "charge", "fee", "rate", "much"))),
    QuestionType.DURATION: frozenset(map(stem, ("long", "time", "take", "soon"))),
    QuestionType.TIME: frozenset(map(stem, ("open", "opening", "hours", "time", "close", "date"))),
    QuestionType.PLACE: frozenset(map(stem, ("address", "located", "location", "find", "store"))),
    QuestionType.NUMBER: frozenset(map(stem, ("many", "number", "maximum", "minimum", "limit"))),
}


def question_type(text: str) -> QuestionType:
    """Return what sort of answer is asked for."""
    lowered = normalise(text)
    return next((kind for kind, p in _ASKED.items() if p.search(lowered)), QuestionType.OTHER)


def wants_value(kind: QuestionType) -> bool:
    """Whether answers of this type can be told by their looks (a price, a time …)."""
    return kind in _SUITS


def can_answer(kind: QuestionType, text: str) -> bool:
    """Whether a text holds what such an answer is made of; True where looks tell nothing."""
    pattern = _SUITS.get(kind)
    return pattern is None or pattern.search(text) is not None


def type_words(kind: QuestionType) -> frozenset[str]:
    """Return the stems that only say what sort of answer is wanted: it need not hold them."""
    return _TYPE_WORDS.get(kind, frozenset())

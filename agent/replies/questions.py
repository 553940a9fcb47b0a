"""What a question asks for: its kind decides which sentences answer and how a reply opens."""

import re
from dataclasses import dataclass
from enum import StrEnum

from agent.replies.asking_words import (
    ASKS_THE_PRICE,
    ASKS_WHEN,
    HOW_MUCH,
    HOW_MUCH_OF_IT,
    HOW_MUCH_TIME,
    NEXT_OR_LAST,
)
from agent.replies.values import ValueKind
from agent.replies.words import content_stems, normalise


class Asked(StrEnum):
    """Kinds of question, by what the answer must hold."""

    HOW_LONG = "how_long"
    HOW_MUCH = "how_much"
    HOW_MANY = "how_many"
    HOW = "how"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    WHY = "why"
    WHICH = "which"
    YES_NO = "yes_no"
    OTHER = "other"


class Aspect(StrEnum):
    """What about a product is asked."""

    PRICE = "price"
    STOCK = "stock"
    SIZE = "size"
    COLOR = "color"
    COMPARE = "compare"
    ADVICE = "advice"
    LINK = "link"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as read: ``stems`` carry its matter, ``negated`` whether it asks about a not.

    ``also`` are kinds of value that it asks for besides (``what does it cost and when is it``).
    """

    text: str
    asked: Asked
    yes_no: bool
    stems: frozenset[str]
    aspects: frozenset[Aspect]
    negated: bool = False
    also: frozenset[Asked] = frozenset()


_KINDS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(pattern, re.IGNORECASE))
    for asked, pattern in (
        (
            Asked.HOW_LONG,
            (
                r"\bhow (?:long|fast|quick(?:ly)?|soon|old|many (?:days|weeks|hours|minutes|"
                r"months|years))\b"
                rf"|{HOW_MUCH_TIME}"
                r"|\bwhat(?:'s| is) the (?:deadline|time ?frame|wait|turnaround)\b|\bwithin how\b"
            ),
        ),
        (
            Asked.HOW_MUCH,
            (
                rf"{HOW_MUCH}|\bwhat (?:does|do|would|will|did) .{{0,60}}\bcost\b|\bcosts?\b|"
                r"\bprice(?![ -]?match)"
                r"|\bpricing\b|\bfees?\b|\bwhat(?:'s| is| are) the (?:charge|rate|damage)|"
                r"\bexpensive\b|\bhow pricey\b|" + ASKS_THE_PRICE
            ),
        ),
        (
            Asked.HOW_MANY,
            (
                rf"{HOW_MUCH_OF_IT}"
                r"|\bhow (?:many|often|big|large|far|tall|heavy|deep|wide|warm|thick)\b"
            ),
        ),
        (
            Asked.WHEN,
            (
                rf"{ASKS_WHEN}|{NEXT_OR_LAST}|\b(?:what|which) (?:times?|days?|dates?|hours)\b|"
                r"\b(?:opening )?hours\b|\b(?:are|r) "
                r"(?:you|u|ya|yall) open\b"
                r"|\bopen (?:on|today|tomorrow|late|now|sun|sat|mon)|\btill when\b|\bhow late\b"
            ),
        ),
        (
            Asked.WHERE,
            r"\bwhere\b|\baddress\b|\blocated\b|\bdirections\b|\bwhich (?:city|street)\b",
        ),
        (Asked.WHO, r"\bwho\b|\bwhom\b"),
        (Asked.WHY, r"\bwhy\b|\bhow come\b"),
        (Asked.HOW, r"\bhow (?:do|can|to|does|should|would|could|are|is|i|d)\b"),
        (
            Asked.WHICH,
            (
                r"\bwhich\b|\bwhat (?:kind|kinds|sort|sorts|types?|sizes?|colou?rs?|brands?|ways|"
                r"options)\b"
            ),
        ),
    )
)
_YES_NO = re.compile(
    r"(?:^|[,.!;:-]\s*|\b(?:hi|hey|hello|so|and|ok|also|but|please|wondering if|know if|ask if|"
    r"tell me if)\s+)"
    r"(?:can|could|do|does|did|is|are|r|will|would|may|should|am|has|have|any|possible)\b"
    r"|\bcan (?:i|we|you|u)\b|\bdo (?:you|u|ya|y'?all|yous|they|i|we)\b|\bis (?:it|there|that|"
    r"the)\b|\bare (?:there|they)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"\b(?:how|where|who|whom|whose|why|which|what|whats)\b|{ASKS_WHEN}", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:not|never|no longer|without)\b|n't\b", re.IGNORECASE)
_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(pattern, re.IGNORECASE))
    for aspect, pattern in (
        (
            Aspect.PRICE,
            (
                rf"{HOW_MUCH}(?! do (?:i|we|you|u) (?:need|have|got) to (?:spend|order|buy))|"
                r"\bprices?\b|\bcosts?\b|\bpricey\b|\bexpensive\b|\bafford|[$£€]|"
                r"\bbudget\b|\bhm\b|\bdo (?:i|we) pay\b|\bwhat do you charge\b|\b(?:it|they|"
                r"that) run\b|\bcost of\b|" + ASKS_THE_PRICE
            ),
        ),
        (
            Aspect.STOCK,
            (
                r"\b(?:in )?stock|\b(?:any|some|still) (?:in|there|free|going|available)\b|"
                r"\bstill (?:got|get|have|has|join|book|something|in|there|free|on)\b|"
                r"^\W*(?:is|are)\b.{0,60}\bin\W*$|"
                r"\b(?:ones?|still|any|it|again|back) in\W*$|\bin (?:yet|now|today|again|when)\b|"
                r"\b(?:spots?|seats?|places?|spaces?|slots?) (?:left|free|still|yet|available)\b|"
                r"\b(?:is|are|says?|its|it's|again|class|course) (?:\w+ )?(?:fully? booked|full)\b|"
                r"\bfull(?:\W*$|\?| up\b| or not\b| when\b)|\bback (?:yet|in|when|again)\b|"
                r"\bwhen\b.{0,60}\b(?:back|again|next|coming|restock\w*|more)\b|"
                r"\b(?:back|again|next|more|in) when\b|\bwhen next\b|\bwhen\W*$|"
                r"\bwhen (?:can|could|may) (?:i|we) (?:have|get|book|do|buy)\b|\ball gone\b|"
                r"\bhave (?:ye|ya|yous)\b|\bgot any\b|"
                r"\bstill (?:can|could) (?:join|book|get|come)\b|"
                r"\bavailab|\bsold out\b|\bdo (?:you|u|ya|y'?all|you guys) "
                r"(?:guys )?(?:have|got|carry|sell|still)"
                r"|\b(?:have|got) (?:you|u|the|any)\b|\bback in\b|\brestock|\bleft\b|\bcoming "
                r"back\b|\bcarry\b|\bstill have\b"
            ),
        ),
        (
            Aspect.SIZE,
            (
                r"\bsizes?\b|\bsized\b|\bin an? \d|\bin \d|\b(?:xs|xl|xxl|small|medium|large)\b|"
                r"\bwide\b|\bfits?\b"
            ),
        ),
        (
            Aspect.COLOR,
            (
                r"\bcolou?rs?\b|\bin (?:black|blue|red|green|white|grey|gray|brown|tan|navy|pink|"
                r"yellow|orange|purple|olive|teal)\b"
            ),
        ),
        (
            Aspect.COMPARE,
            (
                r"\bcheap(?:er|est)\b|\bdiff(?:ers?|erences?)?\b|\bdifferent (?:from|to|than)\b|"
                r"\bgap\b|\bhow much (?:more|less)\b|\bdearer\b|"
                r"\bpriciest\b|\bbetter value\b|\bcompare|\bbetter\b|\bvs\b|\bversus\b|\bmost "
                r"expensive\b|\blight(?:er|est)\b"
            ),
        ),
        (
            Aspect.ADVICE,
            (
                r"\brecommend|\bsuggest|\badvi[cs]e\b|\bgood for\b|\blooking for\b|\bshould i "
                r"(?:get|buy|take)\b|\bwhat do you have\b"
                r"|\bunder \$?\d|\bgoes with\b|\bgo with\b|\banything (?:for|in|under)\b|\bneed "
                r"(?:a|some|new)\b"
            ),
        ),
        (Aspect.LINK, r"\blink\b|\burl\b|\bwebsite\b|\bpage\b|\bonline\b"),
    )
)

WANTED: dict[Asked, frozenset[ValueKind]] = {
    Asked.HOW_LONG: frozenset({ValueKind.DURATION}),
    Asked.HOW_MUCH: frozenset({ValueKind.MONEY, ValueKind.PERCENT}),
    Asked.HOW_MANY: frozenset({ValueKind.NUMBER, ValueKind.MEASURE, ValueKind.DURATION}),
    Asked.WHEN: frozenset({ValueKind.TIME, ValueKind.WEEKDAY, ValueKind.DATE, ValueKind.DURATION}),
}
"""Kinds of value, one of which an answer should hold."""

_LONGEST_READ = 1_000
"""Characters of a question that are read; what follows is a story, not the question."""


def read_question(text: str) -> Question:
    """Read a question. Never fails; what is no question is ``OTHER``."""
    text = normalise(text)[:_LONGEST_READ]
    kinds = [kind for kind, pattern in _KINDS if pattern.search(text)]
    asked = kinds[0] if kinds else None
    yes_no = _YES_NO.search(text) is not None and _OPEN.search(text) is None
    if asked is None:
        asked = Asked.YES_NO if yes_no else Asked.OTHER
    return Question(
        text=text,
        asked=asked,
        yes_no=yes_no,
        stems=content_stems(text),
        aspects=frozenset(a for a, pattern in _ASPECTS if pattern.search(text)),
        negated=_NEGATED.search(text) is not None,
        also=frozenset(kinds[1:]) & WANTED.keys(),
    )


_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_FEWEST_WORDS = 3


def only_question(text: str) -> str:
    """Return the one sentence that asks, of a text that tells a story too; else empty."""
    sentences = [part for part in _SENTENCES.split(text) if part.strip()]
    asking = [part for part in sentences if _asks(part)]
    if len(sentences) > 1 and len(asking) == 1 and len(asking[0].split()) >= _FEWEST_WORDS:
        return asking[0].strip()
    return ""


def _asks(text: str) -> bool:
    read = read_question(text)
    return "?" in text or read.asked is not Asked.OTHER or bool(read.aspects)

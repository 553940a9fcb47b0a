"""What a question asks of the catalogue: limits on price, the order of rows, what is sought."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge_base.patterns import any_of
from knowledge_base.words import normalise

_MONEY = (
    r"(?:dollars?|bucks|usd|euros?|eur|pounds?|quid|gbp|kr|kroner|kronor|nok|sek|dkk|francs?|"
    r"chf|rand|rupees|yen|[$€£¥₹])"
)
_AMOUNT = (
    r"(?:[$€£¥₹]|\b(?:r|rs|chf|kr|nok|dkk|sek)\s?(?=\d))?\s?(\d++(?:\.\d{1,2})?+)\s?" + _MONEY + "?"
)
_AMOUNT_OF_MONEY = (
    r"(?:[$€£¥₹]\s?(\d++(?:\.\d{1,2})?+)|(\d++(?:\.\d{1,2})?+)\s?" + _MONEY + r"(?!\w))"
)
"""An amount that says what money it is; one of two groups holds the number."""
_NO_PRICE_UNIT = (
    r"(?!\s*(?:days?|weeks?|months?|years?|hours?|minutes?|mins?|miles?|km|lbs?|kg|g|oz|%|percent|"
    r"people|guests?|lessons?|classes|sessions?|nights?|servings?|pairs?|pieces?|litres?|liters?|l\b|mm|cm|inch|am\b|pm\b))(?!\w)"
)
_MOST = any_of(
    r"(?:\b(?:under|below|less than|cheaper than|no more than|not more than|nothing over|"
    r"at most|up to|within|max(?:imum)?(?: of)?|beneath)|<)\s*" + _AMOUNT + _NO_PRICE_UNIT
)
_MOST_AFTER = any_of(
    _AMOUNT + r"\s*(?:or (?:less|under|below|cheaper)|max\b|maximum\b|tops\b|budget\b)"
)
_BUDGET = any_of(r"\bbudget (?:is|of|around|about)?\s*" + _AMOUNT)
_LEAST = any_of(
    r"(?:(?<!nothing )(?<!\bno )(?<!\bnot )\b(?:over|above|more than|at least|"
    r"starting (?:at|from))|>)\s*" + _AMOUNT + _NO_PRICE_UNIT
)
_MOST_FOR = any_of(
    r"\bfor\s+(?:(?:only|just|max)\s+)?" + _AMOUNT_OF_MONEY + r"(?!\s*(?:an?|per|each|a pop)\b)"
)
"""What somebody would pay: "shoes for 80 quid"."""
_BETWEEN = any_of(
    r"\b(?:between|from)\s*" + _AMOUNT + r"\s*(?:and|to|-)\s*" + _AMOUNT + _NO_PRICE_UNIT
)
_ABOUT = (
    r"\b(?:around|about|roughly|approx(?:imately)?)\s*" + _AMOUNT_OF_MONEY,
    r"\bfor (?:around|about|roughly|approx(?:imately)?) (\d++(?:\.\d{1,2})?+)(?=\s*(?:[,.?!]|$))",
)
_AROUND = any_of(*_ABOUT)
AMOUNTS = any_of(
    r"(?:\b(?:under|below|less than|cheaper than|no more than|not more than|nothing over|"
    r"at most|up to|within|max(?:imum)?(?: of)?|beneath|over|above|more than|at least|between|from|"
    r"budget(?: is| of)?)|<|>)\s*" + _AMOUNT + r"(?:\s*(?:and|to|-)\s*" + _AMOUNT + ")?",
    _AMOUNT + r"\s*(?:or (?:less|under|below|cheaper)|max\b|maximum\b|tops\b|budget\b)",
    r"(?:\bfor\s+)?" + _ABOUT[0],
    _ABOUT[1],
    _MOST_FOR.pattern,
)
"""Limits on the price with their words, to be left out where names are looked for."""

_PRICED = any_of(
    r"\b(?:is|are|was|were|it|they|one|card|voucher|worth|paid|bought)\b.{0,40}\bfor\b"
)
"""Words before "for 40 dollars" that tell what something costs, not what may be paid."""

_CHEAPEST = any_of(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|lowest price|most affordable)\b"
)
_CHEAPER = any_of(
    r"\b(?:cheaper|less expensive|costs? less|dearer|pricier|more expensive|costs? more|price "
    r"diff(?:erence)?|difference|diff?rence|compared?|vs|versus)\b",
    r"\bhow much (?:more|less|extra|dearer|cheaper)\b|\b(?:more|less) than the\b|\bsaving\b",
)
_DEAREST = any_of(
    r"\b(?:most expensive|priciest|dearest|highest[- ]priced?|top of the (?:line|range))\b"
)
_SEEKS = any_of(
    r"\b(?:do|does) (?:you|u|ya|y'all|yall|they|it)\b.*\b(?:have|sell|carry|stock|make|offer)\b",
    r"\b(?:do|does) (?:you|u|ya|y'all|yall|they|it)\b.*\b(?:got|come)\b",
    r"\b(?:got|have) any\b|\b(?:you|u) got\b|^\W*(?:got|any)\b|\bany\b.*\b(?:in stock|left)\b",
    r"\b(?:looking for|show me|compare|vs|difference between|(?:gift|present) for|best|under)\b",
    r"\brecommend|\bsuggest|\bavailab|\brestock|\bcheap",
    r"\bwhich\b.*\b(?:is|are|would|should|one|has)\b|\b(?:what|which) (?:colou?rs?|sizes?)\b",
    r"\b(?:in stock|sold out|back in|how much|prices?|costs?)\b",
    r"\bwhat\b.*\bdo (?:you|u) (?:have|sell|carry)\b",
    r"\bi(?:'m| am)? ?(?:need|want|after)\b|\b(?:need|want) (?:a|an|some)\b",
)
_ADVICE = any_of(
    r"\brecommend|\bsuggest",
    r"\b(?:looking for|what should i (?:get|buy|wear)|gift|present for|best|good for|something)\b",
    r"\bwhich\b.*\bshould i\b|\bgood\b.*\bfor\b",
)
_SIZE = any_of(
    r"\b(?:in|size|sz|an?|us|eu|uk|mens?|womens?|i(?:'m| am) an?|wear an?)\s+"
    r"(?:(?:an?|size|us|eu|uk|men'?s|women'?s)\s+)*"
    r"(\d{1,2}(?:\.5| ?1/2| and a half)?)\b"
    r"(?!\s*(?:days?|weeks?|hours?|minutes?|mins?|years?|%|dollars?|bucks|months?|"
    r"people|am\b|pm\b|:))"
)
_LETTER_SIZE = any_of(
    r"\b(?:in|size|sz|an?)\s+(?:an?\s+|size\s+)?"
    r"(xxs|xs|s|m|l|xl|xxl|2xl|3xl|small|medium|large|extra[- ](?:small|large)|x-?small|x-?large)\b"
)
SIZES = any_of(_SIZE.pattern, _LETTER_SIZE.pattern)
"""Sizes with the words before them."""
_LETTERS = {
    "small": "s", "medium": "m", "large": "l", "extra small": "xs", "extra large": "xl",
    "x large": "xl", "xlarge": "xl", "x small": "xs", "xsmall": "xs", "2xl": "xxl",
}  # fmt: skip

_MONEY_WORDS = any_of(
    r"(?<!\w)"
    + _MONEY
    + r"(?!\w)|[$€£¥₹]|\b(?:price\w*|costs?|budget|spend|pay|cheap\w*|afford|each|"
    r"buy|get|anything|something|stuff|present|gift|under|less than|below|over|tops|max)\b"
)

AROUND_SHARE = Decimal("0.2")
"""How far from "around 100" a price may lie: a fifth, as people mean it."""


class Order(StrEnum):
    """How rows are to be ordered."""

    NONE = "none"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuery:
    """The parts of a question that need no catalogue to be read. Prices in the brand's currency.

    ``seeks`` tells that products are asked for at all; ``advice`` that any fitting one will do.
    ``compares`` asks which of several costs less; ``speaks_of_money`` tells that a limit is on
    prices for sure ("between 1 and 2" may be a time).
    """

    most: Decimal | None = None
    least: Decimal | None = None
    order: Order = Order.NONE
    sizes: tuple[str, ...] = ()
    seeks: bool = False
    advice: bool = False
    compares: bool = False
    speaks_of_money: bool = False

    @property
    def limits_price(self) -> bool:
        """Whether prices are limited."""
        return self.most is not None or self.least is not None


def parse_query(question: str) -> CatalogueQuery:
    """Read limits, order and sizes out of a question."""
    text = spoken_amounts(normalise(question))
    least, most = _price_limits(text)
    order = Order.NONE
    if _CHEAPEST.search(text):
        order = Order.CHEAPEST
    elif _DEAREST.search(text):
        order = Order.DEAREST
    return CatalogueQuery(
        most=most,
        least=least,
        order=order,
        sizes=_sizes(halved(normalise(question))),
        seeks=order is not Order.NONE or _SEEKS.search(text) is not None,
        advice=_ADVICE.search(text) is not None,
        compares=_CHEAPER.search(text) is not None,
        speaks_of_money=_MONEY_WORDS.search(text) is not None,
    )


_NOTES = {
    r"\b(?:a |one )?fiver\b": "5",
    r"\b(?:a |one )?tenner\b": "10",
    r"\b(?:a|one) (?:grand|thousand)\b": "1000",
    r"(?<![\d.])(\d)\.(\d) ?(?:grand|thousand)\b": r"\g<1>\g<2>00",
    r"(?<![\d.])(\d{1,3}) ?(?:grand|thousand)\b": r"\g<1>000",
}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_ONES = "one two three four five six seven eight nine".split()  # noqa: SIM905
_UP_TO_NINETEEN = {"ten": 10, "twelve": 12, "fifteen": 15}
_BELOW_HUNDRED = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join(_UP_TO_NINETEEN)})"
)
_HUNDREDS = any_of(
    rf"\b(?P<hundreds>a|{'|'.join(_ONES)}|[1-9]) hundred"
    rf"(?:(?: and)? (?P<rest>{_BELOW_HUNDRED}|\d\d))?\b"
)
_NUMBER_WORD = any_of(rf"\b(?P<number>{_BELOW_HUNDRED})\b(?!\s(?:hundred|thousand|grand))")
_HALVES = any_of(r"\b(\d{1,2})\s?(?:1/2|½|and a half)(?!\w)")


_SIZES_IN_WORDS = [*_ONES, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"]
_SIZE_WORD = any_of(
    rf"\b(?P<before>sizes?|in an?|come in|got it in) (?P<number>{'|'.join(_SIZES_IN_WORDS)})\b"
)


def halved(text: str) -> str:
    """Write sizes in figures, halves as decimals: ``9 1/2`` and ``size nine and a half``."""
    text = _SIZE_WORD.sub(
        lambda m: f"{m['before']} {_SIZES_IN_WORDS.index(m['number'].casefold()) + 1}", text
    )
    return _HALVES.sub(r"\1.5", text)


def spoken_amounts(text: str) -> str:
    """Write notes, halves and number words as numbers: ``a fiver`` is 5, ``forty five`` is 45."""
    text = _HUNDREDS.sub(_hundreds_in_digits, text)
    text = halved(_NUMBER_WORD.sub(lambda match: str(_below_hundred(match["number"])), text))
    for said, number in _NOTES.items():
        text = re.sub(said, number, text, flags=re.IGNORECASE)
    return text


def _hundreds_in_digits(match: re.Match[str]) -> str:
    said = match["hundreds"].casefold()
    hundreds = int(said) if said.isdigit() else 1 if said == "a" else _ONES.index(said) + 1
    rest = match["rest"]
    return str(100 * hundreds + (_below_hundred(rest) if rest else 0))


def _below_hundred(said: str) -> int:
    if said.isdigit():
        return int(said)
    if said.casefold() in _UP_TO_NINETEEN:
        return _UP_TO_NINETEEN[said.casefold()]
    tens, *ones = re.split(r"[ -]", said.casefold())
    return 10 * (_TENS.index(tens) + 2) + (_ONES.index(ones[0]) + 1 if ones else 0)


def _price_limits(text: str) -> tuple[Decimal | None, Decimal | None]:
    if match := _BETWEEN.search(text):
        low, high = Decimal(match.group(1)), Decimal(match.group(2))
        return min(low, high), max(low, high)
    if match := _AROUND.search(text):
        middle = _number_in(match)
        return middle * (1 - AROUND_SHARE), middle * (1 + AROUND_SHARE)
    most = next((m for p in (_MOST, _MOST_AFTER, _BUDGET) if (m := p.search(text))), None)
    most = most or (None if _PRICED.search(text) else _MOST_FOR.search(text))
    least = _LEAST.search(text)
    return (_number_in(least) if least else None, _number_in(most) if most else None)


def _number_in(match: re.Match[str]) -> Decimal:
    return Decimal(next(group for group in match.groups() if group))


def _sizes(text: str) -> tuple[str, ...]:
    found = [normal_size(match.group(1)) for match in _SIZE.finditer(text)]
    found += [normal_size(match.group(1)) for match in _LETTER_SIZE.finditer(text)]
    return tuple(dict.fromkeys(found))


def normal_size(size: str) -> str:
    """Return a size in one form: ``8 1/2`` is ``8.5``, ``Medium`` is ``m``, ``US 9`` is ``9``."""
    text = normalise(size).strip()
    text = re.sub(r"\s?1/2|\sand a half", ".5", text)
    text = re.sub(r"^(?:us|eu|uk)\s*(?=\d)", "", text)
    return _LETTERS.get(text.replace("-", " "), text)

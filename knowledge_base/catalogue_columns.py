"""Which of a brand's own columns a question asks for, by what such columns are called anywhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge_base.catalogue_query import Order
from knowledge_base.cells import is_untold
from knowledge_base.patterns import any_of
from knowledge_base.types import Product
from knowledge_base.words import STOP_WORDS, stem, words

_KIND_OF_ASKING = tuple(
    (any_of(pattern), frozenset(columns.split()))
    for pattern, columns in (
        (
            (
                r"how (?:heavy|light)\b|\bweigh(?:s|t|ts)?\b|"
                r"\bhow many (?:grams?|kilos?|kg|g|lbs?|pounds|ounces)\b"
            ),
            "weight weighs",
        ),
        (r"how (?:tall|high)\b|\bheight\b|\b(?:get|grow)s? (?:very |really )?tall\b", "height"),
        (r"how (?:thick|tall|high|deep)\b|\bthickness\b", "thickness depth"),
        (r"how wide\b|\bwidth\b", "width"),
        (
            (
                r"\bhow (?:long|many (?:hours|hrs|minutes|mins|weeks|days|months|lessons|"
                r"sessions))\b(?!.{0,40}\b(?:keep|last|dry|charge|arrive|deliver|ship|wait))|"
                r"\bduration\b|\bhow many (?:hours|hrs|mins)\b"
            ),
            "duration length hours weeks lessons sessions",
        ),
        (
            (
                r"\bhow many (?:people|ppl|persons?|guests|kids|mouths)\b|"
                r"\bhow many (?:does|do|will|would)\b.{0,40}\b(?:feed|serve)|"
                r"\b(?:feeds?|serves?)\b|"
                r"\bfeed how many\b"
            ),
            "serves feeds people persons portions capacity seats sleeps",
        ),
        (
            r"\bhow many (?:servings|portions|cups|shakes|scoops|doses|slices)\b",
            "servings serves portions cups",
        ),
        (
            (
                r"\b(?:how old|what age|which age|from what age|age limit|ages?|"
                r"too (?:young|old))\b|"
                r"\b(?:is|turns|turned|be) \d{1,2}\b|"
                r"\b\d{1,2} ?(?:-| )?(?:yo|yr|yrs|years?)(?:[- ]?olds?)?\b|\bim \d\d\b"
            ),
            "age ages",
        ),
        (r"\b(?:what|which) level\b|\blevels?\b", "level grade"),
        (
            (
                r"\b(?:what|which) (?:day|days|evening|night)s?\b|\bwhat time\b|"
                r"\bwhen (?:is|are|does|do)\b|\bwhat evenings?\b"
            ),
            "day days time times schedule when weekday weekdays",
        ),
        (
            (
                r"\b(?:what|which) (?:dates?)\b|\bwhen (?:is|are|does|do|can)\b|\bwhat day\b|"
                r"\bstart(?:s|ing)?\b|\bkicks? off\b"
            ),
            "start starts start_date date dates",
        ),
        (
            (
                r"\b(?:what time|when)\b.{0,60}\b(?:go|goes|leave|leaves|depart|departs|"
                r"start|set off|"
                r"sail)\b|\bdepart\w*\b|\bwhat time\b"
            ),
            "departs departure leaves start starts time",
        ),
        (
            (
                r"\ballerg\w*\b|\bcontains?\b|"
                r"\b(?:nuts?|gluten|dairy|lactose|soya?|eggs?|wheat|sesame|peanuts?|celery|mustard|"
                r"fish|sulphites?)\b(?!\W?free)"
            ),
            "allergens allergen contains",
        ),
        (r"\b(?:vegan|vegetarian|veggie|halal|kosher)\b", "diet dietary"),
        (r"\bvegetarian\b|\brennet\b", "rennet"),
        (
            r"\b(?:made (?:of|from|out of)|what material|material|fabric|fib(?:er|re))\b",
            "material fabric fiber fibre upper",
        ),
        (r"\b(?:what|which) (?:animal|milk)\b|\bmilk\b", "milk"),
        (
            (
                r"\b(?:what|which) (?:language|languages)\b|"
                r"\bin (?:english|french|german|spanish|italian|dutch|polish|portuguese|chinese|"
                r"mandarin|japanese|arabic|turkish|russian|danish|swedish|norwegian|welsh|irish|"
                r"slovene|ukrainian|korean|hindi|tamil|malay)\b"
            ),
            "language languages",
        ),
        (
            (
                r"\b(?:which|what) (?:branch|centre|center|location|studio|room|site|town|shop|"
                r"campus)\b|\bwhere (?:is|are|does)\b|\bwhat floor\b|\bwhich floor\b"
            ),
            "branch centre center location studio room place venue floor",
        ),
        (r"\bwhat floor\b|\bwhich floor\b|\bfloor\b", "floor"),
        (r"\bbattery\b", "battery"),
        (r"\b(?:how many|how much) (?:gb|gigs?|gigabytes?)\b|\bstorage\b", "storage"),
        (r"\b(?:what|which|from what) year\b|\bhow old is\b", "year"),
        (r"\b(?:how many watts|wattage|how strong is the lamp)\b", "power watts wattage"),
        (r"\b(?:flavou?rs?|tastes? (?:like|of))\b", "flavour flavor taste"),
        (r"\bcaffeine\b", "caffeine"),
        (r"\bprotein\b", "protein"),
        (r"\bhow many beds\b", "beds"),
        (r"\bhow cold\b|\btemp(?:erature)?s?\b|\bminus\b", "temp temperature"),
        (r"\bflower(?:s|ing)?\b|\bbloom(?:s|ing)?\b", "flowers flowering bloom"),
        (r"\b(?:sun or shade|full sun|shade|shady)\b", "position light exposure"),
        (r"\b(?:hardy|frost|winter)\b", "hardiness"),
        (r"\bskin type\b|\b(?:dry|oily|sensitive|combination) skin\b", "skin"),
        (r"\bhow long\b.{0,60}\bopen(?:ed|ing)?\b|\bafter (?:i )?open", "pao"),
        (
            (
                r"\b(?:kid|kids|child|children|son|daughter|boy|girl|year old|"
                r"yr old)\b.{0,60}?\b(?:how much|price|cost|pay)|"
                r"\b(?:how much|price|cost)\b.{0,60}\b(?:kid|kids|child|children|son|daughter|"
                r"year old)\b"
            ),
            "child kid",
        ),
    )
)
"""How people ask, and the words that columns for it are called by, whatever the trade."""

_UNITS = frozenset(
    [
        "g",
        "kg",
        "mg",
        "mm",
        "cm",
        "m",
        "in",
        "l",
        "lm",
        "ml",
        "oz",
        "lb",
        "lbs",
        "h",
        "min",
        "w",
        "kw",
        "gb",
        "mah",
        "inch",
        "inches",
        "ft",
        "pct",
        "percent",
    ]
)
_UNSAID = frozenset({*_UNITS, "key", "min", "max", "type", "range", "release"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedColumn:
    """A column asked for: ``words`` are the stems of the question that ask for it."""

    column: str
    words: frozenset[str]


HIDDEN = frozenset({"goes_with", "image", "image_url", "supplier", "cost", "margin"})
"""Columns that are no customer's business, or hold what only the program reads."""


def asked_columns(text: str, product: Product) -> list[AskedColumn]:
    """Return the row's own columns that a question asks for, those it names first.

    Only columns with a value in this row. A question that asks for what no column tells gets none.
    """
    spoken = {stem(word) for word in words(text)}
    named: list[AskedColumn] = []
    meant: list[AskedColumn] = []
    for column, value in product.attributes.items():
        parts = column_words(column)
        if column.casefold() in HIDDEN or is_untold(value) or not _suits(text, parts, value):
            continue
        own = frozenset(map(stem, parts)) & spoken
        if own and len(own) == len(parts) and _is_named(text, parts, value):
            named.append(AskedColumn(column=column, words=own))
            continue
        asking = [
            match.group()
            for pattern, called in _KIND_OF_ASKING
            if called & {*parts, column}
            for match in pattern.finditer(text)
        ]
        if asking:
            meant.append(AskedColumn(column=column, words=_stems(" ".join(asking))))
    return [*named, *meant]


_CLOCK = re.compile(r"\d[:.]\d\d|\d\s?[ap]\.?m\b", re.IGNORECASE)
_DAYS = frozenset({"day", "days", "date", "dates", "start", "starts"})


def _suits(text: str, parts: Sequence[str], value: str) -> bool:
    """Whether a cell can be what is asked: a day without an hour does not tell what time."""
    asks_hour = re.search(r"\bwhat time\b", text, re.IGNORECASE) is not None
    return not (asks_hour and _DAYS & set(parts)) or _CLOCK.search(value) is not None


def _is_named(text: str, parts: Sequence[str], value: str) -> bool:
    """Whether a column's name stands where it is asked for, not just somewhere."""
    if value.strip().casefold() in {"yes", "no", "true", "false"}:
        return True
    name = r"\W+".join(rf"{re.escape(part)}\w{{0,2}}" for part in parts)
    before = r"\b(?:what|whats|what's|which|how many|how much)\s+(?:is |are )?(?:the )?(?:\w+ )?"
    told = rf"{before}{name}\b|\b{name}\s+of\b|\b(?:is|are) the {name}\b"
    return re.search(told, text, re.IGNORECASE) is not None


def column_words(column: str) -> list[str]:
    """Return the words that a column is called by, its unit left out."""
    parts = column.casefold().split("_")
    return [part for part in parts if part not in _UNSAID] or parts


def unit_of(column: str) -> str:
    """Return the unit at the end of a column's name, empty if it has none."""
    last = column.casefold().rsplit("_", 1)[-1]
    if "_" not in column:
        return ""
    return {"pct": "%", "percent": "%"}.get(last, last) if last in _UNITS else ""


def column_name(column: str) -> str:
    """Return what a column is called, without the unit at its end."""
    name = column.rpartition("_")[0] if unit_of(column) else column
    return name.replace("_", " ")


def with_unit(value: str, column: str) -> str:
    """Return a cell's number with the unit that its column's name ends with (``weight_kg``)."""
    value, unit = value.strip(), unit_of(column)
    if not unit or not value[-1:].isdigit():
        return value
    return f"{_WHOLE.sub('', value)} {unit}"


_WHOLE = re.compile(r"[.,]0+$")


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


_SUPERLATIVES = (
    (any_of(r"\blightest\b"), Order.CHEAPEST, frozenset({"weight"})),
    (any_of(r"\bheaviest\b"), Order.DEAREST, frozenset({"weight"})),
    (any_of(r"\btallest\b|\bhighest\b"), Order.DEAREST, frozenset({"height", "thickness"})),
    (any_of(r"\bthickest\b"), Order.DEAREST, frozenset({"thickness"})),
    (any_of(r"\bthinnest\b"), Order.CHEAPEST, frozenset({"thickness"})),
    (any_of(r"\blongest\b"), Order.DEAREST, frozenset({"duration", "length"})),
    (any_of(r"\bshortest\b"), Order.CHEAPEST, frozenset({"duration", "length", "height"})),
    (any_of(r"\b(?:biggest|largest)\b"), Order.DEAREST,
     frozenset({"serves", "capacity", "seats", "sleeps", "volume", "litres"})),
    (any_of(r"\bsmallest\b"), Order.CHEAPEST,
     frozenset({"serves", "capacity", "seats", "sleeps", "volume", "litres"})),
)  # fmt: skip
_VOLUMES = frozenset({"serves", "capacity", "seats", "sleeps", "volume", "litres", "liters"})
_COMPARATIVES = (
    (any_of(r"\blighter\b|\bweighs? less\b"), Order.CHEAPEST, frozenset({"weight"})),
    (any_of(r"\bheavier\b|\bweighs? more\b"), Order.DEAREST, frozenset({"weight"})),
    (any_of(r"\btaller\b|\bhigher\b"), Order.DEAREST, frozenset({"height", "thickness"})),
    (any_of(r"\bthicker\b"), Order.DEAREST, frozenset({"thickness"})),
    (any_of(r"\bthinner\b"), Order.CHEAPEST, frozenset({"thickness"})),
    (any_of(r"\blonger\b"), Order.DEAREST, frozenset({"duration", "length"})),
    (any_of(r"\bshorter\b"), Order.CHEAPEST, frozenset({"duration", "length", "height"})),
    (any_of(r"\b(?:bigger|larger|holds more|more room)\b"), Order.DEAREST, _VOLUMES),
    (any_of(r"\bsmaller\b|\bholds less\b"), Order.CHEAPEST, _VOLUMES),
)
"""What sets two rows against each other by a column."""
ENDS = any_of(*(pattern.pattern for pattern, _, _ in _SUPERLATIVES))
"""Words that ask for the end of some column's values."""
MORE_OR_LESS = any_of(ENDS.pattern, *(pattern.pattern for pattern, _, _ in _COMPARATIVES))
"""The same, and words that set two against each other."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """The end of a column's values that is asked for."""

    column: str
    order: Order


def asked_extreme(text: str, rows: Sequence[Product]) -> Extreme | None:
    """Return the column whose highest or lowest value is asked for; every row must have one.

    ``Order.CHEAPEST`` stands for the lowest value here, as it does for prices.
    """
    two = _COMPARATIVES if len(rows) == 2 else ()  # noqa: PLR2004
    for pattern, order, called in (*_SUPERLATIVES, *two):
        if not pattern.search(text):
            continue
        for column in rows[0].attributes if rows else ():
            if called & set(column_words(column)) and all(number_in(p, column) for p in rows):
                return Extreme(column=column, order=order)
    return None


def number_in(product: Product, column: str) -> Decimal | None:
    """Return the number a cell begins with, None without one."""
    found = _NUMBER.search(product.attributes.get(column, ""))
    return None if found is None else Decimal(found.group().replace(",", "."))


def by_extreme(rows: Sequence[Product], extreme: Extreme) -> list[Product]:
    """Order rows by a column, the asked end first."""
    sign = 1 if extreme.order is Order.CHEAPEST else -1
    return sorted(rows, key=lambda p: sign * (number_in(p, extreme.column) or Decimal(0)))

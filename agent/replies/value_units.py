"""Units of durations and measures: how they are written, and how great they are."""

import re
from collections.abc import Mapping

DURATIONS = {
    "minute": "minutes?|mins?",
    "hour": "hours?|hrs?",
    "business day": r"(?:business|working|work)[ -]days?",
    "day": "days?",
    "night": "nights?",
    "week": "weeks?|wks?",
    "month": "months?",
    "year": "years?|yrs?",
}


MEASURES = {
    "kg": "kg|kilos?|kilograms?", "g": "g|grams?", "lb": "lbs?|pounds?", "oz": "oz|ounces?",
    "km": "km|kilomet(?:er|re)s?", "m": "m|met(?:er|re)s?", "cm": "cm|centimet(?:er|re)s?",
    "mm": "mm|millimet(?:er|re)s?", "mi": "miles?|mi", "ft": "ft|feet|foot",
    "in": "inch(?:es)?|in(?=[.,;)]|$)",
    "l": "l|lit(?:er|re)s?", "ml": "ml", "gal": "gallons?|gal", "sq ft": "sq\\.? ?ft",
    "w": "w|watts?",
    "lm": "lumens?|lm", "mah": "mah", "gb": "gb|gigs?", "mb": "mb", "tb": "tb",
    "mph": "mph", "degree": "°\\s?[cf]?|degrees?",
}  # fmt: skip


_LENGTHS = {"mm": 0.001, "cm": 0.01, "in": 0.0254, "ft": 0.3048, "m": 1, "km": 1000, "mi": 1609}
_WEIGHTS = {"g": 1, "oz": 28.35, "lb": 453.6, "kg": 1000}
_VOLUMES = {"ml": 1, "l": 1000, "gal": 3785}
_DATA = {"mb": 1, "gb": 1000, "tb": 1_000_000}
_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "business day": 24, "night": 24, "week": 168,
          "month": 730.5, "year": 8766}  # fmt: skip
SORTS: Mapping[str, tuple[str, float]] = {
    unit: (sort, size)
    for sort, units in (
        ("length", _LENGTHS), ("weight", _WEIGHTS), ("volume", _VOLUMES), ("time", _HOURS),
        ("data", _DATA),
    )
    for unit, size in units.items()
}  # fmt: skip
"""Units with their sort, and their size in its least unit."""

_ROUGH = frozenset({"business day", "night", "oz", "lb", "mi", "gal", "ft", "in"})
"""Units that are no exact multiple of another here, or that nobody means another by."""


def ends_of(amount: str) -> tuple[float, float]:
    """Return the ends of an amount such as ``3-5``; of a single one both are the same."""
    numbers = [_as_number(part) for part in amount.split("-")]
    return min(numbers), max(numbers)


def in_one_unit(amount: str, unit: str) -> tuple[str, str]:
    """Return an amount in the least unit of its sort: two weeks are 14 days, 0.5 kg are 500 g."""
    if unit not in SORTS or unit in _ROUGH:
        return amount, unit
    sort, size = SORTS[unit]
    return "-".join(f"{_as_number(part) * size:.4f}" for part in amount.split("-")), sort


def _as_number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom) if bottom else float(text)


def any_unit(table: Mapping[str, str]) -> str:
    """Return a pattern for any unit of a table."""
    return "|".join(table.values())


def unit_named(table: Mapping[str, str], found: str) -> str:
    """Return the name of the unit that was written as found."""
    return next(
        name for name, pattern in table.items() if re.fullmatch(pattern, found, re.IGNORECASE)
    )

"""spaCy's token patterns, and how the value of what they find is read."""

import re
from collections.abc import Callable

from intents.entities import patterns
from intents.types import EntityType

_THOUSANDS = 3
_LARGEST_SIZE = 60
"""European shoe and suit sizes end below it."""

_NOT_SIZE = frozenset(["size", "sizes", "sz", "sized", "a", "an", "is", ":", "the", "in"])


def rules() -> dict[str, list[list[dict[str, object]]]]:
    """Return spaCy Matcher patterns; what follows a slash only picks how the value is read."""
    size_word: dict[str, object] = {"LOWER": {"IN": sorted(patterns.SIZE_WORDS)}}
    width: dict[str, object] = {"LOWER": {"IN": sorted(patterns.WIDTHS)}, "OP": "?"}
    number: dict[str, object] = {"TEXT": {"REGEX": r"^\d{1,2}([.,]5)?$"}}
    shoe: dict[str, object] = {"TEXT": {"REGEX": r"^(?:[1-9]|1[0-9])(?:[.,]5)?$"}}
    letters: dict[str, object] = {"LOWER": {"IN": sorted(patterns.LETTER_SIZES)}}
    count: dict[str, object] = {"LOWER": {"IN": sorted(patterns.NUMBER_WORDS)}}
    digits: dict[str, object] = {"TEXT": {"REGEX": r"^\d{1,4}$"}}
    counted: dict[str, object] = {"LOWER": {"IN": sorted(patterns.COUNTED)}}
    must_width: dict[str, object] = {"LOWER": {"IN": sorted(patterns.WIDTHS - {"long", "short"})}}
    return {
        "size/said": [
            [size_word, {"LOWER": {"IN": ["a", "an", "is", ":"]}, "OP": "?"}, number, width],
            [size_word, letters],
            [letters, {"LOWER": "size"}],
        ],
        "size/plain": [
            [{"LOWER": {"IN": sorted(patterns.PLAIN_SIZES - {"small", "medium", "large"})}}],
            [
                {"LOWER": {"IN": ["a", "the", "in", "an"]}},
                {"LOWER": {"IN": ["small", "medium", "large", "xl"]}},
            ],
            [shoe, must_width],
            [shoe, {"LOWER": "and"}, {"LOWER": "a"}, {"LOWER": "half"}, width],
            [
                {"LOWER": {"IN": ["mens", "womens", "men", "women", "us", "eu", "uk", "w", "m"]}},
                shoe,
            ],
        ],
        "color/name": [
            [
                {"LOWER": {"IN": sorted(patterns.COLOR_SHADES)}, "OP": "?"},
                {"LOWER": {"IN": sorted(patterns.COLORS)}},
            ]
        ],
        "quantity/count": [
            [digits, counted],
            [count, counted],
            [{"LOWER": {"IN": ["qty", "quantity", "x"]}}, {"TEXT": ":", "OP": "?"}, digits],
            [{"TEXT": {"REGEX": r"^[xX]\d{1,3}$"}}],
            [{"TEXT": {"REGEX": r"^\d{1,3}[xX]$"}}],
            [{"LOWER": "a"}, {"LOWER": {"IN": ["dozen", "couple"]}}],
            [{"LOWER": "a"}, {"LOWER": "couple"}, {"LOWER": "of"}],
        ],
    }


def _size(said: str) -> str:
    words = [word for word in said.replace(",", ".").split() if word not in _NOT_SIZE]
    if words[1:4] == ["and", "a", "half"] or words[1:3] == ["and", "half"]:
        words = [f"{words[0]}.5", *words[words.index("half") + 1 :]]
    named = [patterns.LETTER_SIZES.get(word, word) for word in words]
    return " ".join(named)


def _count(said: str) -> str:
    digits = re.search(r"\d+", said)
    if digits is not None:
        return str(int(digits.group()))
    counts = (patterns.NUMBER_WORDS.get(word) for word in said.split())
    return next((str(count) for count in counts if count is not None), "")


VALUES: dict[str, Callable[[str], str]] = {
    "size/said": _size,
    "size/plain": _size,
    "color/name": str,
    "quantity/count": _count,
}


def money(parts: dict[str, str | None]) -> str:
    """Return ``45.00 USD`` of the groups that the money pattern matched."""
    amount = parts["a"] or parts["b"] or "0"
    decimal = _decimal(amount)
    word = (parts["word"] or "").casefold()
    if word == "cents":
        return f"{float(decimal) / 100:.2f} USD"
    sign = (
        parts["sign"] or patterns.CURRENCIES.get(word) or patterns.CURRENCIES.get(word.rstrip("s"))
    )
    return f"{float(decimal):.2f} {patterns.CURRENCIES.get(sign or '', sign or 'USD')}"


def _decimal(amount: str) -> str:
    """Read ``1,200.50`` and ``9,99``: a comma before three digits parts thousands."""
    whole, comma, rest = amount.rpartition(",")
    if comma and len(rest.partition(".")[0]) == _THOUSANDS:
        return (whole + rest).replace(",", "")
    return amount.replace(",", ".")


def bare_value(kind: EntityType, word: str) -> str:
    """Return the value of a bare word as an answer of this kind; empty if it can be none."""
    folded = word.casefold()
    if kind is EntityType.ORDER_NUMBER:
        return word.upper()
    if kind is EntityType.SIZE and (folded in patterns.LETTER_SIZES or _is_size_number(folded)):
        return _size(folded)
    if kind is EntityType.QUANTITY:
        return _count(folded)
    return ""


def _is_size_number(word: str) -> bool:
    try:
        return 0 < float(word) <= _LARGEST_SIZE
    except ValueError:
        return False

"""Which rows of the catalogue pass what a question asks: attributes, colours, sizes, prices."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from knowledge_base.catalogue_query import CatalogueQuery, Order, normal_size
from knowledge_base.catalogue_words import FOR_ALL
from knowledge_base.types import Product
from knowledge_base.words import normalise, stem, words

COLOR_FAMILIES = {
    "blue": ("navy", "sky", "cobalt", "indigo", "azure", "denim", "marine", "teal", "ink"),
    "green": (
        "olive",
        "moss",
        "sage",
        "pine",
        "forest",
        "fern",
        "mint",
        "khaki",
        "emerald",
        "lime",
    ),
    "red": ("crimson", "scarlet", "ruby", "cherry", "wine", "burgundy", "maroon", "ember"),
    "grey": ("gray", "slate", "charcoal", "graphite", "ash", "silver", "anthracite", "stone"),
    "gray": ("grey", "slate", "charcoal", "graphite", "ash", "silver", "anthracite", "stone"),
    "brown": ("tan", "chestnut", "walnut", "camel", "chocolate", "mahogany", "rust", "terracotta"),
    "white": ("ivory", "cream", "chalk", "snow"),
    "black": ("onyx", "jet", "coal"),
    "orange": ("amber", "rust", "marigold", "coral", "apricot"),
    "yellow": ("lemon", "gold", "mustard", "marigold", "amber"),
    "pink": ("rose", "coral", "blush", "fuchsia"),
    "purple": ("plum", "violet", "lavender", "lilac", "aubergine"),
    "beige": ("sand", "tan", "camel", "oat", "cream"),
}
"""Shops name colours in their own words; customers ask with these."""

PLAIN_COLORS = frozenset(COLOR_FAMILIES) | {
    *("navy", "olive", "tan", "teal", "silver", "gold", "cream", "burgundy", "khaki"),
    *("charcoal", "lilac", "turquoise", "violet"),
}
"""Words that ask for a colour wherever they stand."""

_ALSO_THINGS = frozenset(
    {"charcoal", "cream", "gold", "olive", "orange", "silver", "tan", "violet"}
)
_AS_COLOR = re.compile(r"\bin (?:the |a )?([a-z]+)\b|\b([a-z]+) (?:ones?|colou?r(?:ed)?)\b")


def asked_colors(question: str) -> frozenset[str]:
    """Return the plain colours that a question asks for: "charcoal grills" are of no colour."""
    text = normalise(question)
    as_color = {word for match in _AS_COLOR.findall(text) for word in match}
    return PLAIN_COLORS & (set(words(text)) - (_ALSO_THINGS - as_color))


SHADES = frozenset(shade for shades in COLOR_FAMILIES.values() for shade in shades)
"""Words that may be colours ("in moss")."""

_NO_VALUES = frozenset({"no", "n", "false", "0", "none", "-", ""})
_YES_VALUES = frozenset({"yes", "y", "true", "1"})


def wanted_attributes(rows: Sequence[Product], asked: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return, by attribute column, the values a question asks for.

    A yes-or-no column is asked for by its name (``waterproof``), others by their value.
    """
    wanted: dict[str, set[str]] = {}
    for product in rows:
        for column, value in product.attributes.items():
            lowered = normalise(value).strip()
            if lowered in _YES_VALUES | _NO_VALUES:
                name = {stem(word) for word in words(column)}
                if name and name <= asked:
                    wanted.setdefault(column, set()).update(_YES_VALUES)
            elif _is_plain_value(value) and {stem(w) for w in words(value)} <= asked:
                wanted.setdefault(column, set()).add(lowered)
    return {column: frozenset(values) for column, values in wanted.items()}


LONGEST_VALUE_WORDS = 2
"""Longer attribute values are prose, which nobody asks for word by word."""


def _is_plain_value(value: str) -> bool:
    found = words(value)
    return 0 < len(found) <= LONGEST_VALUE_WORDS and not any(
        any(c.isdigit() for c in word) for word in found
    )


def wanted_colors(rows: Sequence[Product], question: str) -> frozenset[str]:
    """Return the rows' colours that a question names: ``blue`` means ``storm blue``, else ``navy``.

    A colour asked for that no row has gives that colour itself, which no row will pass.
    """
    asked = set(words(question))
    colors = {color for product in rows for color in product.colors}
    if named := {c for c in colors if asked & set(words(c)[-1:])}:
        return frozenset(named)
    # "Red wine" is a sort of wine where rows are called so.
    plain = asked_colors(question) - _called(rows)
    kin = {kin for color in plain for kin in COLOR_FAMILIES.get(color, ())}
    return frozenset({c for c in colors if kin & set(words(c))} or plain)


def _called(rows: Sequence[Product]) -> frozenset[str]:
    """Return the words of the rows' names, categories and attribute values."""
    return frozenset(
        word
        for row in rows
        for text in (row.name, row.category, *row.attributes.values())
        for word in words(text)
    )


def in_color(product: Product, color: str) -> tuple[str, ...]:
    """Return the row's colours that a colour asked for means: navy for blue, if none is blue."""
    own = tuple(c for c in product.colors if color in words(c) or color == c.casefold())
    kin = set(COLOR_FAMILIES.get(color, ()))
    return own or tuple(c for c in product.colors if kin & set(words(c)))


def keeps_to(query: CatalogueQuery, product: Product) -> bool:
    """Whether a price lies within the limits of a question; one that is not known does not."""
    if not query.limits_price:
        return True
    return (
        product.price is not None
        and (query.most is None or product.price <= query.most)
        and (query.least is None or product.price >= query.least)
    )


def fits(
    product: Product,
    query: CatalogueQuery,
    wants: Mapping[str, frozenset[str]],
    colors: frozenset[str],
) -> bool:
    """Whether a row passes every limit that is set; a row without sizes passes any size."""
    if not keeps_to(query, product):
        return False
    if colors and not colors & set(product.colors):
        return False
    sizes = {normal_size(size) for size in product.sizes}
    if query.sizes and sizes and not sizes & set(query.sizes):
        return False
    return all(
        normalise(product.attributes.get(column, "")).strip() in values | FOR_ALL
        for column, values in wants.items()
    )


def ordered(rows: Sequence[Product], query: CatalogueQuery) -> list[Product]:
    """Order by price where asked, else what can be had first, else as they came."""
    if query.order is Order.CHEAPEST:
        return sorted(rows, key=lambda p: (_sum(p, dearest=False), not p.available))
    if query.order is Order.DEAREST:
        return sorted(rows, key=lambda p: (_sum(p, dearest=True), not p.available))
    return sorted(rows, key=lambda p: not p.available)


def _sum(product: Product, *, dearest: bool) -> tuple[bool, Decimal]:
    """Return what to order a row by; one without a price comes last."""
    price = product.price or Decimal(0)
    return product.price is None, -price if dearest else price

"""The catalogue: typed rows, found by name or by what a question asks of them.

Prices, sizes, colours and stock come from these rows only, never from prose.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from knowledge_base.asking_slips import mend_asking
from knowledge_base.catalogue_columns import ENDS, asked_extreme, by_extreme
from knowledge_base.catalogue_filters import (
    asked_colors,
    fits,
    keeps_to,
    ordered,
    wanted_attributes,
    wanted_colors,
)
from knowledge_base.catalogue_names import Names
from knowledge_base.catalogue_parts import PartsOfNames
from knowledge_base.catalogue_query import (
    CatalogueQuery,
    Order,
    normal_size,
    parse_query,
    spoken_amounts,
)
from knowledge_base.catalogue_runs import (
    MOST_ROWS,
    head_of,
    name_stems,
    unique,
)
from knowledge_base.patterns import any_of
from knowledge_base.question import is_elliptic
from knowledge_base.types import Product
from knowledge_base.words import STOP_WORDS, stem, words

LEAST_SIMILARITY = 0.3
"""Cosine from which a row may be offered to someone who asks for advice in their own words."""

Similar = Callable[[], Sequence[float]]
"""Gives the cosine of the question to each product, in the catalogue's order; called if needed."""


class Catalogue:
    """Products with look-up. Holds nothing but its rows."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = tuple(products)
        self._by_sku = {product.sku.casefold(): product for product in self.products}
        # Worked out now, so that no customer's question waits for it.
        self.named("a name")

    def __len__(self) -> int:
        return len(self.products)

    def by_sku(self, sku: str) -> Product | None:
        """Return the product of this number, or None."""
        return self._by_sku.get(sku.strip().casefold())

    def look_up(
        self, question: str, *, previous: str = "", similar: Similar | None = None
    ) -> tuple[Product, ...]:
        """Return the rows a question names or asks for, the most fitting first.

        Named products come back whatever else is asked of them, so that "sold out in 42" can be
        said; otherwise the rows that pass every filter. An elliptic question ("and in blue?")
        keeps what the one before it was about. Where nothing of a kind keeps to a limit on price
        or colour there is no row: ``missed_by`` tells what there is. Nothing asked for: no row.
        """
        question = mend_asking(question, self._meant.terms)
        carried = self._carried(question, mend_asking(previous, self._meant.terms))
        whole = f"{carried} {question}".strip()
        named = self._sides(question) or self._extremes(whole)
        if not named and carried:
            named = self._variants(question, self.named(carried))
        named = named or self.named(question)
        if carried and _points_at_the_pick(question, carried):
            named = named[:1]
        if not named and carried:
            named = self.named(carried)
        if self._only_describes(whole, named):
            return ()
        return named or self._filtered(whole, similar)

    def _only_describes(self, question: str, named: Sequence[Product]) -> bool:
        """Whether what seems to be named is only of the sort asked for, and keeps to no limit.

        "Womens waterproof boots under 150" means no row of 260 because that is for women.
        """
        query = parse_query(question)
        if not named or not query.limits_price or query.compares:
            return False
        by_name = _asked_in(question) & self._parts.distinctive
        return not by_name and not any(keeps_to(query, product) for product in named)

    def missed_by(self, question: str, *, previous: str = "") -> tuple[Product, ...]:
        """Return rows of the kind asked for where none keeps to the price or colour asked for.

        To be told as such: no row returned does. What costs least comes first where the limit is
        on the price.
        """
        question = mend_asking(question, self._meant.terms)
        whole = f"{self._carried(question, previous)} {question}".strip()
        query = parse_query(whole)
        priced = query.limits_price and query.speaks_of_money and not query.compares
        if not priced and (query.sizes or not asked_colors(whole)):
            return ()
        asked = _asked_in(whole)
        rows = self._meant.of_kind(spoken_amounts(whole), query) if priced else ()
        rows = rows or self._of_kind(asked)
        # "Mens 11 waterproof under 150" names no kind, and says enough all the same.
        told = priced and not rows and wanted_attributes(self.products, asked)
        rows = self.products if told else rows
        if not rows or (len(rows) == len(self.products) and not told):
            return ()
        wants = wanted_attributes(rows, asked)
        sized = CatalogueQuery(sizes=query.sizes)
        kind = [p for p in rows if fits(p, sized, wants, NO_COLORS) and (p.sizes or not told)]
        colors = wanted_colors(rows, whole)
        if not (priced or colors) or any(fits(p, query, {}, colors) for p in kind):
            return ()
        order = Order.CHEAPEST if priced else query.order
        return tuple(ordered(kind, replace(query, order=order))[:MOST_ROWS])

    def _carried(self, question: str, previous: str) -> str:
        """Return what is carried on from the question before; empty where nothing is."""
        if not previous or not is_elliptic(question):
            return ""
        # "Anything under 20" after one product's price asks for other things.
        anything = parse_query(question).limits_price and _ANYTHING.search(question)
        return "" if anything and len(self.named(previous)) == 1 else previous

    def _variants(self, question: str, before: Sequence[Product]) -> tuple[Product, ...]:
        """Return what shares most of its name with a product before and has the new words too.

        'What about the dry' means the dry one of the shoes just asked about.
        """
        known = frozenset().union(*(name_stems(product.name) for product in before))
        new = set(self._parts.terms(question)) - known - {""}
        if not (before and new):
            return ()
        shared = {
            product.sku: len(name_stems(product.name) & known & self._parts.distinctive)
            for product in self.products
            if new <= name_stems(product.name)
        }
        most = max(shared.values(), default=0)
        found = (p for p in self.products if most and shared.get(p.sku) == most)
        return tuple(found)[:MOST_ROWS]

    def named(self, question: str) -> tuple[Product, ...]:
        """Return the products a question names, tolerating slips, plurals and parts of names."""
        numbers = [p for word in re.findall(r"[\w-]+", question) if (p := self.by_sku(word))]
        if numbers:
            return unique(numbers)
        meant, joined = self._meant.meant(question), self._meant.joined(question)
        # "The Ridgeline and the Ridgeline Dry" are two, though one has all the words.
        if joined and (not meant or self._meant.repeats(joined)):
            return tuple(one.product for one in joined)[:MOST_ROWS]
        if meant:
            return meant[:MOST_ROWS]
        return self._parts.named(question)

    def alternatives(self, products: Sequence[Product], question: str = "") -> tuple[Product, ...]:
        """Return what can be had instead of the sold-out ones among these, the most alike first.

        Of the same category, in the size that the question asks for, near in price.
        """
        gone = [p for p in products if not p.available]
        if not gone:
            return ()
        sizes = set(parse_query(question).sizes)
        kinds = {p.category for p in gone if p.category}
        wanted = gone[0]
        rows = [
            p
            for p in self.products
            if p.available and p.category in kinds and (not sizes or _comes_in(p, sizes))
        ]
        rows.sort(key=lambda p: (-_alike(p, wanted), _apart(p, wanted), p.sku))
        return tuple(p for p in rows if p not in products)[:MOST_OFFERED]

    def companions(self, products: Sequence[Product]) -> tuple[Product, ...]:
        """Return what the ``goes_with`` column names for these products, what can be had only.

        Works both ways: a skirt that names a blouse goes with that blouse.
        """
        asked = {p.sku.casefold() for p in products}
        named = [sku for p in products for sku in _goes_with(p)]
        back = [p.sku for p in self.products if asked & set(_goes_with(p))] if asked else []
        rows = [row for sku in (*named, *back) if (row := self.by_sku(sku)) is not None]
        return tuple(p for p in unique(rows) if p.available and p.sku.casefold() not in asked)[
            :MOST_OFFERED
        ]

    # ── all words of a question together ───────────────────────────────────────────────────

    @cached_property
    def _meant(self) -> Names:
        return Names(self.products)

    @cached_property
    def _parts(self) -> PartsOfNames:
        return PartsOfNames(self.products)

    def _sides(self, question: str) -> tuple[Product, ...]:
        """Return the two rows that a question compares."""
        return self._meant.sides(question) if parse_query(question).compares else ()

    def _extremes(self, question: str) -> tuple[Product, ...]:
        """Return what a superlative or a limit on the price picks, the asked end first."""
        query = parse_query(question)
        superlative = query.order is not Order.NONE or ENDS.search(question) is not None
        if not (superlative or query.limits_price):
            return ()
        rows = self._meant.of_kind(spoken_amounts(question), query)
        colors = wanted_colors(rows, question) if rows else NO_COLORS
        wants = wanted_attributes(rows, _asked_in(question))
        fitting = [p for p in rows if fits(p, query, wants, colors)]
        extreme = asked_extreme(question, fitting)
        if extreme is not None:
            return tuple(by_extreme(fitting, extreme)[:MOST_ROWS])
        if query.order is Order.NONE and not query.limits_price:
            return ()
        return tuple(ordered(fitting, query)[:MOST_ROWS])

    # ── filters ────────────────────────────────────────────────────────────────────────────

    def _filtered(self, question: str, similar: Similar | None) -> tuple[Product, ...]:
        query = parse_query(question)
        asked = _asked_in(question)
        rows = self._of_kind(asked)
        if not (rows or query.advice or query.limits_price):
            return ()
        wants = wanted_attributes(rows or self.products, asked)
        colors = wanted_colors(rows or self.products, question)
        limits = query.limits_price or bool(query.sizes)
        if not (query.seeks or query.advice or limits or (rows and colors)):
            return ()
        if not rows and not query.advice and not (query.limits_price and (wants or colors)):
            return ()
        fitting = [p for p in rows or self.products if fits(p, query, wants, colors)]
        # "Waterproof under 150 in 9" names no kind, and says enough all the same.
        told = bool(wants) and limits
        if not (rows or told) or query.advice:
            fitting = self._by_similarity(fitting, similar, all_kinds=not (rows or told))
        return tuple(ordered(fitting, query)[:MOST_ROWS])

    def _of_kind(self, asked: frozenset[str]) -> tuple[Product, ...]:
        """Return the products of the sort a question names, the most exactly named sort only.

        The head of a category or name must be named (``boots``); failing that another word of the
        category will do (``acoustics`` for acoustic guitars).
        """
        heads = {
            p.sku: {head_of(p.category), head_of(p.name)} & self._parts.kinds for p in self.products
        }
        rows = [p for p in self.products if asked & heads[p.sku]]
        rows = rows or [p for p in self.products if asked & name_stems(p.category)]
        scores = {
            p.sku: len(asked & name_stems(p.category)) + (head_of(p.category) in asked)
            for p in rows
        }
        best = max(scores.values(), default=0)
        return tuple(p for p in rows if scores[p.sku] == best)

    def _by_similarity(
        self, rows: Sequence[Product], similar: Similar | None, *, all_kinds: bool
    ) -> list[Product]:
        if similar is None:
            return [] if all_kinds else list(rows)
        cosines = dict(zip((p.sku for p in self.products), similar(), strict=True))
        near = sorted(rows, key=lambda p: -cosines[p.sku])
        return [p for p in near if not all_kinds or cosines[p.sku] >= LEAST_SIMILARITY]


_ANYTHING = any_of(r"\b(?:any|some)thing\b|\bwhat (?:do|have) you\b")
_THE_PICK = any_of(r"\b(?:it|its|that|that's|thats|this)\b")


def _points_at_the_pick(question: str, carried: str) -> bool:
    """Whether "how heavy is it" goes on from "cheapest tent?": it is the one picked, no other."""
    asked, before = parse_query(question), parse_query(carried)
    picks = before.order is not Order.NONE or ENDS.search(carried) is not None
    again = asked.order is not Order.NONE or asked.limits_price or ENDS.search(question) is not None
    return picks and not again and _THE_PICK.search(question) is not None


MOST_OFFERED = 3
"""Alternatives or companions named at once; a text message holds no more."""


NO_COLORS = frozenset[str]()


def _asked_in(question: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(question) if word not in STOP_WORDS)


def _comes_in(product: Product, sizes: set[str]) -> bool:
    return not product.sizes or bool(sizes & {normal_size(size) for size in product.sizes})


def _alike(one: Product, other: Product) -> int:
    """Return how many attribute values and name words two products share."""
    values = sum(other.attributes.get(name) == value for name, value in one.attributes.items())
    return values + len(name_stems(one.name) & name_stems(other.name))


def _apart(one: Product, other: Product) -> Decimal:
    """Return how far apart two prices lie; none where one is not known."""
    if one.price is None or other.price is None:
        return Decimal(0)
    return abs(one.price - other.price)


def _goes_with(product: Product) -> list[str]:
    return [
        sku.strip().casefold()
        for sku in re.split(r"[|;,]", product.attributes.get("goes_with", ""))
        if sku.strip()
    ]

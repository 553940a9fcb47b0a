"""What the knowledge base holds and hands out. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentKind(StrEnum):
    """How a passage came to be; fusion and wording depend on it."""

    PAGE = "page"
    FAQ = "faq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document that can stand as evidence.

    ``heading`` is the path of headings joined by ``" > "`` (for an FAQ entry: its question);
    ``source`` is the file's path inside the knowledge folder; ``url`` a link customers may be
    given, empty if there is none. ``table`` says that the text is rows of a table, one a line, each
    with its headers. The passage holds from ``valid_from`` until the end of ``valid_until``, and
    only for customers of these ``regions`` and ``tiers`` where any are named.
    """

    id: str
    kind: DocumentKind
    source: str
    heading: str
    text: str
    url: str = ""
    tags: tuple[str, ...] = ()
    table: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    regions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()

    def holds_for(self, audience: "Audience") -> bool:
        """Whether the passage holds for a customer; a limited one needs to know who asks."""
        return (
            not self.regions or audience.region.casefold() in map(str.casefold, self.regions)
        ) and (not self.tiers or audience.tier.casefold() in map(str.casefold, self.tiers))

    def valid_on(self, day: date) -> bool:
        """Whether the passage holds on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who asks, as far as pages are limited by it; empty where it is not known."""

    region: str = ""
    tier: str = ""


EVERYBODY = Audience()
"""Someone of whom nothing is known: is shown no limited page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One row of ``products.csv``: the only source for prices, sizes, colours and stock.

    ``price`` is None where the file has none; ``price_note`` is what it says instead ("call us").
    ``in_stock`` counts pieces where the file gives a number; ``yes`` and ``no`` become None with
    ``available`` alone telling. Unknown columns are kept in ``attributes``.
    """

    sku: str
    name: str
    category: str
    price: Decimal | None
    currency: str
    sizes: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    available: bool = True
    in_stock: int | None = None
    restock_date: date | None = None
    description: str = ""
    url: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    price_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found.

    ``score`` orders the hits; ``cosine`` in [-1, 1] and ``bm25`` (>= 0) are its parts.
    """

    passage: Passage
    score: float
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found for one question, best first.

    ``question`` is as searched: with the weekday where today's opening hours are asked; ``mended``
    the same with slips of the pen mended that the knowledge knows better.
    ``answerability`` in [0, 1] is the calibrated probability that the hits hold the answer.
    ``products`` are the catalogue rows that the question names or asks for; ``alternatives`` what
    can be had instead of those of them that are sold out, ``companions`` what the catalogue says
    goes with them; ``near_products`` those whose rows come nearest in meaning, should the question
    mean one of them in other words. ``signs`` are what
    answerability was judged by, by name; ``word_weights`` how rare
    each word of the question is in this knowledge, ``closeness`` for each of its stems which
    stems of the hits come near to it in meaning (0 to 1).
    """

    question: str
    hits: tuple[Hit, ...]
    products: tuple[Product, ...]
    answerability: float
    took_ms: float
    signs: Mapping[str, float] = field(default_factory=dict)
    word_weights: Mapping[str, float] = field(default_factory=dict)
    closeness: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    alternatives: tuple[Product, ...] = ()
    companions: tuple[Product, ...] = ()
    mended: str = ""
    near_products: tuple[Product, ...] = ()

    @property
    def rows_to_read(self) -> tuple[Product, ...]:
        """Return the rows found and those near in meaning, each once."""
        rows = {product.sku: product for product in (*self.products, *self.near_products)}
        return tuple(rows.values())

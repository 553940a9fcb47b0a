"""Runs of neighbouring words that belong to a product's name, and the best of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.types import Product
from knowledge_base.words import content_words, stem

MOST_ROWS = 5
"""Rows handed out for a filter; a text message holds no more."""


@dataclass(frozen=True, slots=True)
class Name:
    """A product's name as stems, with how much each tells."""

    product: Product
    stems: frozenset[str]
    total: float


@dataclass(frozen=True, slots=True)
class Found:
    """A product whose name a question holds in part or in full, at these words' places."""

    product: Product
    places: frozenset[int]
    weight: float
    missing: float


_SIZES = frozenset(
    map(
        stem,
        ("small", "medium", "large", "mini", "big", "half", "single", "double", "inch", "cm", "ft"),
    )
)


def tells_size(term: str) -> bool:
    """Whether a word of a name only tells which size of the same thing it is."""
    return term.isdigit() or term in _SIZES


def name_stems(name: str) -> frozenset[str]:
    """Return the stems of a name's words."""
    return frozenset(stem(word) for word in content_words(name))


def head_of(name: str) -> str:
    """Return the stem of a name's last word: ``Ridgeline Dry Hiking Boots`` is about boots."""
    found = [word for word in content_words(name) if not word.isdigit()]
    return stem(found[-1]) if found else ""


def runs_of(terms: Sequence[str], wanted: frozenset[str]) -> list[range]:
    """Return the longest runs of places whose terms are all wanted, none of them twice.

    "The Ridgeline and the Ridgeline Wide" is two names, though their words are neighbours.
    """
    runs: list[range] = []
    start = None
    for i, term in enumerate((*terms, "")):
        if start is not None and (term not in wanted or term in terms[start:i]):
            runs.append(range(start, i))
            start = None
        if start is None and term in wanted:
            start = i
    return runs


def best_names(found: list[Found]) -> tuple[Product, ...]:
    """Pick the best match with its equals, then what the rest of the question names."""
    picked: list[Product] = []
    rest = sorted(found, key=lambda f: (-f.weight, f.missing))
    while rest:
        best = rest[0]
        picked += [f.product for f in rest if f.places == best.places and f.missing <= best.missing]
        rest = [f for f in rest if not f.places & best.places]
    return unique(picked)[:MOST_ROWS]


def unique(products: Sequence[Product]) -> tuple[Product, ...]:
    """Return products each once, the first place of each kept."""
    return tuple({product.sku: product for product in products}.values())

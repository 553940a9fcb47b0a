"""Which rows a question means, when all its naming words are taken together.

A word that names something must be a word of the row: "smoked goat cheese" is neither the smoked
cheese nor the goat's.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from knowledge_base.asking_slips import ASKING
from knowledge_base.catalogue_query import AMOUNTS, CatalogueQuery
from knowledge_base.catalogue_words import (
    DAYS,
    SHORTEST_PART,
    RowWords,
    Vocabulary,
    row_words,
    stems_of,
    words_of,
)
from knowledge_base.types import Product
from knowledge_base.words import stem, words

_SIDES = re.compile(
    r"\bor\b|\bvs\b|\bversus\b|\bthan\b|\binstead of\b|\bcompared (?:with|to)\b|\bover the\b"
    r"|\band\b|\bfrom the\b|\bto the\b|\bagainst\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\b(?:and|or|plus|n)\b|[&+,;/]", re.IGNORECASE)
_CLAUSES = re.compile(r"[.?!,;:\n]+(?=\s|$)|\s[-–—]+\s")


def clauses_of(text: str) -> list[str]:
    """Return the parts of a text between its marks."""
    return [part for part in _CLAUSES.split(text) if part.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A row that a question names beside others, with its part of the question."""

    product: Product
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    product: Product
    words: RowWords


class Names:
    """The names of a catalogue, to be found in questions."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._rows = tuple(_Row(product=p, words=words_of(p)) for p in products)
        self._count = Counter(term for row in self._rows for term in row.words.naming)
        everywhere = frozenset().union(*(row.words.all for row in self._rows))
        self._naming = Vocabulary(self._count)
        self._all = Vocabulary(everywhere)

    @property
    def terms(self) -> frozenset[str]:
        """Every stem of the rows but those of descriptions."""
        return self._all.terms

    def meant(self, question: str) -> tuple[Product, ...]:
        """Return the rows that have all naming words of a question, the fullest named first.

        Several where the question does not tell them apart. Empty where fewer than two words name
        something, for one word alone may be a kind of thing.
        """
        best = self._best(self._terms(question), frozenset())
        return tuple(row.product for row in best)

    def sides(self, question: str) -> tuple[Product, ...]:
        """Return the two rows that a question sets against each other, as named; else none."""
        parts = _SIDES.split(question)
        terms = self._terms(question)
        for i in range(1, len(parts)):
            left, right = (self._terms(" ".join(p)) for p in (parts[:i], parts[i:]))
            one, other = (self._best(a, b, least=1) for a, b in ((left, right), (right, left)))
            if len(one) == len(other) == 1 and one[0].product.sku != other[0].product.sku:
                both = one[0].words.all | other[0].words.all
                if terms & self._naming.terms <= both:
                    return one[0].product, other[0].product
        return ()

    def joined(self, question: str) -> tuple[Named, ...]:
        """Return the rows that a question names one by one ("the mill and the ladle"); else none.

        Each part must name one row for sure; a part that names none belongs to the one before.
        """
        parts = [part for part in _JOINS.split(question) if part.strip()]
        terms = [self._terms(part) for part in parts]
        whole = frozenset().union(*terms) & self._naming.terms
        found: list[Named] = []
        for i, part in enumerate(parts):
            if not terms[i] & self._naming.terms:
                found = _told_more(found, part)
                continue
            beside = frozenset().union(*terms[:i], *terms[i + 1 :])
            best = self._best(terms[i], beside, least=1)
            # "Between 1 and 2" names nothing; "the Hollow 40 and 20" does.
            if len(best) != 1 or not _names_well(best[0].words, terms[i], beside):
                return ()
            if found and found[-1].product.sku == best[0].product.sku:
                found = _told_more(found, part)
            else:
                found.append(Named(product=best[0].product, text=part.strip()))
        skus = {one.product.sku for one in found}
        own = frozenset().union(*(words_of(one.product).all for one in found))
        several = len(skus) > 1 and len(skus) == len(found)
        return tuple(found) if several and whole <= own else ()

    def repeats(self, joined: Sequence[Named]) -> bool:
        """Whether parts that name rows share a word of their names."""
        said = Counter(t for one in joined for t in self._terms(one.text) & self._naming.terms)
        return any(count > 1 for count in said.values())

    def of_kind(self, question: str, query: CatalogueQuery) -> tuple[Product, ...]:
        """Return the rows that a superlative or a limit chooses from: all that have the words.

        Every row where a limit on the price is all that is said.
        """
        text = AMOUNTS.sub(" ", question)
        known = self._terms(text) & self._all.terms
        naming = known & self._naming.terms
        if not naming:
            prices = query.limits_price and (query.speaks_of_money or query.seeks)
            return tuple(r.product for r in self._rows) if prices and not known else ()
        rows = [r for r in self._rows if known <= r.words.name | r.words.kind | r.words.values]
        rows = _called(rows, naming) if rows else self._of_head(known)
        return tuple(row.product for row in self._described(rows, text))

    def _of_head(self, known: frozenset[str]) -> list[_Row]:
        """Return the rows of the one kind named, where no row has what stands before it."""
        heads = known & {_last_of(row.product.category) for row in self._rows}
        return [r for r in self._rows if heads <= r.words.kind] if len(heads) == 1 else []

    def _described(self, rows: list[_Row], text: str) -> list[_Row]:
        """Keep the rows that tell of a word before their kind, if a description has both so.

        A "rain jacket" is one of the jackets whose descriptions tell of rain.
        """
        spoken = list(map(stem, words(text)))
        for word, after in pairwise(spoken):
            pair = f" {word} {after} "
            if word not in self._all.terms and any(pair in _said_of(row.product) for row in rows):
                rows = [row for row in rows if word in row.words.told]
        return rows

    def _terms(self, question: str) -> frozenset[str]:
        """Return the stems that the words of a question stand for among the rows' words."""
        # "In stock" means no streaming stick.
        said = [w for w in row_words(question) if w not in ASKING or stem(w) in self._all.terms]
        read = self._naming.read(said)
        # A word that some row has as it stands is no misspelt name: ``waterproof`` is no proofing.
        known = {stem(w) if stem(w) in self._all.terms else term for w, term in read if term}
        others = [word for word, term in read if not term]
        return frozenset(known | {t for w in others if (t := self._all.means(w))})

    def _best(self, terms: frozenset[str], beside: frozenset[str], *, least: int = 2) -> list[_Row]:
        """Return the rows with all naming words, and most of the others and of those beside."""
        needed = terms & self._naming.terms
        # A number is no name by itself, nor is the word of a category.
        rows = [
            row
            for row in self._rows
            if all(_has(row.words, term) for term in needed)
            and len(needed | (terms & row.words.values)) >= least
            and any(not term.isdigit() or least == 1 for term in needed)
            and any(_has(row.words, term) for term in needed - row.words.kind)
        ]
        if not rows:
            return []
        scores = [self._score(row, terms, beside) for row in rows]
        best = max(scores)
        return [row for row, score in zip(rows, scores, strict=True) if score == best]

    def _score(
        self, row: _Row, terms: frozenset[str], beside: frozenset[str]
    ) -> tuple[int, int, int, int, int]:
        words = row.words
        unsaid = len(words.name - terms - beside - _plain_sizes(words.name))
        return (
            len(terms & words.all),
            len(terms & words.name),
            int(not words.name - terms),
            len(beside & words.naming),
            -unsaid,
        )


def _names_well(words: RowWords, own: frozenset[str], beside: frozenset[str]) -> bool:
    """Whether a part says at least half of a name: "full" is no "Bedding Set Full Season"."""
    name = frozenset(t for t in words.name if not t.isdigit()) - _plain_sizes(words.name)
    said = name & (own | beside)
    return bool(said) and len(said) * 2 >= len(name)


def _told_more(found: list[Named], part: str) -> list[Named]:
    """Add a part of a question to the row named last."""
    if not found:
        return found
    *others, last = found
    return [*others, replace(last, text=f"{last.text} {part.strip()}")]


def _called(rows: list[_Row], naming: frozenset[str]) -> list[_Row]:
    """Keep the rows that are what is named: a tent is called one, its seam sealer has the word.

    What its category is called goes before its name: a 3-pack of socks is no pack.
    """
    naming -= DAYS
    of_category = [row for row in rows if naming <= row.words.kind]
    called = [row for row in rows if naming <= row.words.kind | _last(row.product.name)]
    return of_category or called or rows


@lru_cache(maxsize=4_000)
def _described_stems(description: str) -> str:
    return f" {' '.join(map(stem, words(description)))} "


def _said_of(product: Product) -> str:
    """Return the stems of a row's description, in order."""
    return _described_stems(product.description)


def _last_of(category: str) -> str:
    found = row_words(category)
    return stem(found[-1]) if found else ""


def _last(name: str) -> frozenset[str]:
    """Return the stem of a name's last word that is no number: what the thing is."""
    found = [term for word in row_words(name) for term in stems_of(word) if not term.isdigit()]
    return frozenset(found[-1:])


def _has(words: RowWords, term: str) -> bool:
    """Whether a row has a term, or a longer word that begins with it: ``math``, mathematics."""
    return term in words.all or (
        len(term) >= SHORTEST_PART and any(own.startswith(term) for own in words.naming)
    )


_SIZES = frozenset(
    [
        "small",
        "medium",
        "larg",
        "mini",
        "big",
        "half",
        "singl",
        "doubl",
        "inch",
        "cm",
        "mm",
        "ft",
        "kg",
        "ml",
        "lb",
        "oz",
        "gb",
        "pack",
        "litr",
        "pint",
        "quart",
        "gallon",
    ]
)


def _plain_sizes(terms: frozenset[str]) -> frozenset[str]:
    """Return the words that only tell which size of a thing it is: a name means all of them."""
    return frozenset(term for term in terms if term.isdigit() or term in _SIZES)

"""Products found by part of a name (``ridgeline``), with slips, where neighbouring words are its.

What only says which sort of thing a product is, or what colour or size, names none by itself.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

from knowledge_base.catalogue_runs import (
    Found,
    Name,
    best_names,
    head_of,
    name_stems,
    runs_of,
    tells_size,
)
from knowledge_base.catalogue_words import SHORTEST_TOLERANT
from knowledge_base.types import Product
from knowledge_base.words import content_words, stem, words

LONGEST_VALUE = 24
"""Characters; longer attribute values are prose, whose words may well be names."""


class PartsOfNames:
    """The names of a catalogue, by the words in them."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._products = products

    def named(self, question: str) -> tuple[Product, ...]:
        """Return the products of which a question says most of the name."""
        return best_names(self._candidates(self.terms(question)))

    def terms(self, question: str) -> list[str]:
        """Return the stem that each content word has in names, empty where it is in none.

        Beside the word of a kind a form of doing names nothing: "running shoes" are no headlamp
        called Nightjar Run.
        """
        said = content_words(question)
        of_a_kind = any(stem(word) in self.kinds for word in said)
        return ["" if of_a_kind and self._is_doing(word) else self._stem_of(word) for word in said]

    def _is_doing(self, word: str) -> bool:
        return word.endswith("ing") and word not in self._spoken and stem(word) in self._frequency

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(term for p in self._products for term in name_stems(p.name))

    @cached_property
    def _names(self) -> tuple[Name, ...]:
        return tuple(
            Name(product, terms, math.fsum(map(self._weight, terms)))
            for product in self._products
            if (terms := name_stems(product.name))
        )

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Stems that say what sort of thing a product is: they alone name no product.

        The words of categories, and the last words that several names share (``… Crew Socks``); a
        name of one word is a name, however many variants of it there are.
        """
        kinds = {stem(w) for p in self._products for w in content_words(p.category)}
        heads = Counter(head_of(p.name) for p in self._products if len(name_stems(p.name)) > 1)
        return frozenset(kinds | {head for head, count in heads.items() if count > 1})

    @cached_property
    def distinctive(self) -> frozenset[str]:
        """Stems that name something by themselves."""
        plain = self.kinds | self._describing
        # A number alone names nothing: "under 200" does not mean the gift card of 200.
        return frozenset(t for t in self._frequency if t not in plain and not t.isdigit())

    @cached_property
    def _describing(self) -> frozenset[str]:
        """Stems of colours, sizes and attribute values."""
        values = [
            v for p in self._products for v in (*p.colors, *p.attributes, *p.attributes.values())
        ]
        return frozenset(
            stem(word) for value in values for word in words(value) if len(value) <= LONGEST_VALUE
        )

    def _weight(self, term: str) -> float:
        return math.log1p(len(self._products) / self._frequency[term])

    def _stem_of(self, word: str) -> str:
        """Return the stem that a question's word has in names, empty if it is in none."""
        term = stem(word)
        return term if term in self._frequency else self._near(word) or ""

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """The words of names as they are written."""
        return frozenset(word for p in self._products for word in words(p.name))

    def _near(self, word: str) -> str | None:
        """Return the name's stem that a misspelt word means."""
        if len(word) < SHORTEST_TOLERANT or word.isdigit():
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        best = process.extractOne(
            stem(word),
            sorted(
                t for t in self.distinctive if t[:1] == word[:1] and len(t) >= SHORTEST_TOLERANT - 1
            ),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) > 2 * SHORTEST_TOLERANT else 1,
        )
        return None if best is None else str(best[0])

    def _candidates(self, terms: Sequence[str]) -> list[Found]:
        return [found for name in self._names for found in self._matches(name, terms)]

    def _matches(self, name: Name, terms: Sequence[str]) -> list[Found]:
        """Return the runs of neighbouring words that belong to a name.

        Neighbours only, so that in "is the Ridgeline Dry cheaper than the Larkrun" the word dry is
        the Ridgeline's.
        """
        found: list[Found] = []
        for run in runs_of(terms, name.stems):
            matched = {terms[i] for i in run}
            if not (matched & self.distinctive or (matched == name.stems and len(matched) > 1)):
                continue
            weight = math.fsum(map(self._weight, matched))
            found.append(Found(name.product, frozenset(run), weight, self._missing(name, matched)))
        return found

    def _missing(self, name: Name, matched: Collection[str]) -> float:
        """Return how much of a name is not said. Sizes do not count: a name means all of them."""
        unsaid = (term for term in name.stems if term not in matched)
        return math.fsum(self._weight(term) for term in unsaid if not tells_size(term))

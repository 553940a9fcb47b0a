"""Words of rows and of questions about them: what a customer's word means among the rows' words.

People write ``choc`` for chocolate, ``lawnmower`` for a mower, ``600g``, ``boxspring`` and
``cayak``; a name is found by all of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.types import Product
from knowledge_base.words import STOP_WORDS, normalise, stem, words

SHORTEST_TOLERANT = 5
"""Words of so many letters are found with one slip in them."""

TWO_SLIPS_FROM = 9
"""Words of so many letters are found with two slips in them."""

MOST_REMEMBERED = 4_000
"""Words of customers that are remembered with what they stand for."""

SHORTEST_CUT = 3
"""Letters that a word cut short must keep: ``vit`` for vitamin."""

SHORTEST_PART = 4
"""Letters of a word that a longer one may end with: ``mower`` in ``lawnmower``."""

LONGEST_VALUE_WORDS = 4
"""Attribute values of more words are prose, which names nothing."""

_MEASURED = re.compile(r"(\d+(?:[.,]\d+)?)([a-z]+)")
_FOR_WHAT = re.compile(r"\s(?:for|with|to fit)\s", re.IGNORECASE)
_NO_VALUES = frozenset({"no", "n", "false", "none", "-", ""})
_YES_VALUES = frozenset({"yes", "y", "true"})
_SINGLE = frozenset("abcdefghijklmnopqrstuvwxyz") - frozenset("ai")


def row_words(text: str) -> list[str]:
    """Return the words that may name something, in order; ``600g`` is ``600`` and ``g``."""
    found: list[str] = []
    for word in words(text):
        measured = _MEASURED.fullmatch(word)
        found += measured.groups() if measured else (word,)
    return [
        word for word in found if word not in STOP_WORDS and (word not in _SINGLE or word == "e")
    ]


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of the words that may name something."""
    return frozenset(map(stem, row_words(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """The stems of a row, by where they stand.

    ``name`` leaves out what the thing is for (``Case for iPhone 13`` is no phone): that is
    ``purpose``. ``values`` are those of short attributes, sizes and colours, and the names of the
    yes-or-no columns that say yes; ``told`` those of the description.
    """

    name: frozenset[str]
    purpose: frozenset[str]
    kind: frozenset[str]
    values: frozenset[str]
    told: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every stem of the row but those of its description."""
        return self.name | self.purpose | self.kind | self.values

    @property
    def naming(self) -> frozenset[str]:
        """Stems that a customer may call the row by."""
        return self.name | self.purpose | self.kind


# The rows of a catalogue are read again for every question that finds them.
@lru_cache(maxsize=4_000)
def _named(name: str, category: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    thing, *purpose = _FOR_WHAT.split(name, maxsplit=1)
    return stems_of(thing), stems_of(" ".join(purpose)), stems_of(category)


FOR_ALL = frozenset({"unisex", "everyone", "universal", "all genders"})
"""Values that leave nobody out: who asks for men's shoes may have unisex ones."""


def words_of(product: Product) -> RowWords:
    """Return the stems of a row, by where they stand."""
    name, purpose, kind = _named(product.name, product.category)
    values = [*product.sizes, *product.colors]
    told: list[str] = []
    for column, value in product.attributes.items():
        lowered = normalise(value).strip()
        if lowered in _YES_VALUES:
            values.append(column.replace("_", " "))
        elif lowered in FOR_ALL:
            values.append(f"{value} men women")
        elif lowered not in _NO_VALUES and len(lowered.split()) <= LONGEST_VALUE_WORDS:
            told.append(value)
    return RowWords(
        name=name,
        purpose=purpose,
        kind=kind,
        # A number of a column says nothing by itself: the cake that serves 8 is not the 8 inch one.
        values=frozenset(term for value in values for term in stems_of(value))
        | {term for value in told for term in stems_of(value) if not term.isdigit()},
        told=stems_of(product.description),
    )


_ALIKE = tuple(
    frozenset(map(stem, group.split()))
    for group in (
        "men man mens mans male gents gent", "women woman womens ladies lady female",
        "kid kids child children childrens junior", "bike bicycle cycle", "foot feet ft",
        "mon monday mondays", "tue tues tuesday tuesdays",
        "wed weds wednesday wednesdays", "thu thur thurs thursday thursdays", "fri friday fridays",
        "sat saturday saturdays", "sun sunday sundays", "beginner beginners newcomer",
    )
)  # fmt: skip
"""Words for one idea, whatever the trade."""

DAYS = frozenset(map(stem, "mon tue wed thu fri sat sun".split())) | frozenset(  # noqa: SIM905
    term
    for group in _ALIKE
    for term in group
    if group
    & {stem(f"{day}day") for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")}
)
"""Stems of days: what is on one is not called so."""


class Vocabulary:
    """The stems of some rows, found by what customers write for them."""

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = frozenset(terms)
        self._likeness: dict[str, str] = {}
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for term in self.terms:
            if len(term) >= SHORTEST_PART and not _has_digit(term):
                self._by_sound[_sound(term)].add(term)

    def means(self, word: str) -> str:
        """Return the stem that a word stands for; empty where it stands for none or for several.

        As written, else by its sound, with a slip, cut short, or as the end of a longer word.
        """
        term = stem(word)
        if term in self.terms:
            return term
        for group in _ALIKE:
            if term in group and (held := group & self.terms):
                return min(held)
        if _has_digit(word) or len(word) < SHORTEST_CUT:
            return ""
        found = self._likeness.get(word)
        if found is None:
            if len(self._likeness) >= MOST_REMEMBERED:
                self._likeness.clear()
            found = self._likeness[word] = self._by_likeness(word, term)
        return found

    def _by_likeness(self, word: str, term: str) -> str:
        sounds = self._by_sound.get(_sound(term), set())
        if len(sounds) == 1:
            return next(iter(sounds))
        if near := self._near(term):
            return near
        longer = {t for t in self.terms if t.startswith(word) and len(t) > len(word)}
        if len(longer) == 1:
            return next(iter(longer))
        parts = {
            t
            for t in self.terms
            if SHORTEST_PART <= len(t) <= len(word) - SHORTEST_CUT and word.endswith(t)
        }
        return next(iter(parts)) if len(parts) == 1 else ""

    def _near(self, term: str) -> str:
        if len(term) < SHORTEST_TOLERANT:
            return ""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        alike = [
            t
            for t in self.terms
            if len(t) >= SHORTEST_TOLERANT - 1 and t[:1] == term[:1] and not _has_digit(t)
        ]
        slips = 2 if len(term) >= TWO_SLIPS_FROM else 1
        best = process.extractOne(term, alike, scorer=OSA.distance, score_cutoff=slips)
        return "" if best is None else str(best[0])

    def read(self, text: Sequence[str]) -> list[tuple[str, str]]:
        """Return words with the stem that each stands for; two written as one, or one as two."""
        found: list[tuple[str, str]] = []
        for i, word in enumerate(text):
            meant = self.means(word)
            if not meant and i + 1 < len(text):
                meant = self._joined(word, text[i + 1])
            if not meant and i and found[-1][1] and self._joined(text[i - 1], word):
                meant = found[-1][1]
            if not meant and (both := self._parted(word)):
                found += [(word, part) for part in both]
                continue
            found.append((word, meant))
        return found

    def _joined(self, first: str, second: str) -> str:
        term = stem(first + second)
        return term if term in self.terms else ""

    def _parted(self, word: str) -> tuple[str, str] | None:
        """Return the two stems that a word is made of: ``boxspring``."""
        for cut in range(SHORTEST_CUT, len(word) - SHORTEST_CUT + 1):
            first, second = stem(word[:cut]), stem(word[cut:])
            if first in self.terms and second in self.terms:
                return first, second
        return None


_SOUNDS = (
    ("ph", "f"), ("wh", "w"), ("ck", "k"), ("q", "k"), ("c", "k"), ("y", "i"), ("z", "s"),
    ("th", "t"), ("ou", "o"), ("ae", "e"), ("ea", "e"), ("ee", "i"),
)  # fmt: skip


def _sound(term: str) -> str:
    """Return how a word sounds, roughly: ``kayak`` and ``cayak``, ``dyke`` and ``dike``."""
    for written, heard in _SOUNDS:
        term = term.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", term)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)

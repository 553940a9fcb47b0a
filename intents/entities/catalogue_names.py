"""Finds a catalogue's product names in a message, mistyped or shortened ones too."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from intents.types import Entity, EntityType

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PREFIX = 3
_LEAST_LIKENESS = 84.0
"""Of 100, by Levenshtein ratio: one slip in a word of six letters."""

_LEAST_SHARE = 0.55
"""Share of a name's weight (rare words weigh more) that must be said for the name to count."""

_WIDEST_GAP = 2
_MOST_NAMES = 3


class CatalogueNames:
    """An index of product names by the beginnings of their words."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._words = [tuple(w.casefold() for w in _WORD.findall(name)) for name in self._names]
        counts = Counter(word for words in self._words for word in set(words))
        total = len(self._names) + 1
        self._weights = {word: math.log(total / count) + 0.1 for word, count in counts.items()}
        self._by_prefix: dict[str, set[int]] = defaultdict(set)
        for place, words in enumerate(self._words):
            for word in words:
                if len(word) >= _PREFIX:
                    self._by_prefix[word[:_PREFIX]].add(place)

    def find(self, text: str) -> Iterator[Entity]:
        """Yield the products that a message names, the best match first where they overlap."""
        if not self._names:
            return
        said = [(m.group().casefold(), m.start(), m.end()) for m in _WORD.finditer(text)]
        places = {p for word, _, _ in said for p in self._by_prefix.get(word[:_PREFIX], ())}
        matches = [m for place in places if (m := self._match(place, said)) is not None]
        matches.sort(key=lambda match: (-match[0], match[1]))
        taken: list[tuple[int, int]] = []
        for _, place, start, end in matches:
            if all(end <= s or e <= start for s, e in taken) and len(taken) < _MOST_NAMES:
                taken.append((start, end))
                yield Entity(
                    type=EntityType.PRODUCT,
                    text=text[start:end],
                    value=self._names[place],
                    start=start,
                    end=end,
                )

    def _match(
        self, place: int, said: Sequence[tuple[str, int, int]]
    ) -> tuple[float, int, int, int] | None:
        """Return the weight said, the place, and the span; None where too little is said."""
        name = self._words[place]
        best: tuple[float, int, int, int] | None = None
        for first in range(len(said)):
            got, last, gap = 0.0, first, 0
            open_words = list(name)
            for position in range(first, len(said)):
                hit = _closest(said[position][0], open_words)
                if hit is None:
                    gap += 1
                    if position == first or gap > _WIDEST_GAP:
                        break
                    continue
                open_words.remove(hit)
                got, last, gap = got + self._weights[hit], position, 0
            total = sum(self._weights[word] for word in name)
            if got >= _LEAST_SHARE * total and (best is None or got > best[0]):
                best = (got, place, said[first][1], said[last][2])
        return best


def _closest(word: str, names: Sequence[str]) -> str | None:
    from rapidfuzz import fuzz

    if word in names:
        return word
    if len(word) <= _PREFIX:
        return None
    scored = [(fuzz.ratio(word, name), name) for name in names if len(name) > _PREFIX]
    score, name = max(scored, default=(0.0, ""))
    return name if score >= _LEAST_LIKENESS else None

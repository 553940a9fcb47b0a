"""What a message says besides: its text without some places, and whether that says anything."""

import re
from collections.abc import Sequence

from agent.consent.words import normalise


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, folded for comparison."""
    return frozenset(normalise(text).split())


IDLE = words_of(
    "a and but just so no nope nah please pls thanks thank you ok okay i we it its is am be the me "
    "my do to that this yes hey oh well at all"
)
"""Words that say nothing by themselves, whatever they are left of."""


def without(text: str, places: Sequence[tuple[int, int]]) -> str:
    """Return a text without these places, ``(start, end)`` each."""
    kept = "".join(
        " " if any(start <= place < end for start, end in places) else c
        for place, c in enumerate(text)
    )
    return re.sub(r"\s+", " ", kept).strip(" ,.;:!-")


def unless_idle(text: str, idle: frozenset[str]) -> str:
    """Return a text; empty where all of its words are idle."""
    return text if words_of(text) - idle else ""

"""Slips in the words that ask: ``pirce``, ``stcok``, ``availble``. Names are mended elsewhere."""

import re
from collections.abc import Collection

from knowledge_base.words import STOP_WORDS, stem

_WORDS = """price prices cost costs much many stock available availability weight weigh heavy cheap
    cheapest cheaper expensive colour colours color colors size sizes left when what how under
    below restock difference waterproof have discount long the"""
ASKING = frozenset(_WORDS.split())
_OWN_WORDS = frozenset({"cots", "eth", "logn"})
"""Words in their own right that look like slips of those above."""
_LONG = 6
"""Letters from which a letter too many or too few is a slip too; ``sock`` is no ``stock``."""
_SHORTEST = 3
_LETTERS = re.compile(r"(?<![\w'])[a-z]+(?![\w'])", re.IGNORECASE)


def mend_asking(text: str, known: Collection[str]) -> str:
    """Write misspelt asking words as they are meant; ``known`` are stems that stay as they are.

    Only swapped neighbours, and in long words a letter too many or too few: a wrong letter makes
    other words ("stick").
    """
    return _LETTERS.sub(lambda match: _mended(match.group(), known), text)


def _mended(word: str, known: Collection[str]) -> str:
    lowered = word.casefold()
    whole = lowered in ASKING | STOP_WORDS | _OWN_WORDS or len(lowered) < _SHORTEST
    if whole or stem(lowered) in known:
        return word
    return next((right for right in sorted(ASKING) if _is_slip(lowered, right)), word)


def _is_slip(word: str, right: str) -> bool:
    if len(word) == len(right):
        return any(
            word == f"{right[:i]}{right[i + 1]}{right[i]}{right[i + 2 :]}"
            for i in range(len(right) - 1)
        )
    short, long = sorted((word, right), key=len)
    return (
        len(long) - len(short) == 1
        and len(word) >= _LONG
        and word[0] == right[0]
        and any(short == long[:i] + long[i + 1 :] for i in range(len(long)))
    )

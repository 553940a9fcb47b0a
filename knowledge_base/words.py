"""Words of questions and passages: normal form, stop words, stems. One place for all of it."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

_QUOTES = str.maketrans({"’": "'", "‘": "'", "‛": "'", "´": "'", "`": "'", "“": '"', "”": '"'})
_WORD = re.compile(r"[^\W_]+(?:[.,'][^\W_]+)*")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
_INNER = re.compile(r"[.,']")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

REMEMBERED_TEXTS = 4096
"""Texts whose words are kept: a few megabytes."""

STOP_WORDS = frozenset(
    """a able about actually ain also am an and any anybody anyone anything are aren as at be been
    being bit but by can cannot could couldn cuz did didn do does doesn doing don dont for
    from get gets getting give go going gonna got guys had has hasn have haven having he
    hello help her here hers hey hi him his how hows i id if ii ill im im'm in into is isn
    it its ive just kinda know let like ll lol many may maybe me might mine much my n need
    of off ok okay on one or our ours please pls plz possible r re really s same say she
    should shouldn so some someone something sort still such sure t tell than thank thanks
    that thats the their them then there theres these they thing things this those though
    thru thx to too u ur us ve very wanna want wanted was wasn way we well were weren what
    whats when whens where wheres which while who whos whose why will with won wondering
    wont would wouldn y ya yall yeah yes yet yo you your youre yours
    """.split()  # noqa: SIM905
)
"""Words that say nothing about the matter, with how people thumb them into phones."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (PyStemmer's name)


@cache
def _stemmer() -> _Stemmer:
    import Stemmer

    stemmer: _Stemmer = Stemmer.Stemmer("english")
    return stemmer


def normalise(text: str) -> str:
    """Return the text in one form: compatible characters, straight quotes, lower case."""
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()


def words(text: str) -> list[str]:
    """Return the words in normal form; ``don't`` becomes ``don`` and ``t``, ``9.5`` stays one."""
    return list(_words_of(text))


# Every question looks at the same headings, names and attribute values again.
@lru_cache(maxsize=REMEMBERED_TEXTS)
def _words_of(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _WORD.findall(normalise(text)):
        if _NUMBER.fullmatch(word):
            found.append(word.replace(",", "") if _GROUPED.fullmatch(word) else word)
        else:
            found.extend(part for part in _INNER.split(word) if part)
    return tuple(found)


def content_words(text: str) -> list[str]:
    """Return the words that carry the matter, in order, repetitions kept."""
    return [word for word in words(text) if word not in STOP_WORDS]


@cache
def _stem_of(word: str) -> str:
    return _stemmer().stemWord(word)


def stem(word: str) -> str:
    """Return the stem of a word in normal form."""
    # Words from customers are without end; only the usual lengths are worth remembering.
    return _stem_of(word) if len(word) <= LONGEST_WORD else word[:LONGEST_WORD]


LONGEST_WORD = 24
"""Longer strings are keys and links, which have no stem."""


def stems(text: str) -> list[str]:
    """Return the stems of the content words, in order, repetitions kept."""
    return [stem(word) for word in content_words(text)]


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in a text: ``$1,200`` gives ``1200``, ``9.50`` gives ``9.5``."""
    found = (number.replace(",", "") for number in _NUMBER.findall(text))
    return frozenset(_trimmed(number) for number in found)


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def is_number(word: str) -> bool:
    """Whether a word is a number."""
    return _NUMBER.fullmatch(word) is not None

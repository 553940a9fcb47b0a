"""Exact consent words: a whole message that is one of these needs no model.

The words themselves stand in ``intents.consent``, with their sources.
"""

import re
import unicodedata

from intents.consent import HELP_WORDS, OPT_IN_WORDS, OPT_OUT_WORDS
from intents.types import ConsentReading

# From someone opted out (or asked to confirm) these mean START; from others they are answers.
YES_WORDS = frozenset({"yes", "y"})

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0f]")
_NOT_WORD = re.compile(r"[^\w\s]+")
_LONGEST_WORD = 40
"""Characters; anything longer is no single keyword, so it is not normalised at all."""


def normalise(text: str) -> str:
    """Fold a text for comparison.

    Compatibility forms, accents, invisible characters and punctuation go; case is folded, spaces
    are single.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text))
    text = "".join(c for c in text if not unicodedata.combining(c))
    # A hyphen or an apostrophe joins a word ("opt-out"); a dot may part letters ("s.t.o.p").
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split())


def _with_marks(text: str) -> str:
    """Fold a text but keep its accents and vowel signs: 'hủy' ends texts, 'Huy' is a name."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return " ".join("".join(kept).split())


def read_consent_word(text: str, *, opted_out: bool = False) -> ConsentReading | None:
    """Return what a message that is exactly a consent word says, else None."""
    if len(text) > _LONGEST_WORD:
        return None
    word = normalise(text)
    spelled = word.replace(" ", "")
    if (
        word in OPT_OUT_WORDS
        or _with_marks(text) in OPT_OUT_WORDS
        or spelled in {"stop", "stopall"}
    ):
        return ConsentReading.OPT_OUT
    if word in OPT_IN_WORDS or (opted_out and word in YES_WORDS):
        return ConsentReading.OPT_IN
    if word in HELP_WORDS:
        return ConsentReading.HELP
    return None

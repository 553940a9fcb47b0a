"""Exact consent words: a whole message that is one of these needs no model.

The words themselves stand in ``intents.reading.consent``, by language and with their sources: the
models read mistyped ones by the same table.
"""

import re
import unicodedata

from intents.reading.consent import HELP_WORDS, OPT_IN_WORDS, OPT_OUT_BY_LANGUAGE, OPT_OUT_WORDS
from intents.types import ConsentReading

# From someone opted out (or asked to confirm) these mean START; from others they are answers.
YES_WORDS = frozenset({"yes", "y"})
NO_WORDS = frozenset({"no", "n"})
PREFERENCES_WORDS = frozenset({"prefs", "preferences", "text preferences", "my preferences"})

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0f]")
_NOT_WORD = re.compile(r"[^\w\s]+")
_LONGEST_WORD = 160
"""Characters, exclamation marks and emoji among them; anything longer is no single keyword, so it
is not normalised at all."""


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
        or (word and all(part in OPT_OUT_WORDS for part in word.split()))
    ):
        return ConsentReading.OPT_OUT
    if word in OPT_IN_WORDS or (opted_out and word in YES_WORDS):
        return ConsentReading.OPT_IN
    if word in HELP_WORDS:
        return ConsentReading.HELP
    return None


def read_preferences_word(text: str) -> bool:
    """Whether a message asks for the list of topics, and nothing else."""
    return len(text) <= _LONGEST_WORD and normalise(text) in PREFERENCES_WORDS


def read_yes_no(text: str) -> bool | None:
    """Return what a message says that is nothing but YES or NO; None for every other."""
    word = normalise(text) if len(text) <= _LONGEST_WORD else ""
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else None


def languages_of(text: str) -> tuple[str, ...]:
    """Return the languages (ISO 639-1) in which a message alone is an opt-out word."""
    if len(text) > _LONGEST_WORD:
        return ()
    spellings = {normalise(text), _with_marks(text)}
    return tuple(language for language, words in OPT_OUT_BY_LANGUAGE.items() if spellings & words)

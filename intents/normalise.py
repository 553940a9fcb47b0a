"""Folding of texts before models read them."""

import re
import unicodedata

LONGEST_CHARS = 2_000
"""Characters that models read of a message: more than 256 word pieces hold of any plain prose,
and a 10,000-character text must not be slow. Beginning and end are kept, the middle goes.
"""

_HEAD_CHARS = 1_400
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_LONG_NUMBER = re.compile(r"\d{3,}")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return what the encoder may read.

    No lone surrogates or NULs, one kind of blank, at most about ``LONGEST_CHARS`` characters.
    """
    if len(text) > LONGEST_CHARS:
        text = text[:_HEAD_CHARS] + " … " + text[_HEAD_CHARS - LONGEST_CHARS :]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return _SPACE.sub(" ", text.replace("\x00", " ")).strip()


def fold(text: str) -> str:
    """Return a cleaned text for counting n-grams.

    NFKC, straight quotes, case folded, and numbers of three digits or more as ``000``: which order
    it is says nothing about what is wanted.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return _LONG_NUMBER.sub("000", text.casefold())


def key(text: str) -> str:
    """Return the form in which two texts count as the same: letters and digits, folded."""
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    words = re.findall(r"\w+", folded.replace("'", ""))
    # A text of symbols only (an emoji) is its own key.
    return " ".join(words) if words else folded.strip()

"""Fitting a text to SMS: encoding, parts, cheaper characters, and shortening by whole sentences.

Sizes come from 3GPP TS 23.038 (alphabet) and TS 23.040 (user data of 140 octets, 6 of which a
part of several spends on its header): 160 or 153 septets, 70 or 67 UTF-16 units.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import regex

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Sent as an escape pair, so two septets each."""

_GSM = GSM_BASIC | GSM_EXTENSION

_SINGLE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
_OF_SEVERAL: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}
_BEYOND_BMP = 0xFFFF
_GRAPHEME = regex.compile(r"\X")

# A subset of Twilio's smart-encoding map; theirs makes two spaces of a no-break space, ours one.
_CHEAPER = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‛´`′", "'"),
        **dict.fromkeys("–—‐‑‒―−•", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\t", " "),
        **dict.fromkeys("\u200b\ufeff\u2060", ""),
        "…": "...",
        "½": "1/2",
        "¼": "1/4",
        "¾": "3/4",
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What sending a text takes: ``units`` per part, septets (GSM-7) or 16-bit units (UCS-2)."""

    encoding: Encoding
    segments: int
    units: tuple[int, ...]


def encoding_of(text: str) -> Encoding:
    """Return the encoding; one character outside GSM-7 makes the whole text UCS-2."""
    return "GSM-7" if _GSM.issuperset(text) else "UCS-2"


def measure(text: str) -> Fit:
    """Return encoding, number of parts and units of each. An empty text has no parts.

    Counts as providers cut: they keep escape and surrogate pairs whole, but not graphemes. This
    is what is paid for; ``split`` is kinder to the reader and now and then takes a part more.
    """
    encoding = encoding_of(text)
    parts = _split(text, encoding, list(text))
    return Fit(
        encoding=encoding,
        segments=len(parts),
        units=tuple(_units(part, encoding) for part in parts),
    )


def split(text: str) -> tuple[str, ...]:
    """Cut a text into parts as they are sent; joined they are the text again.

    No cut falls inside an escape pair or a surrogate pair, and none inside a grapheme unless
    that is longer than a whole part.
    """
    encoding = encoding_of(text)
    return _split(text, encoding, _pieces(text, encoding, _OF_SEVERAL[encoding]))


def clean(text: str) -> str:
    """Drop control characters (all but line breaks) and blanks at both ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if text.isprintable():
        return text.strip()
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def fit(text: str) -> str:
    """Clean a text and replace typographic characters where that saves parts.

    Only if the result is pure GSM-7 and takes fewer parts: else nothing is gained by the loss.
    Accents are never stripped, names keep their spelling.
    """
    text = clean(text)
    if encoding_of(text) == "GSM-7":
        return text
    cheaper = text.translate(_CHEAPER)
    if encoding_of(cheaper) != "GSM-7" or measure(cheaper).segments >= measure(text).segments:
        return text
    return cheaper


def shorten(text: str, max_segments: int) -> str:
    """Return a text of at most ``max_segments`` parts (at least 1).

    Whole sentences are dropped from the end, then whole words of the only one left (ending in
    ``...``); graphemes only where a single word is longer than allowed.
    """
    text = fit(text)
    if _fits(text, max_segments):
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for end in reversed(ends):
        shorter = text[:end].rstrip()
        if _fits(shorter, max_segments):
            return shorter
    first = text[: ends[0]].rstrip() if ends else text
    return _drop_words(first, max_segments)


def _drop_words(text: str, max_segments: int) -> str:
    for cut in _longest_first([match.start() for match in re.finditer(r"\s+", text)], max_segments):
        kept = text[:cut].rstrip(" ,;:-(\n") + "..."
        if len(kept) > len("...") and _fits(kept, max_segments):
            return kept
    cuts = [match.end() for match in _GRAPHEME.finditer(text)]
    for cut in _longest_first(cuts, max_segments):
        if _fits(text[:cut] + "...", max_segments):
            return text[:cut] + "..."
    return ""


def _longest_first(cuts: list[int], max_segments: int) -> list[int]:
    """Leave out cuts that cannot fit in any encoding, so that long texts stay quick."""
    most = _SINGLE["GSM-7"] * max_segments
    return [cut for cut in reversed(cuts) if cut <= most]


# A closing mark and blanks after it, unless an abbreviation or an initial stands before the dot.
_SENTENCE_END = re.compile(
    r"(?:(?<!\b[A-Za-z])(?<!\b(?:Dr|Mr|Ms|St|No|vs))(?<!\b(?:Mrs|Ave|Jan|Feb|Mar|Apr|Aug|Sep|Oct|"
    r"Nov|Dec))\.|[!?])"
    r"[\"')\]]*(?=\s|$)|(?<=\S)(?=\n)"
)


def _fits(text: str, max_segments: int) -> bool:
    return measure(text).segments <= max_segments


def _split(text: str, encoding: Encoding, pieces: list[str]) -> tuple[str, ...]:
    if not text:
        return ()
    if _units(text, encoding) <= _SINGLE[encoding]:
        return (text,)
    limit = _OF_SEVERAL[encoding]
    parts: list[str] = []
    part, used = "", 0
    for piece in pieces:
        units = _units(piece, encoding)
        if used + units > limit:
            parts.append(part)
            part, used = "", 0
        part, used = part + piece, used + units
    return (*parts, part)


def _pieces(text: str, encoding: Encoding, limit: int) -> list[str]:
    """Return what must not be cut: graphemes, or code points of one longer than a part."""
    pieces: list[str] = []
    for grapheme in _GRAPHEME.findall(text):
        if _units(grapheme, encoding) > limit:
            pieces.extend(grapheme)
        else:
            pieces.append(grapheme)
    return pieces


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return len(text) + sum(1 for c in text if c in GSM_EXTENSION)
    return len(text) + sum(1 for c in text if ord(c) > _BEYOND_BMP)

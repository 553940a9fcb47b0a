"""Personal data out of a text, for what is kept to learn from. Pure.

What goes is replaced by something of the same shape, so that a model learns from it what it would
have learnt from the message itself: a number stays a number of as many digits, a name a name.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from intents.entities.patterns import EMAIL, ORDER_NUMBER, PERSON
from intents.types import Entity, EntityType

STAND_IN_NAMES = ("Alex", "Morgan")
_DIGITS = "5550100199"
"""Repeated over the digits of what is masked; North American numbers 555-0100 to -0199 are
nobody's (ATIS-0300115)."""
_EMAIL = "someone@example.com"

_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@[A-Za-z0-9_.]{2,30}\b")
_STREET_KINDS = (
    "(?i:street|st|avenue|ave|road|rd|lane|ln|boulevard|blvd|terrace|highway|hwy|parkway|pkwy|"
    "crescent)|Drive|DRIVE|Dr|Court|Ct|Way|WAY|Place|PLACE|Pl|Circle|Square|Close|Trail|Loop|Row|Walk"
)
"""Those that are also ordinary words count only with a capital: '12 oz way better'."""

_STREET = re.compile(
    r"\b(?P<number>\d{1,6}[A-Za-z]?)\s+"
    r"(?P<name>(?i:(?:north|south|east|west|n|s|e|w|ne|nw|se|sw)\.?\s+)?"
    r"(?:(?:\d{1,3}(?:st|nd|rd|th)|[A-Za-z][A-Za-z'.-]*)\s+){1,3}?)"
    rf"(?P<kind>(?:{_STREET_KINDS})\b\.?)"
)
_UNIT = re.compile(
    r"\b(?P<kind>apt|apartment|unit|suite|ste|flat|p\.?\s?o\.?\s?box)\.?\s*#?\s*"
    r"(?P<number>(?=\w*\d)\w{1,6})\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b"
)
"""British and Canadian; American ones are runs of five digits."""
_PHONE = re.compile(r"(?<![\w$€£])\+?\(?\d[\d\s().-]{5,18}\d(?!\w)")
_LONG_CODE = re.compile(
    r"(?<![\w$€£.,])#?(?=[\w-]*\d[\w-]*\d[\w-]*\d[\w-]*\d)[A-Za-z0-9][\w-]{3,}\b"
)
_DATE = re.compile(
    r"(?:19|20)\d\d(?:-\d\d?-\d\d?)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,4}(?:st|nd|rd|th|am|pm)",
    re.IGNORECASE,
)
"""What looks like a number of somebody's and says when, not who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the customer: names, emails, addresses and numbers of theirs."""

    names: tuple[str, ...] = ()
    literal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    end: int
    put: str


def mask(text: str, *, entities: Sequence[Entity] = (), known: Known | None = None) -> str:
    """Return the text with personal data replaced by stand-ins of the same shape.

    ``entities`` are those that the models found in this very text.
    """
    cuts = [*_known(text, known or Known()), *_of_entities(text, entities), *_found(text)]
    return _apply(text, cuts)


def _found(text: str) -> Iterator[_Cut]:
    yield from _every(EMAIL, text, lambda _: _EMAIL)
    yield from _every(_URL, text, lambda _: "https://example.com")
    yield from _every(_HANDLE, text, lambda _: "@someone")
    yield from _groups(_STREET, text, {"number": _digits, "name": _street_name})
    yield from _groups(_UNIT, text, {"number": _code})
    yield from _every(_POSTCODE, text, _code)
    yield from _groups(ORDER_NUMBER, text, dict.fromkeys(("hash", "named", "shaped"), _code))
    yield from _every(_PHONE, text, _number)
    yield from _every(_LONG_CODE, text, _number)
    yield from _groups(PERSON, text, dict.fromkeys(("name", "signed"), stand_in))


def _known(text: str, known: Known) -> Iterator[_Cut]:
    for literal in known.literal:
        if len(literal.strip()) > 2:  # noqa: PLR2004 - shorter ones stand in every other word
            pattern = re.compile(rf"(?<!\w){re.escape(literal.strip())}(?!\w)", re.IGNORECASE)
            yield from _every(pattern, text, lambda s: _EMAIL if "@" in s else _code(s))
    for name in known.names:
        for part in (name, *name.split()):
            if len(part) > 1:
                pattern = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)", re.IGNORECASE)
                yield from _every(pattern, text, _name_unless_word)


def _of_entities(text: str, entities: Iterable[Entity]) -> Iterator[_Cut]:
    for entity in entities:
        put = _BY_TYPE.get(entity.type)
        if put is not None and text[entity.start : entity.end] == entity.text:
            yield _Cut(entity.start, entity.end, put(entity.text))


def _every(pattern: re.Pattern[str], text: str, put: Callable[[str], str]) -> Iterator[_Cut]:
    for match in pattern.finditer(text):
        yield _Cut(match.start(), match.end(), put(match.group()))


def _groups(
    pattern: re.Pattern[str], text: str, puts: dict[str, Callable[[str], str]]
) -> Iterator[_Cut]:
    for match in pattern.finditer(text):
        for group, put in puts.items():
            if match.group(group):
                yield _Cut(*match.span(group), put(match.group(group)))


def _digits(said: str) -> str:
    """Replace each digit; everything between them stays."""
    places = iter(range(len(said)))
    return "".join(_DIGITS[next(places) % len(_DIGITS)] if c.isdigit() else c for c in said)


def _code(said: str) -> str:
    """Replace digits and capitals; a code of small letters keeps its words ('order-late')."""
    masked = _digits(said)
    if not any(c.isdigit() for c in said):
        return masked
    return re.sub(r"[a-z]", "x", re.sub(r"[A-Z]", "X", masked))


def _number(said: str) -> str:
    return said if _DATE.fullmatch(said.strip()) else _code(said)


def _street_name(said: str) -> str:
    words = said.rstrip()
    name = "Main" if words[:1].isupper() or words[:1].isdigit() else "main"
    return name.upper() if words.isupper() and len(words) > 1 else name + said[len(words) :]


def stand_in(name: str) -> str:
    """Return another name of as many words and the same case."""
    words = name.split()
    put = " ".join(STAND_IN_NAMES[place % 2] for place, _ in enumerate(words))
    if name.isupper() and len(name) > 1:
        return put.upper()
    return put.lower() if name.islower() else put


_WORDS_THAT_ARE_NAMES = frozenset(
    """
    will mark may april june rose grace hope faith joy art bill rich pat rob sue drew chase grant
    chance mason dawn summer sky star angel christian dean earl frank max miles ray scout lane
    brooks price cash early
    """.split()  # noqa: SIM905 - a list of words is easier to read and to diff than of literals
)


def _name_unless_word(said: str) -> str:
    """Keep a word of the language in small letters that is also the customer's name."""
    return said if said.islower() and said in _WORDS_THAT_ARE_NAMES else stand_in(said)


_BY_TYPE: dict[EntityType, Callable[[str], str]] = {
    EntityType.EMAIL: lambda _: _EMAIL,
    EntityType.PHONE: _code,
    EntityType.ORDER_NUMBER: _code,
    EntityType.PERSON: stand_in,
}


def _apply(text: str, cuts: Iterable[_Cut]) -> str:
    """Replace; of two that overlap the longer one counts, then the earlier one."""
    kept: list[_Cut] = []
    for cut in sorted(cuts, key=lambda c: (c.start - c.end, c.start)):
        if all(cut.end <= other.start or cut.start >= other.end for other in kept):
            kept.append(cut)
    for cut in sorted(kept, key=lambda c: c.start, reverse=True):
        text = text[: cut.start] + cut.put + text[cut.end :]
    return text

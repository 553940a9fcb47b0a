"""Finds entities in a message: rules over spaCy's tokens, shapes, and the catalogue's names."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Self

from intents.entities import patterns
from intents.entities.catalogue_names import CatalogueNames
from intents.entities.rules import VALUES, bare_value, money, rules
from intents.normalise import LONGEST_CHARS
from intents.types import Entity, EntityType, Expected

if TYPE_CHECKING:
    from dateparser.date import DateDataParser
    from spacy.language import Language
    from spacy.matcher import Matcher

_SURROGATE = re.compile("[\ud800-\udfff]")
_REGION = "US"
"""Where a phone number without a country code is taken to be."""

_RANKS = {
    kind: rank
    for rank, kind in enumerate(
        (
            EntityType.EMAIL,
            EntityType.MONEY,
            EntityType.PHONE,
            EntityType.ORDER_NUMBER,
            EntityType.DATE_TIME,
            EntityType.PRODUCT,
            EntityType.SIZE,
            EntityType.QUANTITY,
            EntityType.COLOR,
            EntityType.PERSON,
        )
    )
}
"""Of two that overlap the one named earlier here is kept."""


def _spacy_without_torch() -> ModuleType:
    """Import spaCy; where torch is installed, spaCy would import it and never use it here.

    None in ``sys.modules`` makes an import fail, as if torch were not installed.
    """
    absent = "torch" not in sys.modules
    if absent:
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        import spacy
    finally:
        if absent:
            del sys.modules["torch"]
    module: ModuleType = spacy
    return module


class EntityReader:
    """Reads entities; holds the tokenizer, the rules and the catalogue's names."""

    def __init__(
        self,
        *,
        language: "Language",
        matcher: "Matcher",
        dates: "DateDataParser",
        names: CatalogueNames,
        now: Callable[[], datetime],
    ) -> None:
        self._language = language
        self._matcher = matcher
        self._dates = dates
        self._names = names
        self._now = now

    @classmethod
    def load(
        cls, product_names: Sequence[str] = (), *, now: Callable[[], datetime] = datetime.now
    ) -> Self:
        """Build the rules. ``now`` gives the local time that 'tomorrow' counts from."""
        spacy = _spacy_without_torch()
        from dateparser.date import DateDataParser
        from spacy.matcher import Matcher

        language = spacy.blank("en")
        matcher = Matcher(language.vocab)
        for kind, shapes in rules().items():
            matcher.add(kind, shapes)
        dates = DateDataParser(languages=["en"], settings={"PREFER_DATES_FROM": "future"})
        return cls(
            language=language,
            matcher=matcher,
            dates=dates,
            names=CatalogueNames(product_names),
            now=now,
        )

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names from now on."""
        self._names = CatalogueNames(names)

    def read(self, text: str, expected: Expected | None = None) -> tuple[Entity, ...]:
        """Return the entities in order, none overlapping.

        ``expected`` says what a question waits for, so that '9' is a size after 'which size?' and
        '48213' an order number after 'which order?'.
        """
        # A lone surrogate is no text; one character for one keeps every place in the message.
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST_CHARS])
        found = [*self._shapes(text), *self._tokens(text), *self._dated(text)]
        found.extend(self._names.find(text))
        if expected is not None and expected.entity_type is not None:
            found.extend(_awaited(text, expected.entity_type, found))
        return _without_overlaps(found)

    def _tokens(self, text: str) -> Iterator[Entity]:
        doc = self._language(text)
        for match_id, start, end in self._matcher(doc):
            kind = self._language.vocab.strings[match_id]
            span = doc[start:end]
            value = VALUES[kind](span.text.casefold())
            if value:
                yield Entity(
                    type=EntityType(kind.split("/")[0]),
                    text=span.text,
                    value=value,
                    start=span.start_char,
                    end=span.end_char,
                )

    def _shapes(self, text: str) -> Iterator[Entity]:
        for match in patterns.EMAIL.finditer(text):
            yield _entity(EntityType.EMAIL, text, match.span(), match.group().casefold())
        for match in patterns.MONEY.finditer(text):
            yield _entity(EntityType.MONEY, text, match.span(), money(match.groupdict()))
        for match in patterns.ORDER_NUMBER.finditer(text):
            group = next(name for name, value in match.groupdict().items() if value)
            yield _entity(
                EntityType.ORDER_NUMBER, text, match.span(group), match.group(group).upper()
            )
        for match in patterns.PERSON.finditer(text):
            group = "name" if match.group("name") else "signed"
            if match.group(group).split()[0] not in patterns.NOT_PERSONS:
                yield _entity(EntityType.PERSON, text, match.span(group), match.group(group))
        if patterns.MAYBE_PHONE.search(text):
            yield from _phones(text)

    def _dated(self, text: str) -> Iterator[Entity]:
        for match in patterns.DATE_TIME.finditer(text):
            start, end = match.span()
            lead = len(match.group()) - len(match.group().lstrip())
            said = patterns.DATE_LEAD.sub("", match.group().strip())
            start = end - len(match.group().rstrip()[lead:]) if lead else start
            start = text.index(said, start, end)
            yield _entity(EntityType.DATE_TIME, text, (start, start + len(said)), self._date(said))

    def _date(self, said: str) -> str:
        """Return an ISO date, or date and time; what was said where no date comes of it."""
        words = " ".join(patterns.DATE_WORDS.get(w, w) for w in said.casefold().split())
        words = words.removeprefix("this ").removeprefix("next ").removeprefix("coming ")
        parsed = self._dates.get_date_data(words)
        if parsed is None or parsed.date_obj is None:
            return said.casefold()
        moment = parsed.date_obj
        has_clock = ":" in words or words.rstrip(".").endswith(("am", "pm", "a.m", "p.m"))
        return moment.isoformat(timespec="minutes") if has_clock else moment.date().isoformat()


def _entity(kind: EntityType, text: str, span: tuple[int, int], value: str) -> Entity:
    start, end = span
    return Entity(type=kind, text=text[start:end], value=value, start=start, end=end)


def _phones(text: str) -> Iterator[Entity]:
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(text, _REGION):
        value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        yield _entity(EntityType.PHONE, text, (match.start, match.end), value)


def _awaited(text: str, kind: EntityType, found: Sequence[Entity]) -> Iterator[Entity]:
    """Read a bare number or word as the entity that a question waits for."""
    if any(entity.type is kind for entity in found):
        return
    pattern = patterns.BARE_NUMBER if kind is EntityType.ORDER_NUMBER else patterns.BARE_WORD
    for match in pattern.finditer(text):
        value = bare_value(kind, match.group())
        if value:
            yield _entity(kind, text, match.span(), value)
            return


def _without_overlaps(found: Sequence[Entity]) -> tuple[Entity, ...]:
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda e: (_RANKS[e.type], e.start - e.end, e.start)):
        if all(entity.end <= other.start or other.end <= entity.start for other in kept):
            kept.append(entity)
    return tuple(sorted(kept, key=lambda e: e.start))

"""Cuts rows and enumerations to the item that was asked for.

"Transfer from Cork Airport €35 one way, from Dublin Airport €170" answers somebody who lands in
Dublin with "Transfer from Dublin Airport €170". Only what names the item by the customer's own
words is cut out, and nothing is where two items are named, or compared, or none is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.replies.cases import fit_of
from agent.replies.questions import Aspect, Question
from agent.replies.values import Value, ValueKind, values_of
from agent.replies.words import content_stems

_ITEM_KINDS = (
    ValueKind.MONEY,
    ValueKind.PERCENT,
    ValueKind.DURATION,
    ValueKind.TIME,
    ValueKind.DATE,
)
"""Kinds of value of which a row or a sentence may hold one for each of several items, in the order
they are looked for: "£25 a week" is a price."""

_BETWEEN = re.compile(r",\s+(?:and\s+|or\s+)?|;\s+|\s+(?:and|or)\s+")
_LEANS = re.compile(
    r"\b(?:not|no|never|only|except|unless|but|however|otherwise|if|then|after|before|later|total|"
    r"extra|plus|more|less|off|each|both|free|deposits?|fees?|charged?|added|within|until|when|who|"
    r"which|where|with|while|during|must|refund\w*|tax|minimum|maximum|over|under|above|below)\b"
    r"|n't\b|\bfrom [£$€\d]|^(?:for|on|in|with|from|until|during|at|by|to|as|per)\b",
    re.IGNORECASE,
)
"""Words by which one part of a sentence leans on the others."""

_SEVERAL = re.compile(
    r"\b(?:prices|fees|rates|costs|options|all|both|each|every|compare\w*|vs|versus|range|list|"
    r"difference|cheaper|cheapest|which|or)\b",
    re.IGNORECASE,
)


_VERB = re.compile(r"\b(?:is|are|costs?|takes?|lasts?|starts?|opens?|closes?)$")
_PREPOSITIONS = frozenset({"from", "to", "for", "in", "on", "at", "by"})
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_MOST_WORDS = 3
"""Words of an item's name, its verb among them."""


_DENIED = re.compile(r"\b(?:non|not|no|without|except)\b|n't\b", re.IGNORECASE)
"""``Non guests`` are not the guests whom an item is for."""


def asks_for_several(question: Question) -> bool:
    """Whether several items are asked about, or set against each other."""
    return Aspect.COMPARE in question.aspects or _SEVERAL.search(question.text) is not None


_STAYS = re.compile(
    r"\b(?:fees?|deposits?|minimum|over|above|below|under|from|free|extra|charges?|tax|per|cleaning)\b",
    re.IGNORECASE,
)
"""Headers of cells that are part of any price: nothing is left out beside them."""


def cut_row(question: Question, text: str) -> str:
    """Leave out of a table's row (``Header: value; ...``) the cells beside the one asked for."""
    cells = [cell.strip() for cell in text.split(";") if cell.strip()]
    whole = asks_for_several(question) or _DENIED.search(question.text)
    if whole or any(":" not in cell for cell in cells):
        return text
    cells, cased = _of_the_case(question, cells)
    kinds = [_only_kind(cell.partition(":")[2]) for cell in cells]
    for kind in _ITEM_KINDS:
        alike = [i for i in range(1, len(cells)) if kinds[i] is kind]
        headers = [cells[i].partition(":")[0] for i in alike]
        named = _named(question, headers)
        stays = not cased and any(map(_STAYS.search, headers))
        if len(alike) > 1 and named is not None and not stays:
            dropped = {i for place, i in enumerate(alike) if place != named}
            return "; ".join(cell for i, cell in enumerate(cells) if i not in dropped)
    return "; ".join(cells)


def _of_the_case(question: Question, cells: list[str]) -> tuple[list[str], bool]:
    """Leave out the cells whose header tells of other cases than one that covers the question's.

    Of ``Dogs up to 25 kg`` and ``Dogs over 25 kg`` a dog of 30 kg is the second.
    """
    fits = [fit_of(question.text, cell.partition(":")[0]) for cell in cells[1:]]
    if not any(fit.met for fit in fits) or not any(fit.missed and not fit.met for fit in fits):
        return cells, False
    kept = [cell for cell, fit in zip(cells[1:], fits, strict=True) if fit.met or not fit.missed]
    return [cells[0], *kept], True


def cut_sentence(question: Question, text: str) -> str:
    """Leave out of a sentence that enumerates values the items beside the one asked for."""
    if asks_for_several(question) or _LEANS.search(text) or ":" in text or "(" in text:
        return text
    if _DENIED.search(question.text):
        return text
    if re.search(r"\d", question.text):
        return text  # the number may be what tells the items apart
    for kind in _ITEM_KINDS:
        parts = _parts(text, kind)
        named = _named(question, [_own(parts, i) for i in range(len(parts))])
        if len(parts) > 1 and named is not None:
            return _alone(parts, named) or text
    return text


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an enumeration, and where its one value begins in it."""

    text: str
    value_from: int
    value_to: int

    @property
    def leads_on(self) -> bool:
        """Whether the part needs the beginning of the first one."""
        return not self.before or self.before.split()[0] in _PREPOSITIONS

    @property
    def after(self) -> str:
        """What stands after the value."""
        return self.text[self.value_to :].strip()

    @property
    def before(self) -> str:
        """What stands before the value."""
        return self.text[: self.value_from].strip()


def _parts(text: str, kind: ValueKind) -> list[_Part]:
    """Return the parts of a sentence, each with one value of the kind; none where one has not."""
    parts: list[_Part] = []
    for part in _BETWEEN.split(text.rstrip(". ")):
        values = [value for value in values_of(part) if value.kind is kind]
        if len(values) != 1:
            return []
        parts.append(_Part(part.strip(), *values[0].span))
    return parts


def _named(question: Question, texts: Sequence[str]) -> int | None:
    """Return the one text that the question names by a word which the others lack."""
    stems = [_with_compounds(text) for text in texts]
    shared = frozenset.intersection(*stems) if stems else frozenset[str]()
    asked = _with_compounds(question.text)
    named = [i for i, own in enumerate(stems) if (own - shared) & asked]
    return named[0] if len(named) == 1 else None


def _with_compounds(text: str) -> frozenset[str]:
    """Return a text's stems, with ``e-bike``, ``e bike`` and ``ebike`` as one word and as two."""
    parts = re.findall(r"[^\W_]+", text.casefold())
    joined = " ".join(map("".join, pairwise(parts)))
    return content_stems(text) | content_stems(" ".join(parts)) | content_stems(joined)


def _own(parts: Sequence[_Part], place: int) -> str:
    """Return what a part says of its own item: the first one also holds what all share."""
    part = parts[place]
    if place or len(parts) == 1:
        return part.text
    before = parts[1].before
    if not before:
        return part.text[part.value_from :]
    _, found, own = part.text.partition(f" {before.split()[0]} ")
    return own if found else part.before


def _alone(parts: Sequence[_Part], named: int) -> str:
    """Word a part so that it stands alone; empty where it does not."""
    part = parts[named]
    long = any(len(_ARTICLE.sub("", one.before).split()) > _MOST_WORDS for one in parts[1:])
    if long or (parts[-1].after and not part.after):
        return ""  # a clause of its own, or an end that may hold for all
    if named == 0:
        return f"{part.text}."
    return _with_beginning(parts[0], part) if part.leads_on else _by_name(part)


def _with_beginning(first: _Part, part: _Part) -> str:
    """Word a part that goes on from the first one's beginning."""
    if not part.before:
        # "It takes 3 days to Spain, 5 days to Norway": the verb is the first part's.
        return f"{first.text[: first.value_from]}{part.text}."
    head, found, _ = first.before.partition(f" {part.before.split()[0]} ")
    return f"{head} {part.text}." if found else ""


def _by_name(part: _Part) -> str:
    """Word a part that begins with its item's name: ``Goethe: three weeks``."""
    rest = part.text[part.value_from :].strip()
    if _VERB.search(part.before):
        return f"{_capital(part.before)} {rest}."
    name = _ARTICLE.sub("", part.before)
    plain = not {name.split()[-1], name.split()[0]} & _NO_NAMES
    return f"{_capital(name)}: {rest}." if plain else ""


_NO_NAMES = _PREPOSITIONS | {"of", "and", "or", "a", "an", "the", "it", "they", "we", "you", "your"}


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _only_kind(text: str) -> ValueKind | None:
    """Return the kind of the one value in a cell; None where there are several or none."""
    values: Sequence[Value] = values_of(text)
    return values[0].kind if len(values) == 1 else None

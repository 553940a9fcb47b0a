"""Two items of a page set side by side, and the cheapest or dearest of a table's rows.

"What's the difference between Sprig and Branch": each has a row or a sentence of its own, and
neither alone answers. The two are told one after the other.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.phrasing import row_said
from agent.replies.questions import Aspect, Question
from agent.replies.values import ValueKind, values_of
from agent.replies.words import Unit, content_stems, first_cell, units_of
from knowledge_base.catalogue_query import Order, parse_query

_SIDES = (
    re.compile(
        r"\b(?:diff(?:erences?)?|differs?|compared?|choose|choice) (?:of |is |in )?"
        r"(?:between )?(?:the |your |ur )?(?P<a>.+?) (?:and|&|n|vs\.?|versus|or|to|with|from) "
        r"(?:the |your |ur )?(?P<b>.+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:.*\b(?:is|are|does|the|whats|what's|about) )?(?P<a>.+?) (?:vs\.?|versus|differs? from|"
        r"compared (?:to|with)|different (?:from|to|than)) (?:the |your |ur )?(?P<b>.+)",
        re.IGNORECASE,
    ),
)
_COMPARING = content_stems(
    """between difference differences diff differ differs compare compared comparison versus vs
    different better worse choose choice please what plan plans kind kinds type types option
    options"""
)
_SUBJECT_WORDS = 6
"""Words of a sentence in which what it tells of is named."""
_FEWEST_ROWS = 3

Fits = Callable[[str], bool]
"""Whether a reply is short enough."""


def answer_compared(question: Question, evidence: Sequence[Evidence], fits: Fits) -> Draft | None:
    """Tell both of two items that a question sets against each other, or the end of a table.

    None where it does neither, or no passage has both side by side.
    """
    if Aspect.COMPARE not in question.aspects:
        return None
    passages = [one for one in evidence if one.kind == "passage"]
    found = _both(question, passages) or _end(question, passages)
    if not found:
        return None
    text = " ".join(_said(unit) for unit, _ in found)
    used = tuple({item.id: item for _, item in found}.values())
    return Draft(text=text, evidence=used) if fits(text) else None


# ── two side by side ───────────────────────────────────────────────────────────────────────────


def _both(question: Question, passages: Sequence[Evidence]) -> list[tuple[Unit, Evidence]]:
    """Return the two units that tell of the two sides; empty where no section has both."""
    found = []
    for pattern in _SIDES:
        sides = pattern.search(question.text.strip(" ?!."))
        if sides is not None:
            pairs = _pairs(content_stems(sides["a"]), content_stems(sides["b"]), passages)
            found = [pair for pair in pairs if _explains(question, pair)]
        if found:
            break
    prices = Aspect.PRICE in question.aspects
    return max(found, key=lambda pair: _fitness(pair, prices=prices), default=[])


def _pairs(
    one: frozenset[str], other: frozenset[str], passages: Sequence[Evidence]
) -> Iterator[list[tuple[Unit, Evidence]]]:
    """Yield units of one section of which one names the one side and one the other."""
    one, other = one - _COMPARING, other - _COMPARING
    first, second = one - other, other - one
    if not (first and second):
        return
    sections: dict[str, list[tuple[Unit, Evidence]]] = {}
    for passage in passages:
        told = sections.setdefault(passage.heading, [])
        told += [(unit, passage) for unit in units_of(passage.text)]
    for told in sections.values():
        a = [each for each in told if _tells_of(each[0], first, second)]
        b = [each for each in told if _tells_of(each[0], second, first)]
        if a and b and a[0][0].kind == b[0][0].kind:
            yield [a[0], b[0]]


def _tells_of(unit: Unit, side: frozenset[str], other: frozenset[str]) -> bool:
    named = content_stems(_subject(unit))
    # "Small and large service": the thing's own word stands with the last side only.
    return side <= named and not other <= named


def _subject(unit: Unit) -> str:
    if unit.kind == "row":
        return first_cell(unit.text)
    return " ".join(unit.text.split()[:_SUBJECT_WORDS])


def _explains(question: Question, pair: Sequence[tuple[Unit, Evidence]]) -> bool:
    """Whether nothing is asked that the two do not speak of."""
    told = (content_stems(f"{item.heading} {unit.text}") for unit, item in pair)
    return question.stems <= frozenset().union(*told) | _COMPARING | _MONEY


_MONEY = content_stems("price cost cheaper cheap expensive dearer pay")


def _fitness(pair: Sequence[tuple[Unit, Evidence]], *, prices: bool) -> tuple[bool, int]:
    """Prefer what tells prices where they are asked for, else what tells most."""
    text = " ".join(unit.text for unit, _ in pair)
    money = any(value.kind is ValueKind.MONEY for value in values_of(text))
    return (money or not prices, len(text.split()))


def _said(unit: Unit) -> str:
    text = row_said(unit.text) if unit.kind == "row" else unit.text
    return text if text.endswith((".", "!")) else f"{text}."


# ── the end of a table ─────────────────────────────────────────────────────────────────────────


def _end(question: Question, passages: Sequence[Evidence]) -> list[tuple[Unit, Evidence]]:
    """Return the row that costs least or most of the table whose things are asked for."""
    order = parse_query(question.text).order
    if order is Order.NONE:
        return []
    tables: dict[str, list[tuple[Unit, Evidence]]] = {}
    for passage in passages:
        units = [unit for unit in units_of(passage.text) if unit.kind == "row"]
        tables.setdefault(passage.heading, []).extend((unit, passage) for unit in units)
    for heading, rows in tables.items():
        called = content_stems(f"{heading} {_header(rows)}")
        matter = question.stems - _MONEY - _ENDS - _SAYS_LITTLE
        priced = [(price, row) for row in rows if (price := _price(row[0])) is not None]
        if len(rows) >= _FEWEST_ROWS and len(priced) == len(rows) and matter and matter <= called:
            chosen = min if order is Order.CHEAPEST else max
            return [chosen(priced, key=lambda row: row[0])[1]]
    return []


_SAYS_LITTLE = content_stems("option options kind kinds type types please")
_ENDS = content_stems("cheapest dearest priciest most least expensive lowest highest price")


def _header(rows: Sequence[tuple[Unit, Evidence]]) -> str:
    return rows[0][0].text.partition(":")[0] if rows else ""


def _price(row: Unit) -> float | None:
    """Return the first price of a row."""
    prices = (value for value in values_of(row.text) if value.kind is ValueKind.MONEY)
    first = next(prices, None)
    return None if first is None else float(first.amount.partition("-")[0])

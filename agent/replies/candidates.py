"""The sentences that may answer a question: each with its place, and as it is compared and read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.domain.customers import Order
from agent.replies.evidence import Evidence
from agent.replies.words import Unit, content_stems, is_whole, units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may answer: ``rank`` of its evidence and ``place`` in it count from 0."""

    evidence: Evidence
    rank: int
    place: int
    unit: Unit
    stems: frozenset[str]
    above: frozenset[str]
    """Stems of heading and lead-in."""


def compared(candidate: Candidate) -> str:
    """Return a sentence with the last heading it stands under, which often names its subject."""
    return f"{headings_of(candidate, 1)}: {with_lead_in(candidate.unit)}"


def headings_of(candidate: Candidate, most: int) -> str:
    """Return the last headings that a sentence stands under, the outermost first."""
    return " > ".join(candidate.evidence.heading.split(" > ")[-most:])


def with_lead_in(unit: Unit) -> str:
    """Return an item with the line that leads its list in.

    That line alone where it is a sentence of which all items are conditions.
    """
    if is_whole(unit.lead_in) and len(unit.lead_in.split()) >= _SENTENCE_WORDS:
        return unit.lead_in
    return f"{unit.lead_in}: {unit.text}" if unit.lead_in else unit.text


_SENTENCE_WORDS = 6


def candidates_of(evidence: Sequence[Evidence]) -> list[Candidate]:
    """Return what can be said, in the order of the evidence; nothing twice, no bare link."""
    found: list[Candidate] = []
    said: set[str] = set()
    for rank, item in enumerate(evidence):
        if isinstance(item.row, Order):
            # An order answers for itself or not at all: a sentence of it may be another order's.
            continue
        heading = content_stems(item.heading)
        for place, unit in _with_their_question(units_of(item.text)):
            if unit.text in said or unit.text.startswith(("http://", "https://")):
                continue
            said.add(unit.text)
            found.append(
                Candidate(
                    evidence=item,
                    rank=rank,
                    place=place,
                    unit=unit,
                    stems=content_stems(unit.text),
                    above=heading | content_stems(unit.lead_in),
                )
            )
    return found


def _with_their_question(units: Sequence[Unit]) -> Iterator[tuple[int, Unit]]:
    """Put what a page asks itself before its answer (``Forgot your password? Choose ...``).

    A question alone tells nobody anything.
    """
    asked = ""
    for place, unit in enumerate(units):
        if unit.kind == "sentence" and unit.text.endswith("?"):
            asked = unit.text
            continue
        joined = asked and unit.kind == "sentence"
        yield place, replace(unit, text=f"{asked} {unit.text}") if joined else unit
        asked = ""


def texts_compared(evidence: Sequence[Evidence]) -> list[str]:
    """Return the texts that similarity will be asked about, so that it can be warmed ahead."""
    return [compared(candidate) for candidate in candidates_of(evidence)]


def told_by(unit: Unit) -> str:
    """Return what a sentence tells, with the line that leads it in."""
    return f"{unit.lead_in} {unit.text}"

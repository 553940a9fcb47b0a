"""Subjects: a fact belongs to what the evidence tells it of, and to nothing beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT
from agent.replies.merge_checks import matter_and_values
from agent.replies.spots import Claim, Spot, subject_of
from agent.replies.value_cases import case_of, is_one_of_several
from agent.replies.value_checks import opening_hours, same
from agent.replies.values import ValueKind
from agent.replies.words import content_words, first_cell, is_row


def subject_is_own(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> str:
    """What is named may not stand by another fact of the same kind instead."""
    kinds = {value.kind for value in claim.statement.values}
    stems = claim.statement.stems | claim.context
    away = stems - spot.stems - opening_hours(claim.statement, spot.statement)
    if not away or not (kinds or claim.statement.names or claim.statement.stems):
        return ""
    for other in spots:
        if other.evidence.id == spot.evidence.id and other.statement is spot.statement:
            continue
        rival = kinds & {value.kind for value in other.statement.values}
        mine = away & (other.statement.stems | (other.around - spot.around)) - LIGHT
        if kinds and rival and mine and not (claim.context & mine & spot.around):
            foreign = subject_of(spot.statement.text) - stems - LIGHT - spot.around
            if claim.context >= mine and spot.evidence.id == other.evidence.id and not foreign:
                continue
            if len(mine) == 1 and _fits_better(stems, spot, other):
                continue
            whose = subject_of(spot.statement.text) - LIGHT
            if mine <= spot.topic and whose and whose <= stems:
                continue  # "the warranty on our mattresses" of who sells mattresses
            return f"{', '.join(sorted(mine))} belongs to another statement"
    return ""


def _fits_better(stems: frozenset[str], spot: Spot, other: Spot) -> bool:
    """Whether all of a statement's subject is said, and more of it than of another statement."""
    subject = subject_of(spot.statement.text) - LIGHT
    shared = len((stems & spot.statement.stems) - LIGHT)
    return (
        bool(subject)
        and subject <= stems
        and shared > len((stems & other.statement.stems) - LIGHT) + 1
    )


def subject_is_told(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> str:
    """What a claim begins with may not be what another statement of the page begins with."""
    first = next(iter(claim.statement.order), "")
    if not first or first in spot.stems:
        return ""
    for other in spots:
        if first in _leading(other.statement.text):
            return f"{first!r} is told of in another statement"
    return ""


@lru_cache(maxsize=8_000)
def _leading(text: str) -> frozenset[str]:
    """Return the first words of what a statement begins with."""
    return frozenset(word.stem for word in content_words(text)[:_LEADING]) & subject_of(text)


_LEADING = 2


def row_is_named(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> str:
    """A row of several must be told by what it is called: ``the day is Monday`` is of which?"""
    if not is_row(spot.statement.text) or not _has_sister_rows(spot, spots):
        return ""
    called = read_statement(first_cell(spot.statement.text))
    said = matter_and_values(claim.sentence) | claim.context
    if not matter_and_values(called) or matter_and_values(called) & said:
        return ""
    return f"it does not say that it speaks of {called.text.strip()!r}"


def _has_sister_rows(spot: Spot, spots: Sequence[Spot]) -> bool:
    return any(
        other is not spot
        and other.evidence.id == spot.evidence.id
        and other.statement is not spot.statement
        and is_row(other.statement.text)
        for other in spots
    )


def values_belong(claim: Claim, spot: Spot) -> str:
    """Within a statement of several facts, the claim's words must stand by the claimed one."""
    for value in claim.statement.values:
        rivals = [v for v in spot.statement.values if v.kind is value.kind]
        if len({v.key for v in rivals}) < 2:  # noqa: PLR2004
            continue
        pieces = _pieces(spot.statement.text, value.kind)
        mine = [p for p in pieces if any(same(value, v) for v in p.values)]
        others = [p for p in pieces if p not in mine]
        if not mine or not others:
            continue
        if any(v.key != value.key and v.kind is value.kind for v in claim.statement.values):
            continue
        said = matter_and_values(claim.statement)
        if not said & _stems_of(mine) - _stems_of(others) - LIGHT:
            said |= claim.context  # it hangs on what was said before
        others_of = [replace(p, stems=_apart_from(p, value.kind)) for p in others]
        mine_of = [replace(p, stems=_apart_from(p, value.kind)) for p in mine]
        before = [replace(p, stems=_before_value(p, value.kind)) for p in others]
        if is_one_of_several(claim, value, spot):
            return f"{value} holds only for {case_of(value, spot)!r}"
        if _stands_apart(said, mine_of, others_of) or _stands_apart(said, mine_of, before):
            return f"{value} stands by other words in the evidence"
    return ""


def _before_value(piece: Statement, kind: ValueKind) -> frozenset[str]:
    """Return what stands before a piece's value of a kind: mostly what the value is told of."""
    start = next((v.span[0] for v in piece.values if v.kind is kind), len(piece.text))
    return read_statement(piece.text[:start]).stems or piece.stems


def _apart_from(piece: Statement, kind: ValueKind) -> frozenset[str]:
    """Return a piece's matter without its values of the kind that is compared."""
    return piece.stems | {
        f"{v.kind}:{v.amount}{v.unit}" for v in piece.values if v.kind is not kind
    }


def _stands_apart(
    said: frozenset[str], mine: Sequence[Statement], others: Sequence[Statement]
) -> bool:
    """Whether what is said names another piece's own words rather than those of the right piece."""
    own = _stems_of(mine) - _stems_of(others) - LIGHT
    theirs = _stems_of(others) - _stems_of(mine) - LIGHT
    if not own or own <= said:
        return False
    if not own & said and theirs & said:
        return True
    return any(
        distinct and distinct <= said
        for other in others
        if (distinct := other.stems - _stems_of(mine) - LIGHT)
    )


def _stems_of(statements: Sequence[Statement]) -> frozenset[str]:
    return frozenset().union(*(statement.stems for statement in statements))


@lru_cache(maxsize=4_000)
def _pieces(text: str, kind: ValueKind) -> tuple[Statement, ...]:
    """Cut a statement so that each piece has one value of a kind with the words before it."""
    parts = [p for p in re.split(r"[,;]\s+|\s+(?:and|or|but|while|to)\s+|\s-\s", text) if p.strip()]
    pieces: list[str] = []
    held = ""
    for part in parts:
        held = f"{held} {part}".strip()
        if any(v.kind is kind for v in read_statement(part).values):
            pieces.append(held)
            held = ""
    if held and pieces:
        pieces[-1] = f"{pieces[-1]} {held}"
    whose = _VERB.split(pieces[0], maxsplit=1)[0] if pieces else ""
    return tuple(
        read_statement(f"{whose} {piece}" if place and _VERB.match(piece) else piece)
        for place, piece in enumerate(pieces)
    )


_VERB = re.compile(
    r"\b(?:is|are|has|have|costs?|takes?|lasts?|includes?|gets?|comes?|runs?|starts?|covers?|pays?)"
    r"\b"
)
"""What a piece begins with that speaks of the same subject as the first one."""

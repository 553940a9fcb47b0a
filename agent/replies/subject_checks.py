"""Subjects: a fact belongs to what the evidence tells it of, and to nothing beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT, RISKY
from agent.replies.name_checks import PARTS, name_stems
from agent.replies.spots import Claim, Spot, subject_of
from agent.replies.value_cases import case_of, is_one_of_several
from agent.replies.value_checks import opening_hours, same
from agent.replies.values import ValueKind
from agent.replies.words import content_words, is_row, split_sentences, stem


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
    called = read_statement(_first_cell(spot.statement.text))
    said = _matter(claim.sentence) | claim.context
    if not _matter(called) or _matter(called) & said:
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


def _first_cell(row: str) -> str:
    """Return what stands in a row's first cell, without its header."""
    cell = next((part for part in re.split(r"[|;]", row) if part.strip()), "")
    return cell.partition(":")[2] or cell


def not_merged(claim: Claim, spot: Spot) -> str:
    """Both sides of a semicolon tell of things of their own, and so may two verbs."""
    if is_row(spot.statement.text):
        return ""
    for sentence in split_sentences(spot.statement.text):
        sides = sentence.split(";")
        mixed = "" if ";" in claim.statement.text else _mixes(claim, sides)
        for side in sides:
            mixed = mixed or _mixes(claim, _doings(side), weighty=True)
        if mixed:
            return mixed
    return ""


_AND_DOES = re.compile(r"\s+and\s+(?=(?:costs?|takes?|includes?|gets?|pays?|lasts?)\b)")
"""Where a second thing is told of one subject: ``is included for some and costs others``."""


def _doings(text: str) -> list[str]:
    """Cut a sentence where it tells a second thing; what follows a comma is told of the whole."""
    first, *later = _AND_DOES.split(text)
    return [first, *(side.partition(",")[0] for side in later)]


def _mixes(claim: Claim, sides: Sequence[str], *, weighty: bool = False) -> str:
    """Return the reason where a claim takes words from two sides; ``weighty``: of things named."""
    if len(sides) < 2:  # noqa: PLR2004
        return ""
    said = _matter(claim.statement)
    if weighty:
        said -= subject_of(";".join(sides))  # of which both sides tell
    read = [read_statement(side) for side in sides]
    alone = [
        _telling(_matter(side) - frozenset().union(*(_matter(o) for o in read if o is not side)))
        for side in read
    ]
    if weighty and not all(_telling(own) - _IDLE - {w for w in own if ":" in w} for own in alone):
        return ""
    touched = [(side, own) for side, own in zip(read, alone, strict=True) if own & said]
    whole = all(own <= said for _, own in touched)
    parts = [read_statement(part) for part in PARTS.split(claim.statement.text)]
    if all(part.values and _sides(part, alone) < 2 for part in parts):  # noqa: PLR2004
        return ""
    if len(touched) < 2 or whole or _refers_back(*touched[-1], touched[0], said):  # noqa: PLR2004
        return ""
    return "it mixes what the evidence tells apart"


def _telling(matter: frozenset[str]) -> frozenset[str]:
    """Leave out light words, unless nothing but values would be left to tell a side by."""
    weighty = matter - _IDLE
    return weighty if any(":" not in word for word in weighty) else matter


_IDLE = LIGHT - RISKY


def _sides(part: Statement, alone: Sequence[frozenset[str]]) -> int:
    """Return how many of the sides a part of the claim takes words from."""
    said = _matter(part)
    return sum(bool(own & said) for own in alone)


def _refers_back(
    later: Statement,
    later_own: frozenset[str],
    first: tuple[Statement, frozenset[str]],
    said: frozenset[str],
) -> bool:
    """Whether the later side speaks of the first one's matter: by a pronoun, or naming nobody."""
    side, own = first
    kinds = {word.partition(":")[0] for word in later_own if ":" in word}
    if later_own <= said and not any(word.partition(":")[0] in kinds for word in own & said):
        return True
    if later.tokens & _BACK or _AFTER_THAT.match(later.text):
        return True
    return not later.names and own & said <= name_stems(side)


_AFTER_THAT = re.compile(r"\s*(?:after|below|above|beyond|under|over) (?:that|this)\b")
_BACK = frozenset(stem(word) for word in ("it", "them", "themselves", "itself", "ones"))


def _matter(statement: Statement) -> frozenset[str]:
    """Return the stems of a statement and its values as words."""
    return statement.stems | {f"{v.kind}:{v.amount}{v.unit}" for v in statement.values}


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
        said = _matter(claim.statement)
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

"""Subjects: a fact belongs to what the evidence tells it of, and to nothing beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot
from agent.replies.value_cases import case_of, is_one_of_several
from agent.replies.value_checks import opening_hours, same
from agent.replies.values import ValueKind
from agent.replies.words import Word, is_row, stem, words


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
            if claim.context >= mine and spot.evidence.id == other.evidence.id:
                continue
            return f"{', '.join(sorted(mine))} belongs to another statement"
    return ""


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
    """Both sides of a semicolon tell of things of their own."""
    sides = spot.statement.text.split(";")
    if len(sides) < 2 or ";" in claim.statement.text or is_row(spot.statement.text):  # noqa: PLR2004
        return ""
    said = _matter(claim.statement) - LIGHT
    read = [read_statement(side) for side in sides]
    alone = [
        _matter(side) - LIGHT - frozenset().union(*(_matter(o) for o in read if o is not side))
        for side in read
    ]
    touched = [(side, own) for side, own in zip(read, alone, strict=True) if own & said]
    whole = all(own <= said for _, own in touched)
    parts = [read_statement(part) for part in _PARTS.split(claim.statement.text)]
    if all(part.values and _sides(part, alone) < 2 for part in parts):  # noqa: PLR2004
        return ""
    if len(touched) < 2 or whole or _refers_back(*touched[-1], touched[0], said):  # noqa: PLR2004
        return ""
    return "it mixes what the evidence tells apart"


def _sides(part: Statement, alone: Sequence[frozenset[str]]) -> int:
    """Return how many of the sides a part of the claim takes words from."""
    said = _matter(part) - LIGHT
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
    if later.tokens & _BACK:
        return True
    return not later.names and own & said <= _name_stems(side)


_BACK = frozenset(stem(word) for word in ("it", "them", "themselves", "itself"))


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
        said = _matter(claim.statement) | claim.context
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


def names_belong(claim: Claim, spot: Spot) -> str:
    """Of several people or places in a statement, the claimed one must be the one it is told of."""
    names = frozenset(stem(name) for name in _all_names(claim.statement))
    said = claim.statement.stems | claim.context
    pieces = _pieces_by_name(spot.statement.text)
    for piece in pieces:
        rest = frozenset().union(*(_stemmed(p) for p in pieces if p is not piece))
        own = _stemmed(piece) - rest - LIGHT
        claimed = _name_stems(piece) - rest & names
        if not claimed or own <= said:
            continue
        for other in pieces:
            theirs = _stemmed(other) - _stemmed(piece) - LIGHT
            if _listed_together(claim.statement, claimed, theirs):
                continue
            if other is not piece and theirs & said and (_name_stems(other) & theirs) - names:
                return f"{', '.join(sorted(claimed))} stands by other words in the evidence"
    return ""


def _listed_together(claim: Statement, some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the claim tells of both in one breath: ``in Auckland and Christchurch``."""
    return any(
        (first.stem in some and second.stem in others)
        or (first.stem in others and second.stem in some)
        for first, second in _joined(claim.text)
    )


def _joined(text: str) -> list[tuple[Word, Word]]:
    """Return the pairs of words with nothing but ``and`` or a comma between them."""
    listed = words(text)
    return [
        (first, second)
        for first, second in combinations(listed, 2)
        if _JOINT.fullmatch(text[first.start + len(first.text) : second.start])
    ]


_JOINT = re.compile(r"\s*(?:,|,?\s+(?:and|or))\s+")


def _stemmed(piece: Statement) -> frozenset[str]:
    return piece.stems | _name_stems(piece)


def _name_stems(piece: Statement) -> frozenset[str]:
    return frozenset(stem(name) for name in _all_names(piece))


def _all_names(statement: Statement) -> frozenset[str]:
    return statement.names | ({statement.opener} - {""})


@lru_cache(maxsize=4_000)
def _pieces_by_name(text: str) -> tuple[Statement, ...]:
    pieces: list[str] = []
    for part in (p for p in _PARTS.split(text) if p.strip()):
        if pieces and not _all_names(read_statement(part)):
            pieces[-1] = f"{pieces[-1]}, {part}"
        else:
            pieces.append(part)
    read = tuple(read_statement(piece) for piece in pieces)
    return read if all(_all_names(piece) for piece in read) else ()


_PARTS = re.compile(r"[,;.]\s+|\s+(?:and|but|while)\s+")


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
    return tuple(read_statement(piece) for piece in pieces)

"""Subjects: a fact belongs to what the evidence tells it of, and to nothing beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot
from agent.replies.value_checks import same
from agent.replies.values import ValueKind
from agent.replies.words import is_row, stem


def subject_is_own(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> str:
    """What is named may not stand by another fact of the same kind instead."""
    kinds = {value.kind for value in claim.statement.values}
    stems = claim.statement.stems | claim.context
    away = stems - spot.stems
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
    if len(touched) < 2 or whole or _refers_back(touched[-1][0], touched[0], said):  # noqa: PLR2004
        return ""
    return "it mixes what the evidence tells apart"


def _refers_back(
    later: Statement, first: tuple[Statement, frozenset[str]], said: frozenset[str]
) -> bool:
    """Whether the later side speaks of the first one's matter: by a pronoun, or naming nobody."""
    side, own = first
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
            if other is not piece and theirs & said and (_name_stems(other) & theirs) - names:
                return f"{', '.join(sorted(claimed))} stands by other words in the evidence"
    return ""


def _stemmed(piece: Statement) -> frozenset[str]:
    return piece.stems | _name_stems(piece)


def _name_stems(piece: Statement) -> frozenset[str]:
    return frozenset(stem(name) for name in _all_names(piece))


def _all_names(statement: Statement) -> frozenset[str]:
    return statement.names | ({statement.opener} - {""})


@lru_cache(maxsize=4_000)
def _pieces_by_name(text: str) -> tuple[Statement, ...]:
    parts = [p for p in _PARTS.split(text) if p.strip()]
    pieces = tuple(read_statement(part) for part in parts)
    return pieces if all(_all_names(piece) for piece in pieces) else ()


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

"""Merging: what a statement tells apart may not be told as one thing."""

import re
from collections.abc import Sequence

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT, RISKY
from agent.replies.name_checks import PARTS, name_stems
from agent.replies.spots import Claim, Spot, subject_of
from agent.replies.words import is_row, split_sentences, stem


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
    said = matter_and_values(claim.statement)
    if weighty:
        said -= subject_of(";".join(sides))  # of which both sides tell
    read = [read_statement(side) for side in sides]
    alone = [
        _telling(
            matter_and_values(side)
            - frozenset().union(*(matter_and_values(o) for o in read if o is not side))
        )
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
    said = matter_and_values(part)
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


def matter_and_values(statement: Statement) -> frozenset[str]:
    """Return the stems of a statement and its values as words."""
    return statement.stems | {f"{v.kind}:{v.amount}{v.unit}" for v in statement.values}

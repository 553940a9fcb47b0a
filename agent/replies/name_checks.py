"""Names of a claim: each must stand in the evidence, and by what the evidence tells of it."""

import re
from functools import lru_cache
from itertools import combinations, pairwise

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot
from agent.replies.values import ValueKind
from agent.replies.words import Word, stem, words


def names_held(claim: Statement, spot: Spot) -> str:
    """Every name of the claim must stand in the statement or above it."""
    for name in claim.names - _named_by_dates(claim):
        if stem(name.split("'")[0]) not in spot.stems and name not in spot.stems:
            return f"the name {name!r} is not in the evidence"
        if spot.own and spot.own.names and stem(name) not in spot.own.tokens | spot.around:
            return f"the name {name!r} is told of something else"
    return ""


def _named_by_dates(claim: Statement) -> frozenset[str]:
    """Return the names of feasts whose days the claim tells: Christmas on 24 December."""
    dates = {value.amount for value in claim.values if value.kind is ValueKind.DATE}
    return frozenset(name for name, days in _FEASTS.items() if dates & days)


_CHRISTMAS = frozenset({"12/24", "12/25", "12/26", "12/27"})
_NEW_YEAR = frozenset({"12/31", "1/1", "1/2"})
_FEASTS = {
    "christmas": _CHRISTMAS, "xmas": _CHRISTMAS, "boxing": frozenset({"12/26"}),
    "day": _CHRISTMAS | _NEW_YEAR, "eve": frozenset({"12/24", "12/31"}), "new": _NEW_YEAR,
    "year": _NEW_YEAR, "year's": _NEW_YEAR, "years": _NEW_YEAR,
}  # fmt: skip


def names_together(claim: Statement, spot: Spot) -> str:
    """Two names that stand together in the claim do not stand by others in the evidence.

    ``Priyanka Marsden`` is nobody where the page has a Priyanka Rao and a Will Marsden.
    """
    told = f"{spot.evidence.heading}. {spot.evidence.text}"
    for first, second in _pairs(claim.spoken):
        runs = _runs(told)
        holding = [run for run in runs if second in run[1:]]
        if holding and not any(first in run[: run.index(second)] for run in holding):
            known = any(first in run for run in runs)
            if known or (first not in _TITLES and first != claim.opener):
                return f"{first!r} does not stand before {second!r} in the evidence"
    return ""


_TITLES = frozenset(
    """dr mr mrs ms miss chef coach nurse doctor prof professor sir madam our the your my in at on
    for with by to ask see call meet""".split()  # noqa: SIM905
)
_RUN = re.compile(r"\b[A-ZÀ-Þ][\w'À-ÿ]*(?:[ -][A-ZÀ-Þ][\w'À-ÿ]*)+")


def _pairs(text: str) -> list[tuple[str, str]]:
    return [pair for run in _runs(text) for pair in pairwise(run)]


@lru_cache(maxsize=4_000)
def _runs(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words in capitals that stand side by side, in lower case."""
    return tuple(
        tuple(word.casefold().removesuffix("'s") for word in re.split("[ -]", match.group()))
        for match in _RUN.finditer(text)
    )


def names_belong(claim: Claim, spot: Spot) -> str:
    """Of several people or places in a statement, the claimed one must be the one it is told of."""
    names = frozenset(stem(name) for name in _all_names(claim.statement))
    said = claim.statement.stems | claim.context
    pieces = _pieces_by_name(spot.statement.text)
    for piece in pieces:
        rest = frozenset().union(*(_stemmed(p) for p in pieces if p is not piece))
        own = _stemmed(piece) - rest - LIGHT
        claimed = name_stems(piece) - rest & names
        if not claimed or own <= said:
            continue
        for other in pieces:
            theirs = _stemmed(other) - _stemmed(piece) - LIGHT
            if not own - claimed - _EXCEPT:
                theirs &= name_stems(other)  # "A is open from 8, B from 9": the verb is B's too
            if _listed_together(claim.statement, claimed, theirs):
                continue
            if other is not piece and theirs & said and (name_stems(other) & theirs) - names:
                return f"{', '.join(sorted(claimed))} stands by other words in the evidence"
    return ""


_EXCEPT = frozenset({stem("except"), stem("only")})


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
    return piece.stems | name_stems(piece)


def name_stems(piece: Statement) -> frozenset[str]:
    """Return the stems of the names of a statement, its opener among them."""
    return frozenset(stem(name) for name in _all_names(piece))


def _all_names(statement: Statement) -> frozenset[str]:
    return statement.names | ({statement.opener} - {""})


@lru_cache(maxsize=4_000)
def _pieces_by_name(text: str) -> tuple[Statement, ...]:
    pieces: list[str] = []
    for part in (p for p in PARTS.split(text) if p.strip()):
        if pieces and not _all_names(read_statement(part)):
            pieces[-1] = f"{pieces[-1]}, {part}"
        else:
            pieces.append(part)
    read = tuple(read_statement(piece) for piece in pieces)
    return read if all(_all_names(piece) for piece in read) else ()


_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b"
PARTS = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bMrs)[,;.]\s+"
    rf"|\s+(?:and|but|while)\s+(?!{_WEEKDAY})"
)

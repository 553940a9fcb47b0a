"""Negation, conditions and time: a claim may not say yes for no, nor more than was granted."""

import re

from agent.replies.claims import Statement, read_statement
from agent.replies.clauses import conditions_of
from agent.replies.generosity_checks import GENEROUS, generosity_kept
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.values import Value, ValueKind
from agent.replies.words import stem


def negation_agrees(claim: Statement, spot: Spot) -> str:
    """What is denied in the one must be denied in the other, and nothing else."""
    denied = frozenset().union(*(c.negated for c in spot.clauses))
    denied_of = frozenset().union(*(c.denied_of for c in spot.clauses))
    for word in claim.stems & spot.statement.stems:
        in_claim = word in claim.negated
        in_evidence = _is_denied(word, claim, spot)
        if in_evidence is None or in_claim == in_evidence:
            continue
        # "No lessons in the holidays" and "lessons, but none in the holidays" deny the same.
        if in_claim and (word in claim.stated or claim.negated & denied):
            continue
        # "No boats on Sundays" and "boats, but none on Sundays" deny it of the same day.
        if claim.denied_values & spot.statement.denied_values:
            continue
        # So do "cash is not covered" and "it does not cover cash", either way round.
        if claim.denied_of & denied or claim.negated & denied_of & claim.stems:
            continue
        return f"{word!r} is {'not ' if in_claim else ''}denied in the evidence"
    if claim.negated - _LINKING and not denied and not claim.negated & denied_of:
        return "the evidence denies nothing"
    return _denied_by_value(claim, spot)


_LINKING = frozenset({stem("between")})


def _is_denied(word: str, claim: Statement, spot: Spot) -> bool | None:
    """Return whether the evidence denies a word; None where it does both, none nearer."""
    denies = any(word in clause.negated for clause in spot.clauses)
    states = any(word in clause.stated for clause in spot.clauses)
    near = [clause for clause in likeliest(claim, spot) if word in clause.stems]
    if not near and (states if denies else False):
        return None
    if denies and not near and _stands_elsewhere(claim, spot) and (states or word in LIGHT):
        return None
    if near:
        return any(word in clause.negated for clause in near)
    return denies


def _stands_elsewhere(claim: Statement, spot: Spot) -> bool:
    """Whether the claim's values stand in clauses that deny nothing."""
    keys = {value.key for value in claim.values}
    open_keys = {v.key for clause in spot.clauses if not clause.negated for v in clause.values}
    return bool(keys) and keys <= open_keys


def _denied_by_value(claim: Statement, spot: Spot) -> str:
    """A value that stands only where something is denied brings the denial with it."""
    if not claim.negated and not claim.denied_values:
        for value in claim.values:
            denied = [value.key in c.denied_values for c in spot.clauses if _has(value, c)]
            if value.kind in _DAYS and denied and all(denied):
                return f"{value} is denied in the evidence"
    for clause in spot.clauses:
        elsewhere = {v.key for other in spot.clauses if other is not clause for v in other.values}
        here = {value.key for value in clause.values} - elsewhere
        only_here = [value for value in claim.values if value.key in here]
        if only_here and (clause.negated - clause.stated) & claim.stems - claim.negated:
            return f"{only_here[0]} is where the evidence denies this"
    return ""


def _has(value: Value, clause: Statement) -> bool:
    return any(value.key == other.key for other in clause.values)


_DAYS = frozenset({ValueKind.WEEKDAY, ValueKind.DATE})


def denies_alone(claim: Statement, spot: Spot) -> str:
    """A claim may not deny something where its likeliest clauses do not, nor the other way."""
    denies = bool(claim.negated or claim.denied_of or claim.denied_values)
    clauses = likeliest(claim, spot)
    if any(denies == bool(c.negated or c.denied_of or c.denied_values) for c in clauses):
        return ""
    return "the evidence denies nothing" if denies else "the evidence denies it"


def not_denied_elsewhere(claim: Statement, spot: Spot) -> str:
    """What a statement does not speak of may not be what its page denies.

    ``The camp costs $90. Lunch is not provided`` holds no ``camp for $90 with lunch``.
    """
    if claim.negated or claim.denied_of:
        return ""
    denied = (claim.stems - spot.stems - LIGHT) & spot.denied
    return f"{', '.join(sorted(denied))}: denied on its page" if denied else ""


def is_all_denial(claim: Statement, spot: Spot) -> str:
    """What the evidence only denies something of, it says nothing else of.

    ``The counter in Ueno is not open`` holds no ``pick up at the counter in Ueno``.
    """
    if claim.values or claim.negated or claim.denied_of:
        return ""
    for clause in likeliest(claim, spot):
        told = clause.stated - clause.denied_of - LIGHT
        if (
            clause.negated - clause.stated
            and not clause.negated & claim.stems
            and (not told & claim.stems)
        ):
            return "the evidence only denies something of it"
    return ""


def conditions_kept(claim: Claim, spot: Spot) -> str:
    """A condition under which the evidence says something must be said with it."""
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    keys = {value.key for value in claim.sentence.values} | claim.told
    likely = likeliest(claim.statement, spot)
    given = claim.statement.tokens & GENEROUS
    generous = [c for c in spot.clauses if given & c.tokens and c not in likely]
    if given and any(given & c.tokens for c in likely):
        # "Both are free, but places for the second must be booked."
        mine = claim.statement.stems - LIGHT
        generous = [c for c in spot.clauses if _BOUND_TO & c.tokens and mine & c.stems]
    for clause in (*likely, *generous):
        if clause.past and not claim.sentence.past:
            continue
        for condition in conditions_of(clause.text):
            read = read_statement(condition)
            stems = read.stems - _MARKING
            if (not stems or _is_marker_only(condition, stems)) and not read.values:
                continue
            if condition.casefold().startswith("only"):
                # What the rest of the clause says too does not tell that the limit was kept.
                rest = read_statement(clause.text.replace(condition, " "))
                stems = (stems - rest.stems - LIGHT) or stems
            if read.values and all(value.key in keys for value in read.values):
                continue
            needed = len(stems) + len(read.values)
            echoed = len(stems & said) + sum(1 for v in read.values if v.key in keys)
            if needed and echoed < needed / 2 and not _is_beside(condition, clause, claim):
                return f"the condition {condition.strip()!r} is dropped"
        missing = generosity_kept(claim, clause)
        if missing:
            return missing
    return ""


def _is_beside(condition: str, clause: Statement, claim: Claim) -> bool:
    """Whether a condition stands in a part of its own that the claim takes nothing from.

    ``Trims are $15, walk-ins welcome before noon``: trims are $15 at any time.
    """
    part = next((p for p in re.split(r",\s+", clause.text) if condition.strip() in p), "")
    beside = read_statement(part.replace(condition.strip(), " "))
    mine = claim.sentence.stems | claim.context
    keys = {value.key for value in claim.sentence.values}
    return bool(beside.stems - LIGHT) and not (
        beside.stems & mine or keys & {value.key for value in beside.values}
    )


def _is_marker_only(condition: str, stems: frozenset[str]) -> bool:
    """Whether nothing but ``required`` or ``needed`` is left of a condition."""
    return stems <= LIGHT and len(condition.split()) == 1


_MARKING = frozenset(stem(w) for w in ("after", "before", "only", "during", "while"))
_BOUND_TO = frozenset(stem(w) for w in ("must", "only", "unless", "needs"))


def time_agrees(claim: Claim, spot: Spot) -> str:
    """What once was is not what is."""
    keys = {value.key for value in claim.statement.values}
    clauses = likeliest(claim.statement, spot)
    with_values = [c for c in clauses if keys & {value.key for value in c.values}]
    if claim.sentence.past:
        return ""
    if claim.statement.negated and any(clause.negated for clause in clauses):
        return ""  # what was given up once is not done today
    if any(clause.past for clause in with_values or clauses):
        return "the evidence tells of the past"
    for key in keys:
        holders = [clause for clause in spot.clauses if key in {v.key for v in clause.values}]
        if holders and all(clause.past for clause in holders):
            return "the evidence tells of the past"
    return ""

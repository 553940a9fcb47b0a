"""Negation, conditions and time: a claim may not say yes for no, nor more than was granted."""

import re
from collections import Counter

from agent.replies.claims import Statement, conditions_of, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.values import Bound, ValueKind
from agent.replies.words import stem


def negation_agrees(claim: Statement, spot: Spot) -> str:
    """What is denied in the one must be denied in the other, and nothing else."""
    denied = frozenset().union(*(c.negated for c in spot.clauses))
    for word in claim.stems & spot.statement.stems:
        in_claim = word in claim.negated
        in_evidence = _is_denied(word, claim, spot)
        if in_evidence is None or in_claim == in_evidence:
            continue
        # "No lessons in the holidays" and "lessons, but none in the holidays" deny the same.
        if in_claim and (word in claim.stated or claim.negated & denied):
            continue
        return f"{word!r} is {'not ' if in_claim else ''}denied in the evidence"
    if claim.negated and not denied:
        return "the evidence denies nothing"
    return _denied_by_value(claim, spot)


def _is_denied(word: str, claim: Statement, spot: Spot) -> bool | None:
    """Return whether the evidence denies a word; None where it does both, none nearer."""
    denies = any(word in clause.negated for clause in spot.clauses)
    states = any(word in clause.stated for clause in spot.clauses)
    near = [clause for clause in likeliest(claim, spot) if word in clause.stems]
    if denies and states and not near:
        return None
    if near:
        return any(word in clause.negated for clause in near)
    return denies


def _denied_by_value(claim: Statement, spot: Spot) -> str:
    """A value that stands only where something is denied brings the denial with it."""
    for clause in spot.clauses:
        elsewhere = {v.key for other in spot.clauses if other is not clause for v in other.values}
        here = {value.key for value in clause.values} - elsewhere
        only_here = [value for value in claim.values if value.key in here]
        if only_here and (clause.negated - clause.stated) & claim.stems - claim.negated:
            return f"{only_here[0]} is where the evidence denies this"
    return ""


def conditions_kept(claim: Claim, spot: Spot) -> str:
    """A condition under which the evidence says something must be said with it."""
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    keys = {value.key for value in claim.sentence.values}
    for clause in likeliest(claim.statement, spot):
        for condition in conditions_of(clause.text):
            read = read_statement(condition)
            needed = len(read.stems) + len(read.values)
            echoed = len(read.stems & said) + sum(1 for v in read.values if v.key in keys)
            if needed and echoed < needed / 2:
                return f"the condition {condition.strip()!r} is dropped"
        missing = _generosity(claim, clause)
        if missing:
            return missing
    return ""


_GENEROUS = frozenset(
    stem(w)
    for w in """free discount refund guarantee off include save bonus credit waive""".split()  # noqa: SIM905
)


_MOST_LEFT_OUT = 0.45


def _generosity(claim: Claim, clause: Statement) -> str:
    """What is given away must be told with what it is bound to."""
    generous = claim.statement.tokens & _GENEROUS & clause.tokens
    percents = [v for v in claim.statement.values if v.kind is ValueKind.PERCENT]
    if not generous and not percents:
        return ""
    keys = {value.key for value in claim.sentence.values}
    for value in clause.values:
        restricts = value.bound in {Bound.LEAST, Bound.MOST} or _RESTRICTS.search(
            clause.text[: value.span[0]]
        )
        if restricts and value.key not in keys and value.span[1] <= len(clause.text):
            return f"the condition {value.bound} {value} is dropped"
    tail = _left_of_tail(claim, clause)
    if tail:
        return f"{tail!r} is dropped"
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    own = clause.stems - LIGHT
    if own and len(own - said) > _MOST_LEFT_OUT * len(own):
        return f"{', '.join(sorted(own - said))}: left out of what is promised"
    return ""


_RESTRICTS = re.compile(r"\b(?:of|over|under|above|below|from)\s(?:the |a |an )?$", re.IGNORECASE)


_TAIL = re.compile(
    r"(?:\b(?:free|included|refunded|refundable|guaranteed|covered|waived|valid)\s+"
    r"(?=(?:for|on|with|within|in|to|at|up to|until|from|during|of|over|after)\b)|\b(?:off|"
    r"discount on)\s+)"
    r"(?P<tail>[^,;.]*)",
    re.IGNORECASE,
)


_TAIL_END = re.compile(r"\s+and\s+(?:can|is|are|takes?|costs?|we|you|it)\b.*$", re.IGNORECASE)


def _left_of_tail(claim: Claim, clause: Statement) -> str:
    """Return what follows ``free`` or ``off`` in the evidence where most of it is left out.

    A word of the claim counts once: ``potting is free for pots`` is not ``potting is free``.
    """
    match = _TAIL.search(clause.text)
    if match is None:
        return ""
    tail = read_statement(_TAIL_END.sub("", match["tail"]))
    head = read_statement(clause.text[: match.start()])
    left = Counter(claim.sentence.order) - Counter(head.order)
    keys = {value.key for value in claim.sentence.values}
    needed = len(tail.order) + len(tail.values)
    echoed = sum((left & Counter(tail.order)).values())
    echoed += sum(1 for value in tail.values if value.key in keys)
    return match["tail"].strip() if needed and echoed < needed / 2 else ""


def time_agrees(claim: Claim, spot: Spot) -> str:
    """What once was is not what is."""
    keys = {value.key for value in claim.statement.values}
    clauses = likeliest(claim.statement, spot)
    with_values = [c for c in clauses if keys & {value.key for value in c.values}]
    if any(clause.past for clause in with_values or clauses) and not claim.sentence.past:
        return "the evidence tells of the past"
    return ""

"""Negation, conditions and time: a claim may not say yes for no, nor more than was granted."""

import re
from collections import Counter
from collections.abc import Sequence

from agent.replies.claims import Statement, conditions_of, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.values import Bound, Value, ValueKind
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
        # So do "cash is not covered" and "it does not cover cash", either way round.
        if claim.denied_of & denied or claim.negated & denied_of & claim.stems:
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
    if not near and (states if denies else False):
        return None
    if denies and not near and _stands_elsewhere(claim, spot):
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
    likely = likeliest(claim.statement, spot)
    given = claim.statement.tokens & _GENEROUS
    generous = [c for c in spot.clauses if given & c.tokens and c not in likely]
    if given and any(given & c.tokens for c in likely):
        generous = []
    for clause in (*likely, *generous):
        for condition in conditions_of(clause.text):
            read = read_statement(condition)
            needed = len(read.stems) + len(read.values)
            echoed = len(read.stems & said) + sum(1 for v in read.values if v.key in keys)
            if needed and echoed < needed / 2 and not _is_beside(condition, clause, claim):
                return f"the condition {condition.strip()!r} is dropped"
        missing = _generosity(claim, clause)
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


_GENEROUS = frozenset(
    stem(w)
    for w in """free discount refund guarantee off include save bonus credit waive""".split()  # noqa: SIM905
)


_INCLUDED = frozenset({stem("include"), stem("included")})
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
    if not percents and generous <= _INCLUDED:
        return ""  # of several things that are included one may be told
    own = _given_in(clause, generous, percents) - LIGHT
    if own and len(own - said) > _MOST_LEFT_OUT * len(own):
        return f"{', '.join(sorted(own - said))}: left out of what is promised"
    return ""


def _given_in(
    clause: Statement, generous: frozenset[str], percents: Sequence[Value]
) -> frozenset[str]:
    """Return the matter of the part of a clause that gives something away.

    ``Members pay $120 a month and get 10% off shampoos`` gives 10% off shampoos to members.
    """
    keys = {value.key for value in percents}
    parts = [read_statement(part) for part in _GIVING.split(clause.text)]
    giving = [p for p in parts if generous & p.tokens or keys & {v.key for v in p.values}]
    if len(parts) < 2 or not giving:  # noqa: PLR2004
        return clause.stems
    subject = frozenset(parts[0].order[:1])
    return subject.union(*(part.stems for part in giving))


_GIVING = re.compile(
    r"\s+and\s+(?=(?:get|gets|receive|receives|is|are|has|have|includes?|costs?|pays?|earns?)\b)"
)
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
    off = match.group().casefold().startswith(("off", "discount"))
    thing = frozenset(tail.order[:1]) - LIGHT if off else frozenset()
    if thing and not thing & set(left):
        return match["tail"].strip()
    return match["tail"].strip() if needed and echoed < needed / 2 else ""


def time_agrees(claim: Claim, spot: Spot) -> str:
    """What once was is not what is."""
    keys = {value.key for value in claim.statement.values}
    clauses = likeliest(claim.statement, spot)
    with_values = [c for c in clauses if keys & {value.key for value in c.values}]
    if any(clause.past for clause in with_values or clauses) and not claim.sentence.past:
        return "the evidence tells of the past"
    return ""

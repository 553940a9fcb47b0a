"""What is given away must be told with what it is bound to: ``free over 50`` is not ``free``."""

import re
from collections import Counter
from collections.abc import Sequence

from agent.replies.claims import Statement, read_statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim
from agent.replies.values import Bound, Value, ValueKind
from agent.replies.words import stem

GENEROUS = frozenset(
    stem(w)
    for w in """free discount refund guarantee off include save bonus credit waive""".split()  # noqa: SIM905
)


_INCLUDED = frozenset({stem("include"), stem("included")})
_MOST_LEFT_OUT = 0.45


def generosity_kept(claim: Claim, clause: Statement) -> str:
    """What is given away must be told with what it is bound to."""
    generous = claim.statement.tokens & GENEROUS & clause.tokens
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
    given = claim.statement.tokens
    percents = any(value.kind is ValueKind.PERCENT for value in claim.statement.values)
    match = next(
        (
            found
            for found in _TAIL.finditer(clause.text)
            if stem(found.group().split()[0].casefold()) in given or percents
        ),
        None,
    )
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

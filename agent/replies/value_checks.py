"""Values of a claim: each must stand in the statement, with the same unit and bound."""

import re
from collections.abc import Sequence

from agent.replies.claims import Statement
from agent.replies.light import LIGHT
from agent.replies.spots import Spot
from agent.replies.values import Bound, Value, ValueKind
from agent.replies.words import stem

_FREELY_PLACED = frozenset({ValueKind.LINK})
"""Kinds that may stand anywhere in the same evidence."""


def values_held(claim: Statement, spot: Spot) -> str:
    """Every value of the claim must stand in the statement."""
    for value in claim.values:
        pool = spot.elsewhere if value.kind in _FREELY_PLACED else spot.statement.values
        if not any(same(value, other) for other in pool) and not _is_hour(value, claim, pool):
            return f"{value} is not in the evidence"
        own = spot.own.values if spot.own else ()
        rivals = [other for other in own if other.kind is value.kind]
        if rivals and not any(same(value, other) for other in rivals):
            return f"{value} is told of something else"
    return ""


_AT = re.compile(r"\b(?:at|by|until|from|to|between|and)\s$", re.IGNORECASE)


def _is_hour(value: Value, claim: Statement, held: Sequence[Value]) -> bool:
    """Whether a bare number is an hour that the evidence tells: ``at 11`` for 11:00."""
    if value.kind is not ValueKind.NUMBER or value.noun or not value.amount.isdigit():
        return False
    if int(value.amount) > _HOURS or _AT.search(claim.text[: value.span[0]]) is None:
        return False
    told = {int(other.amount) % _HALF_DAY for other in held if other.kind is ValueKind.TIME}
    return int(value.amount) * 60 % _HALF_DAY in told


_HOURS, _HALF_DAY = 12, 720
"""Hours on a clock's face, and their minutes."""


def same(claimed: Value, held: Value) -> bool:
    """Whether two values are one: same kind, amount, unit and thing counted."""
    if claimed.kind is not held.kind:
        return False
    if claimed.kind is ValueKind.DATE:
        # A claim may leave the year out but not put another one in.
        return claimed.amount == held.amount and (not claimed.unit or claimed.unit == held.unit)
    if claimed.kind is ValueKind.WEEKDAY and claimed.unit == held.unit and "-" in held.amount:
        # What holds from Monday to Friday holds on a Tuesday.
        return claimed.days == held.days or ("-" not in claimed.amount and claimed.days < held.days)
    if claimed.kind is ValueKind.WEEKDAY and claimed.unit == held.unit and "," in held.amount:
        # Of several days one may be told: "on a Thursday".
        return "-" not in claimed.amount and claimed.days <= held.days
    if claimed.key != held.key:
        return False
    return not (claimed.noun and held.noun) or claimed.noun == held.noun or claimed.noun in LIGHT


def bounds_agree(claim: Statement, spot: Spot) -> str:
    """``up to 50%`` is not ``50%``, and ``from $40`` is not ``$40``."""
    for value in claim.values:
        held = [other for other in spot.statement.values if same(value, other)]
        if any(_begins_after(value, other, spot.statement.text) for other in held):
            continue
        if held and not any(_bound_agrees(value, other) for other in held):
            return f"{value} is {held[0].bound or 'exact'} in the evidence"
    return ""


_BEYOND = re.compile(r"\b(?:beyond|above|over|after|below|under) that\b", re.IGNORECASE)


def _begins_after(claimed: Value, held: Value, text: str) -> bool:
    """Whether "more than 20 minutes late" is told as "after 20 minutes"."""
    if {claimed.bound, held.bound} == {Bound.LEAST, Bound.MOST} and _BEYOND.search(text):
        return True  # "within 30 km it is included; beyond that ..."
    return (
        claimed.bound is Bound.LEAST
        and claimed.kind is ValueKind.DURATION
        and re.search(r"\b(?:after|beyond)\s$", text[: held.span[0]], re.IGNORECASE) is not None
    )


def _bound_agrees(claimed: Value, held: Value) -> bool:
    if claimed.bound is held.bound:
        return True
    if claimed.bound is Bound.NONE:
        # "45 days" may stand for "within 45 days", but not "50%" for "up to 50%".
        soft = {
            ValueKind.DURATION,
            ValueKind.TIME,
            ValueKind.DATE,
            ValueKind.WEEKDAY,
            ValueKind.MEASURE,
        }
        if held.bound is Bound.LEAST and held.kind is ValueKind.DURATION:
            return True  # "16 weeks old" for "from 16 weeks of age"
        return held.bound is Bound.ABOUT or (held.kind in soft and held.bound is Bound.MOST)
    if claimed.bound is Bound.ABOUT:
        return True
    return claimed.bound is Bound.MOST and claimed.kind is ValueKind.DURATION and not held.bound


_OPENS, _CLOSES = stem("open"), stem("close")
_UNTIL = re.compile(r"(?:\buntil|\btill|\bto|-|\bthrough|\bby|\bat)\s*$", re.IGNORECASE)


def opening_hours(claim: Statement, held: Statement) -> frozenset[str]:
    """Return which of "opens" and "closes" a span of hours in the evidence stands for.

    "Weekdays from 7 AM to 6 PM" holds "opens at 7 AM" and "closes at 6 PM".
    """
    times = [value.amount for value in held.values if value.kind is ValueKind.TIME]
    claimed = [value for value in claim.values if value.kind is ValueKind.TIME]
    if not claimed or not times or len(times) % 2:
        return frozenset()
    firsts, lasts = set(times[0::2]), set(times[1::2])
    ends = [v for v in claimed if _UNTIL.search(claim.text[: v.span[0]]) and v.amount in lasts]
    begins = [v for v in claimed if v not in ends]
    if any(v.amount not in firsts for v in begins):
        return frozenset()
    if _CLOSES in claim.tokens:
        return frozenset({_OPENS, _CLOSES}) if ends else frozenset()
    return frozenset({_OPENS})

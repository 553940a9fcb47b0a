"""Whether a statement of the evidence holds a claim: same values, subject, negation, conditions."""

from collections.abc import Callable, Sequence

from agent.replies.claims import Statement
from agent.replies.condition_checks import (
    conditions_kept,
    is_all_denial,
    negation_agrees,
    time_agrees,
)
from agent.replies.name_checks import names_belong, names_held
from agent.replies.place_checks import place_agrees
from agent.replies.promise_checks import nothing_promised
from agent.replies.qualifier_checks import qualifiers_kept
from agent.replies.spots import Claim, Spot
from agent.replies.subject_checks import not_merged, row_is_named, subject_is_own, values_belong
from agent.replies.value_checks import bounds_agree, values_held
from agent.replies.word_checks import words_held


def why_not(claim: Claim, spots: Sequence[Spot]) -> tuple[str, Spot | None]:
    """Return ``("", spot)`` where a statement holds the claim, else why the likeliest does not."""
    ranked = sorted(spots, key=lambda spot: -_likeness(claim.statement, spot))
    first_reason = ""
    for spot in ranked:
        if not claim.context and spot.statement.text == claim.statement.text:
            return "", spot
        reason = _refuse(claim, spot, spots)
        if not reason:
            denial = _denied_closer(claim.statement, spot, spots)
            return (denial, None) if denial else ("", spot)
        first_reason = first_reason or reason
    return first_reason or "nothing in the evidence", None


def _denied_closer(claim: Statement, holder: Spot, spots: Sequence[Spot]) -> str:
    """Return the reason where a statement closer in wording denies the claim."""
    closeness = len(claim.stems & holder.statement.stems)
    for spot in spots:
        if len(claim.stems & spot.statement.stems) > closeness and not values_held(claim, spot):
            reason = negation_agrees(claim, spot)
            if reason:
                return reason
    return ""


def _likeness(claim: Statement, spot: Spot) -> float:
    shared = len(claim.stems & spot.stems)
    keys = {value.key for value in spot.statement.values}
    return shared + 2 * sum(1 for value in claim.values if value.key in keys)


def _refuse(claim: Claim, spot: Spot, spots: Sequence[Spot]) -> str:
    for check in _CHECKS:
        reason = check(claim, spot, spots)
        if reason:
            return reason
    return ""


_Check = Callable[[Claim, Spot, Sequence[Spot]], str]

_CHECKS: tuple[_Check, ...] = (
    lambda claim, spot, _: values_held(claim.statement, spot),
    lambda claim, spot, _: names_held(claim.statement, spot),
    lambda claim, spot, _: words_held(claim.statement, spot),
    lambda claim, spot, _: place_agrees(claim.statement, spot),
    row_is_named,
    subject_is_own,
    lambda claim, spot, _: not_merged(claim, spot),
    lambda claim, spot, _: values_belong(claim, spot),
    lambda claim, spot, _: names_belong(claim, spot),
    lambda claim, spot, _: nothing_promised(claim.statement, spot),
    lambda claim, spot, _: qualifiers_kept(claim, spot),
    lambda claim, spot, _: negation_agrees(claim.statement, spot),
    lambda claim, spot, _: is_all_denial(claim.statement, spot),
    lambda claim, spot, _: bounds_agree(claim.statement, spot),
    lambda claim, spot, _: conditions_kept(claim, spot),
    lambda claim, spot, _: time_agrees(claim, spot),
)
"""Each returns an empty text, or why this statement does not hold the claim; cheapest first."""

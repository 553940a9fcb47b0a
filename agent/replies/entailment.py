"""Whether a statement of the evidence holds a claim: same values, subject, negation, conditions."""

from collections.abc import Sequence

from agent.replies.claims import Statement
from agent.replies.condition_checks import negation_agrees
from agent.replies.holding_checks import CHECKS
from agent.replies.leeway import likely_holder
from agent.replies.spots import Claim, Spot
from agent.replies.value_checks import values_held


def why_not(
    claim: Claim, spots: Sequence[Spot], *, freely: bool = False
) -> tuple[str, Spot | None]:
    """Return ``("", spot)`` where a statement holds the claim, else why the likeliest does not.

    ``freely``: where no statement holds it strictly, one that likely does is enough.
    """
    ranked = nearest_first(claim, spots)
    first_reason = ""
    for spot in ranked:
        if not claim.context and spot.statement.text == claim.statement.text:
            return "", spot
        reason = _refuse(claim, spot, spots)
        if not reason:
            denial = _denied_closer(claim.statement, spot, spots)
            return (denial, None) if denial else ("", spot)
        first_reason = first_reason or reason
    holder = likely_holder(claim, ranked, spots) if freely else None
    if holder is not None:
        return "", holder
    return first_reason or "nothing in the evidence", None


def nearest_first(claim: Claim, spots: Sequence[Spot]) -> list[Spot]:
    """Return the statements, those first that share most words and values with the claim."""
    return sorted(spots, key=lambda spot: -_likeness(claim.statement, spot))


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
    for check in CHECKS.values():
        reason = check(claim, spot, spots)
        if reason:
            return reason
    return ""

"""Whether one statement holds one claim, check by check.

Each check returns an empty text, or why the statement does not hold the claim.
"""

from collections.abc import Callable, Mapping, Sequence

from agent.replies.condition_checks import (
    conditions_kept,
    is_all_denial,
    negation_agrees,
    not_denied_elsewhere,
    time_agrees,
)
from agent.replies.merge_checks import not_merged
from agent.replies.name_checks import names_belong, names_held, names_together
from agent.replies.place_checks import place_agrees
from agent.replies.promise_checks import nothing_promised
from agent.replies.qualifier_checks import qualifiers_kept
from agent.replies.spots import Claim, Spot
from agent.replies.subject_checks import (
    row_is_named,
    subject_is_own,
    subject_is_told,
    values_belong,
)
from agent.replies.value_checks import bounds_agree, values_held
from agent.replies.word_checks import words_held

Check = Callable[[Claim, Spot, Sequence[Spot]], str]

CHECKS: Mapping[str, Check] = {
    "values_held": lambda claim, spot, _: values_held(claim.statement, spot),
    "names_held": lambda claim, spot, _: names_held(claim.statement, spot),
    "names_together": lambda claim, spot, _: names_together(claim.statement, spot),
    "words": lambda claim, spot, _: words_held(claim.statement, spot),
    "place": lambda claim, spot, _: place_agrees(claim.statement, spot),
    "row": row_is_named,
    "subject": subject_is_own,
    "told": subject_is_told,
    "merged": lambda claim, spot, _: not_merged(claim, spot),
    "values": lambda claim, spot, _: values_belong(claim, spot),
    "names": lambda claim, spot, _: names_belong(claim, spot),
    "promised": lambda claim, spot, _: nothing_promised(claim.statement, spot),
    "qualifiers": lambda claim, spot, _: qualifiers_kept(claim, spot),
    "negation": lambda claim, spot, _: negation_agrees(claim.statement, spot),
    "denied_elsewhere": lambda claim, spot, _: not_denied_elsewhere(claim.statement, spot),
    "denial": lambda claim, spot, _: is_all_denial(claim.statement, spot),
    "bounds": lambda claim, spot, _: bounds_agree(claim.statement, spot),
    "conditions": lambda claim, spot, _: conditions_kept(claim, spot),
    "time": lambda claim, spot, _: time_agrees(claim, spot),
}
"""Cheapest first."""

MUST_HOLD = (
    "values_held", "names_held", "names_together", "place", "row", "time", "denied_elsewhere",
)  # fmt: skip
"""Checks that are right about every wording."""
MAY_ERR = tuple(name for name in CHECKS if name not in MUST_HOLD)
"""Checks that may be wrong about a free wording; the weights of the leeway have these names."""

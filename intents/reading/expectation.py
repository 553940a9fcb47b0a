"""Context: what a question waits for, so that its answer is not taken for a new wish.

After 'which size?' the reply '8 and a half wide' is an answer; 'is there a blue one?' is not.
"""

import re
from collections.abc import Sequence

from intents.normalise import key
from intents.types import Candidate, Doubt, Entity, Expected

_EXPECTED_FACTOR = 8.0
"""How much likelier an answer is right after the question that asks for it. From experience with
menus, not from data; it turns a doubtful 'sure why not' into an answer, and no more."""

_YES_NO = {"affirm": "yes", "deny": "no"}
_LIKE = 88
"""Least likeness (RapidFuzz's partial ratio, 0 to 100) of a reply to the option that it names."""

_QUESTION = re.compile(
    r"\?|^\W*(?:(?:and|but|so|ok|also)\s+)?(?:do|does|did|is|are|was|were|can|could|will|would|should|"
    r"have|has|what|whats|when|where|wheres|who|why|how|which)\b",
    re.IGNORECASE,
)


def factors(expected: Expected | None, labels: Sequence[str]) -> list[float] | None:
    """Return how much likelier each intent is because of the question; None if it changes none."""
    if expected is None:
        return None
    likelier = {"yes_no": tuple(_YES_NO), "choice": (*expected.options, "affirm", "deny")}
    wanted = likelier.get(expected.kind, ())
    found = [_EXPECTED_FACTOR if label in wanted else 1.0 for label in labels]
    return found if any(factor > 1 for factor in found) else None


def answer_of(
    text: str,
    expected: Expected | None,
    *,
    best: Candidate,
    doubt: Doubt,
    entities: Sequence[Entity],
) -> str | None:
    """Return what the message answers to the question that was asked; None if it does not.

    ``yes`` or ``no``, the option chosen, or the entity's value.
    """
    if expected is None:
        return None
    if expected.kind == "yes_no":
        return _YES_NO.get(best.intent) if doubt is Doubt.NONE else None
    if expected.kind == "choice":
        return _chosen(text, expected.options, best=best)
    if _QUESTION.search(text):
        return None
    return next((e.value for e in entities if e.type is expected.entity_type), None)


def _chosen(text: str, options: Sequence[str], *, best: Candidate) -> str | None:
    """Read a choice: by its number, by its words, else by the intent that it is."""
    said = key(text)
    number = re.fullmatch(
        r"(?:the |number |option |no )?(\d{1,2})(?:st|nd|rd|th)?(?: one)?(?: please| pls)?", said
    )
    if number is not None:
        place = int(number[1]) - 1
        return options[place] if 0 <= place < len(options) else None
    for words, place in (("first", 0), ("second", 1), ("third", 2), ("last", len(options) - 1)):
        if re.fullmatch(rf"(?:the )?{words}(?: one)?(?: please| pls)?", said) and place < len(
            options
        ):
            return options[place]
    if best.intent in options:
        return best.intent
    return _named(said, options)


def _named(said: str, options: Sequence[str]) -> str | None:
    """Return the one option that the words name; None if there is none, or more than one."""
    from rapidfuzz.fuzz import partial_ratio

    found = [o for o in options if partial_ratio(o.replace("_", " ").lower(), said) >= _LIKE]
    return found[0] if len(found) == 1 and not _QUESTION.search(said) else None

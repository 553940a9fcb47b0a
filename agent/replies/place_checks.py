"""Where something lies: above the cinema is not under it."""

import re

from agent.replies.claims import Statement
from agent.replies.spots import Spot
from agent.replies.words import stem

_SIDES = {
    "above": "above", "over": "above", "under": "under", "below": "under", "behind": "behind",
    "in front of": "before", "opposite": "opposite", "next to": "beside", "beside": "beside",
    "inside": "inside", "outside": "outside",
}  # fmt: skip
_LIES = re.compile(
    rf"\b(?P<side>{'|'.join(_SIDES)}) (?:the |our |a )(?P<of>[a-z]+(?: [a-z]+)?)", re.IGNORECASE
)


def place_agrees(claim: Statement, spot: Spot) -> str:
    """What lies on one side of something in the evidence may not lie on another side of it."""
    held = _sides_of(spot.statement.text)
    for thing, side in _sides_of(claim.text).items():
        if thing in held and held[thing] != side:
            return f"it is {held[thing]} the {thing} in the evidence"
    return ""


def _sides_of(text: str) -> dict[str, str]:
    """Return by the stem of a thing on which side of it something lies."""
    return {
        stem(word.casefold()): _SIDES[match["side"].casefold()]
        for match in _LIES.finditer(text)
        for word in match["of"].split()
    }

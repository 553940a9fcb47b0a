"""Courtesies of a reply: what is said beside its claims, and what goes before one."""

import re

from agent.replies.claims import Statement, read_statement
from agent.replies.discourse import COURTEOUS
from agent.replies.light import RISKY

_COURTESY = re.compile(
    r"^(?:sorry|thanks?|thank you|you're welcome|happy to help|glad to help|good question|great "
    r"question|of course|sure|"
    r"certainly|absolutely|hi|hello|hey|let me know|feel free|anything else|hope (?:this|that) "
    r"helps|just (?:text|reply|ask))\b",
    re.IGNORECASE,
)
_COURTESY_WORDS = 8
POLITE = re.compile(
    r"^(?:(?:i'm |we're )?(?:so |very )?sorry(?: about that)?|unfortunately|thanks(?: for asking)?|"
    r"thank you(?: for asking)?|(?:good|great) question|hi(?: there)?|hello|hey|happy to help|"
    r"glad you asked)\s*[,!:;-]+\s+(?:but\s+)?(?=\S)|^unfortunately\s+(?=\S)",
    re.IGNORECASE,
)
"""Politeness before a claim: it neither states anything nor makes a courtesy of what follows."""


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence is polite and claims nothing."""
    statement = read_statement(sentence)
    if statement.values or statement.names or statement.stems & RISKY or statement.negated:
        return False
    if statement.stems <= COURTEOUS:
        return True
    return _COURTESY.match(sentence) is not None and len(sentence.split()) <= _COURTESY_WORDS


def lead_agrees(lead: str, statement: Statement) -> bool:
    """A yes goes with a plain statement, a no with a denial."""
    answer = re.search(
        r"\b(yes|yep|no|nope|sure|absolutely|of course|certainly|correct)\b", lead, re.IGNORECASE
    )
    if answer is None:
        return True
    denies = bool(statement.negated)
    return denies == answer.group().casefold().startswith("no")

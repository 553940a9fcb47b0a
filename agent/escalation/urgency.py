"""How urgent a message about health or safety is, by its words: for what the customer is told.

Whether it goes to a person is decided elsewhere, by the models; here only the words of the reply
hang on it. In doubt the reply names the emergency number under an 'if'.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from enum import StrEnum

CRISIS = "medical_or_crisis"
OF_THE_BODY = frozenset({CRISIS, "safety_issue"})
"""Topics that may be about somebody's body."""


class Urgency(StrEnum):
    """``CRISIS``: thoughts of suicide or self-harm; ``EMERGENCY``: somebody's body, now.

    ``MILD``: a question or something past; ``UNCLEAR``: none of these for certain.
    """

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    MILD = "mild"
    UNCLEAR = "unclear"


def read_urgency(text: str) -> Urgency:
    """Return how urgent a message is that the models took for one about health or safety."""
    folded = _folded(text)
    if _CRISIS.search(folded):
        return Urgency.CRISIS
    if _PAST.search(folded) or (_ASKS.search(folded) and not _ACUTE.search(folded)):
        return Urgency.MILD
    return Urgency.EMERGENCY if _ACUTE.search(folded) else Urgency.UNCLEAR


def names_own_death(text: str) -> bool:
    """Whether somebody's own death is named so plainly that no mood is needed to believe it."""
    folded = _folded(text)
    without, count = _TO_DIE.subn(" ", folded)
    says_nothing_else = count > 0 and {*re.findall(r"[a-z]+", without)} <= _NOTHING_ELSE
    return says_nothing_else or _OWN_DEATH.search(folded) is not None


def _folded(text: str) -> str:
    return re.sub("[’'`´]", "", text.lower())


_OWN_DEATH = re.compile(
    r"\b(?:(?:kill(?:ing)?|hang(?:ing)?|drown(?:ing)?|shoot(?:ing)?|unalive) my ?self|(?:end|take|ending|taking) my (?:own )?life|"
    r"(?:dont|do not|no longer) (?:want|wanna)(?: to)? (?:live|be alive))\b(?! laughing)"
)
_TO_DIE = re.compile(
    r"\b(?:(?:want|wanna|going|ready|rather|wanted) (?:(?:to|2) )?(?:be dead|die)|i(?: a)?m dying(?=\W*$)|"
    r"(?:just |please |someone |somebody )*kill me|wish i (?:was|were) (?:dead|never born))\b"
)
_NOTHING_ELSE = frozenset(
    [
        "i",
        "im",
        "am",
        "a",
        "an",
        "just",
        "really",
        "so",
        "do",
        "dont",
        "please",
        "pls",
        "now",
        "and",
        "but",
        "honestly",
        "tbh",
        "rn",
        "today",
        "tonight",
        "anymore",
        "any",
        "more",
        "it",
        "all",
        "this",
        "to",
        "me",
        "feel",
        "like",
        "think",
        "want",
        "wish",
        "ugh",
        "god",
        "omg",
        "idk",
        "fr",
    ]
)
"""Words beside those of a crisis that say nothing else."""

_CRISIS = re.compile(
    r"\b(?:kill(?:ing)? my ?self|kms|suicid\w*(?! (?:squad|doors?|burpees?|sprints?|wings?))|unalive|end(?:ing)? (?:it all|my life|things|it tonight|myself)|"
    r"take my (?:own )?life|self ?-?harm\w*|(?:hurt|harm|cut|cutting|hurting|harming) my ?self|cutting again|"
    rf"{_TO_DIE.pattern}|better off (?:dead|without me)|(?:dont|do not|not|no longer) (?:want|wanna)(?: to)? "
    r"(?:live|be alive|be here|exist|wake up|go on)|no (?:reason|point) (?:to|in|for) (?:liv\w*|wak\w*|go\w* on|being)|"
    r"(?:not|isnt|nothing) worth living|tired of (?:living|being alive|life)|nothing (?:left )?to live for|"
    r"cant (?:go on|do (?:this )?life|live like this|live any ?more)|hang(?:ing)? my ?self|drown(?:ing)? my ?self|jump (?:off|in front)|"
    r"(?:took|taken|taking|take|swallow\w*) (?:all (?:of )?|too many |a lot of |every (?:one of )?|an? (?:whole |full )?(?:bottle|box|packet|pack|bunch|"
    r"handful|load) of )(?:the |my |her |his )?(?:\w+ )?(?:pills|tablets|meds)|took (?:the|my) (?:pills|tablets)(?=\W*$)|"
    r"have (?:the |my |enough )?(?:pills|tablets) (?:and|ready|here|in my hand))\b"
)
_ACUTE = re.compile(
    r"\b(?:(?:cant|cannot|can not|not|isnt|stopped|trouble|struggl\w+(?: to)?|hard to|difficulty) breath\w*|chok(?:e|es|ed|ing)|"
    r"unconscious|unresponsive|(?:passed|blacked) out|collapsed?|faint(?:ed|ing)|(?:wont|not|doesnt|isnt) (?:wak\w+|respond\w*|"
    r"mov\w+)|chest (?:pain\w*|hurts|is tight)|heart attack|stroke|seizures?|convuls\w+|bleed\w*|blood everywhere|"
    r"overdos\w+|od(?:ed|ing)|poison\w*|swallow(?:ed|ing)?|allergic reaction|anaphyla\w*|epi ?pen|"
    r"throat (?:is |feels )?(?:clos|swell|tight)\w*|(?:face|lips?|tongue)\b.{0,12}\b(?:swell\w*|swollen|blue|numb)|"
    r"burn(?:ed|t|ing)?|scald\w*|electrocut\w*|electric shock|shock(?:ed)? me|on fire|caught fire|smok(?:e|ing)|"
    r"gas leak|smell gas|carbon monoxide|drown\w*|in labou?r|waters? broke|stab\w*|gun|knife|"
    r"(?:attack|beat|threaten)(?:s|ed|ing)? (?:me|us|her|him)|ambulance|emergency|911|999|"
    r"broke(?:n)? (?:my|his|her|a|an|the) (?:\w+ )?(?:leg|arm|ankle|wrist|neck|back|hip|bone|rib|skull|nose|foot|hand|finger)|"
    r"need help now|send (?:somebody|someone|help))\b"
)
_ASKS = re.compile(
    r"\?|\b(?:can|could|may|do|does|is|are|should|would|will) (?:i|we|you|it|they|my|the|this|your|there|he|she)\b|"
    r"\b(?:what|which|how|when|where)\b|\b(?:doctors?|sick|medical) (?:note|certificate|appointment)|"
    r"\b(?:appointment|book|reschedul\w*|refund|recommend\w*)\b"
)
_PAST = re.compile(
    r"\b(?:last|past|few|couple of|two|three|\d+) (?:months?|years?|weeks?|spring|summer|autumn|fall|winter)\b|"
    r"\b(?:months?|years?|weeks?) ago\b|\bhistory of\b|\bused to\b|\brecover\w*\b|\bwhen i was\b"
)

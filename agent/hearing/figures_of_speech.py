"""Figures of speech said plainly: who would kill for a pair of boots kills nobody.

Each is replaced by what it means, so that a text can be read without it. All other words stay, and
so whatever else is meant ('dying to see you, and i want to end my life') is still heard. Pure.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

_THING = r"(?:an?|the|that|those|these|this|your|ur|some|one|another|any|more|\d+|it|them|coffee|chocolate)\b"
_PRAISED = (
    r"\b((?:you|u|ya|y'?all|guys|team|folks|people|lot|crew|girls|boys|ladies|staff|stylists?|bakers?|baristas?|chefs?|he|she|"
    r"they|this|that|these|those|it|boots?|shoes?|cakes?|class|classes|dress|food|fit|look|hair|nails|colou?r|flavou?rs?)"
    r"(?: (?:really|just|totally|absolutely|literally|seriously|so|kinda|all|both|always|never fails? to|did|do|does|are|is|"
    r"were|r|have|has|every ?time))*)"
)
_VERBS_OF_WISHES = r"(?:get|try|know|see|have|wear|buy|order|taste|own|go|come|find out|ask|eat|meet|book|visit|hear|tell|start|use|read)"

_FIGURES = (
    (
        (r"\b(?:i ?'?d|would|could|can|might)(?: (?:literally|honestly|seriously|totally|actually|just|so))* (?:die|kill|murder|"
        rf"give (?:my|an?) (?:\w+ )?(?:arm|leg|kidney)|sell (?:my|a) \w+) for (?={_THING})"),
        "would love to have ",
    ),
    (r"\b(?:could|would|'?d) (?:\w+ )?(?:murder|demolish|inhale) (?=(?:an?|some|one)\b)", "would love to have "),
    (r"\bto die for\b", "very good"),
    (r"\bdrop[- ]dead gorgeous\b", "very pretty"),
    (rf"\b(?:dying|die) (?:for|over) (?={_THING})(?!(?:it|this|the pain|that) (?:all )?to )", "eager for "),
    (rf"\bdying to (?={_VERBS_OF_WISHES}\b)", "eager to "),
    (r"\b(?:died|dying|dead|die) (?:of |from )?(?:laughing|laughter)\b", "laughing"),
    (
        (r"\b(?:(?:want to|wanna|could|i) )?(?:die|died|dying) of (?:cuteness|embarrassment|happiness|excitement|curiosity|"
        r"boredom|envy|jealousy|joy)\b"),
        "feel very much",
    ),
    (
        rf"{_PRAISED} (?:slay|slays|slayed|slaying|slap|slaps|slapped)\b(?! (?:him|her|you|them|me|us|people|my|his|on|a)\b)",
        r"\1 look great",
    ),
    (
        rf"{_PRAISED} (?:kill|killed|killing|crush|crushed|crushing|smashed|smashing|nailed|nailing|slayed|slaying|murdered) it\b",
        r"\1 did a great job",
    ),
    (
        r"\bkiller (?=(?:deals?|heels?|look|boots|shoes|cakes?|coffee|workout|class|price|outfit|view|show|set)\b)",
        "great ",
    ),
    (
        r"\bmy (phone|battery|laptop|watch) (?:(?:is|s|has|just|has just) )?(?:dying|about to die|died|dead)\b",
        r"my \1 is empty",
    ),
)  # fmt: skip
_CUE = re.compile(
    r"\b(?:die|dying|dead|kill|slay|slap|crush|smash|nail|murder|demolish|inhale|shoot|arm|leg|kidney|sell)"
)
"""A figure has one of these: most texts are read once."""
_PLAIN = tuple((re.compile(pattern, re.IGNORECASE), meant) for pattern, meant in _FIGURES)

_GROAN = re.compile(
    r"\b(?:(?:just|please|someone|somebody|ugh)\W+)*(?:kill|shoot) me(?: now| already| please)?\b",
    re.IGNORECASE,
)
_GROANED_AT = re.compile(
    r"\b(?:queue|line|wait\w*|traffic|mondays?|meeting|website|site|app|password|form|wi-?fi|shipping|deliver\w*|order\w*|"
    r"sizes?|prices?|tickets?|sold out|out of stock|checkout|on hold|forgot|late|lost my)\b",
    re.IGNORECASE,
)
"""'kill me now' is a joke only beside what it groans at, a laugh or another figure of speech."""
_IN_EARNEST = re.compile(
    r"\b(?:please|pls|someone|somebody|cancel\w*|anymore|any more)\b", re.IGNORECASE
)
_LAUGHS = re.compile(
    r"\b(?:lol\w*|lmao\w*|rofl|haha\w*|hehe\w*|jk|just kidding)\b|[😂🤣😅😆😜😝]", re.IGNORECASE
)


def said_plainly(text: str) -> str:
    """Return a text without its figures of speech; the same text where there are none."""
    if _CUE.search(text.lower()) is None:
        return text
    plain = text
    for pattern, meant in _PLAIN:
        plain = pattern.sub(meant, plain)
    joking = plain != text or laughs(text) or _groans_at_something(text)
    if joking and _GROAN.search(plain):
        plain = _GROAN.sub("oh no", plain)
    return plain


def _groans_at_something(text: str) -> bool:
    return _GROANED_AT.search(text) is not None and _IN_EARNEST.search(text) is None


def laughs(text: str) -> bool:
    """Whether a text laughs: 'lol', 'haha', a laughing face."""
    return _LAUGHS.search(text) is not None

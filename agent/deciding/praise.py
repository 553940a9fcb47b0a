"""Praise is thanked for with delight only where nothing in it may be meant otherwise. Pure.

'Lovely, a left shoe and a left shoe' is read as praise by its first word. Delight at that is worse
than plain thanks are for praise that was meant.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

from agent.deciding.heard import is_angry
from agent.domain.signals import Signals
from intents.types import Sentiment

PRAISE = "positive_feedback"
THANKS = "thanks"
UNSURE = "feedback_unsure"

_PLEASED_FROM = 0.5
"""Sentiment score from which a message is clearly positive; set halfway to the top."""
_EASY_TO = 0.2
"""Frustration ('slight impatience') from which it is not."""

_PROBLEM = re.compile(
    r"\b(?:instead|wrong\w*|brok\w*|late|later|delay\w*|missing|lost|never|not|no|nobody|nothing|none|still|wait\w*|"
    r"ignor\w*|refund\w*|return\w*|damag\w*|torn|ripped|leak\w*|empty|cold|dirty|rude|slow\w*|clap\w*|again|"
    r"fail\w*|worst|worse|bad|awful|terrible|horrible|useless|joke|stuck|cancel\w*|unanswered|hours?|days?|weeks?|"
    r"months?|bravo|congrat\w*|well done|yeah right|as if|wish|except|but|however|although|until|problem\w*|"
    r"issue\w*|complain\w*|apart|holes?|smell\w*|stain\w*|scratch\w*|overcharg\w*|fault\w*|crack\w*|dead|"
    r"(?:only|just) (?:one|two|half|\d+)|without|sick|hurt|burn\w*|fix\w*|help|why|how|\w+n'?t|cant|dont|"
    r"another|left (?:\w+ ){0,3}left|right (?:\w+ ){0,3}right|twice|double|finally|at last|supposed|meant to|should)\b"
    r"|\b(?:ordered|asked for|wanted|paid for|bought)\b.{0,60}\b(?:got|received|came|sent|arrived|get)\b"
    r"|/s\b|[?🙄😒😑🙃👏😤😡]",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


_THANKLESS = re.compile(
    r"\bthank(?:s| ?you| ?u)\b.{0,25}\bfor (?:(?:absolutely )?nothing|(?:ruin|wast|ignor|los|break|overcharg)ing|"
    r"messing|making (?:me|us) (?:wait|late|cry|miss)|(?:sending|giving) (?:me |us )?the wrong)\b",
    re.IGNORECASE,
)  # fmt: skip
"""Thanks for harm done: 'thanks for nothing', 'thank you so much for ruining my day'."""


def is_thankless(signals: Signals) -> bool:
    """Whether thanks or praise are said in anger: 'great, another delay'."""
    read = signals.understanding
    if read is None or read.intent not in {PRAISE, THANKS}:
        return False
    fed_up = read.sentiment is Sentiment.NEGATIVE and is_angry(signals)
    return fed_up or _THANKLESS.search(signals.text) is not None


def praise_template(template: str, signals: Signals) -> str:
    """Return the template to say; plain thanks where praise or thanks may not be meant."""
    read = signals.understanding
    if template == THANKS and read is not None and read.sentiment is Sentiment.NEGATIVE:
        return UNSURE
    return UNSURE if template == PRAISE and not _is_meant(signals) else template


def _is_meant(signals: Signals) -> bool:
    read = signals.understanding
    pleased = (
        read is not None
        and read.sentiment is Sentiment.POSITIVE
        and read.sentiment_score >= _PLEASED_FROM
        and read.frustration < _EASY_TO
    )
    return pleased and _PROBLEM.search(signals.text) is None

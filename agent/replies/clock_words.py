"""Times in words brought to figures: ``half past six``, ``an hour and a quarter``."""

import re

from agent.replies.value_readers import NUMBER_WORDS

_HOUR = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_PARTS = {"morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm"}
_PART = (
    r"(?:in the (?P<part>morning|afternoon|evening)|at (?P<night>night)|(?P<half>[ap]\.?m\b\.?))"
)
_PAST = re.compile(rf"\b(?P<how>half|quarter) (?P<side>past|to) (?P<hour>{_HOUR})\b", re.IGNORECASE)
_SPAN = re.compile(
    rf"\b(?P<first>{_HOUR})(?P<min>:\d\d)?(?P<to> ?(?:-|to|and|until|till|or) ?)"
    rf"(?P<last>{_HOUR})(?P<min2>:\d\d)?(?: o'clock)? {_PART}",
    re.IGNORECASE,
)
_ONE = re.compile(rf"\b(?P<hour>{_HOUR})(?P<min>:\d\d)?(?: o'clock)? {_PART}", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?P<count>an?|one|two|three|four|five|six|\d+) (?P<unit>hour|year)s? and "
    r"(?:a (?P<part>half|quarter)|(?P<three>three quarters))\b",
    re.IGNORECASE,
)
_COUNT_AND_HALF = re.compile(
    r"\b(?P<count>one|two|three|four|five|six|\d+) and a half (?P<unit>hour|day|week|"
    r"month|year)s?\b",
    re.IGNORECASE,
)


def in_figures(text: str) -> str:
    """Return a text whose times and lengths in words are written in figures."""
    text = _MORE.sub(_length, text)
    text = _COUNT_AND_HALF.sub(lambda m: f"{_number(m['count'])}.5 {m['unit']}s", text)
    text = _PAST.sub(_clock, text)
    text = _SPAN.sub(_span, text)
    text = _ONE.sub(lambda m: f"{_number(m['hour'])}{m['min'] or ''}{_half(m)}", text)
    return re.sub(r"(?<=\d) ?o'clock\b", ":00", text)


def _length(match: re.Match[str]) -> str:
    part = "75" if match["three"] else {"half": "5", "quarter": "25"}[match["part"].casefold()]
    return f"{_number(match['count'])}.{part} {match['unit']}s"


def _clock(match: re.Match[str]) -> str:
    hour = int(_number(match["hour"]))
    minute = 30 if match["how"].casefold() == "half" else 15
    if match["side"].casefold() == "to":
        hour, minute = (hour - 2) % 12 + 1, 60 - minute
    return f"{hour}:{minute}"


def _span(match: re.Match[str]) -> str:
    first = f"{_number(match['first'])}{match['min'] or ''}"
    return f"{first}{match['to']}{_number(match['last'])}{match['min2'] or ''}{_half(match)}"


def _half(match: re.Match[str]) -> str:
    if match["half"]:
        return match["half"]
    return _PARTS[(match["part"] or match["night"]).casefold()]


def _number(word: str) -> str:
    return "1" if word.casefold() in {"a", "an"} else NUMBER_WORDS.get(word.casefold(), word)

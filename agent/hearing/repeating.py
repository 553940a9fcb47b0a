"""Whether a text asks what has been asked before, in the same words or nearly so. Pure."""

from collections.abc import Sequence

from intents.types import Understanding
from knowledge_base.words import content_words, normalise, words

_ALIKE_FROM = 0.8
"""Share of the content words that two texts must have in common to ask the same."""
_LEAST_WORDS = 2
"""Content words from which other words beside them may differ: one alone says too little."""

_IDLE = frozenset(
    {
        "greeting",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "positive_feedback",
        "bot_challenge",
        "help",
    }
)
"""Intents of texts that ask nothing: three greetings are no question asked three times."""
_SAID_AGAIN = frozenset(
    {"again", "already", "asked", "asking", "said", "repeat", "question", "mean", "meant"}
)


def times_asked(read: Understanding, lately: Sequence[str]) -> int:
    """Return how many of the customer's texts of a moment ago ask the same as this one."""
    if read.intent in _IDLE and not read.out_of_scope:
        return 0
    return sum(_asks_the_same(read.text, text) for text in lately)


def _asks_the_same(text: str, other: str) -> bool:
    if words(normalise(text)) == words(normalise(other)):
        return bool(words(text))
    matter, before = _matter(text), _matter(other)
    if len(matter) < _LEAST_WORDS or len(before) < _LEAST_WORDS:
        return False
    return len(matter & before) >= _ALIKE_FROM * len(matter | before)


def _matter(text: str) -> frozenset[str]:
    return frozenset(content_words(text)) - _SAID_AGAIN

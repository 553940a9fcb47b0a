"""Questions that only name a matter ('return policy?'): what people want to know of it.

Such a question has no word that tells one sentence about the matter from another, so the first
thing that nearly everybody wants to know is asked instead.
"""

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent.replies.words import stem, words

_FILLING = frozenset(
    word.text
    for word in words(
        """what whats is are the your ur ya yer our u a an any about policy policies
    rule rules info information term terms condition conditions window period deal and or on
    for with of to re tell me know need give details hi hello hey ok okay so well please pls thanks
    s"""
    )
)
"""What may stand beside the matter. A word more ('how', 'free', 'boots') asks something itself."""

_MEANT = {
    "return": "How many days do I have to return something?",
    "exchange": "Can I exchange something, and how long do I have?",
    "refund": "How long do I have to get a refund?",
    "warranty": "How long is the warranty?",
    "guarantee": "How long is the guarantee?",
    "cancellation": "Until when can I cancel, and what does it cost?",
    "deposit": "How much is the deposit?",
    "rescheduling": "Until when can I reschedule?",
}
_BY_STEM = {stem(word): asked for word, asked in _MEANT.items()}


def meant_by(question: str) -> str:
    """Return what a question that only names a matter asks for; empty for any other."""
    plain = _DO_YOU_HAVE.sub(" ", question.casefold().replace("'", " "))
    said = re.findall(r"[a-z]+", plain)
    matter = [stem(word) for word in map(_as_spelt, said) if word not in _FILLING]
    if not 1 <= len(matter) <= _MOST_MATTERS or not all(one in _BY_STEM for one in matter):
        return ""
    return _BY_STEM[matter[0]]


_MOST_MATTERS = 2
_DO_YOU_HAVE = re.compile(r"\b(?:(?:do )?(?:you|u|ya) (?:have|got|offer)|(?:is|are) there)\b")


def _as_spelt(word: str) -> str:
    """Return the word that one slip of the thumb may have been meant for ('retrun', 'polcy')."""
    if word in _FILLING or stem(word) in _BY_STEM or len(word) < _LONG_ENOUGH:
        return word
    near = process.extractOne(word, _KNOWN, scorer=OSA.distance, score_cutoff=1)
    return near[0] if near else word


_LONG_ENOUGH = 5
"""Letters of a word in which one slip leaves no doubt."""
_KNOWN = tuple(word for word in (*_MEANT, *_FILLING, "returns") if len(word) >= _LONG_ENOUGH)

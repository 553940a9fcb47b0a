"""What people usually ask, for texts whose own words say less, or find something else.

'Return policy?' only names a matter: no word of it tells one sentence about the matter from
another, so the first thing that nearly everybody wants to know is asked instead. 'Cancel my
account, im never shopping here again' wishes what its intent says; its words would find orders.
"""

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent.replies.questions import Asked, read_question
from agent.replies.words import stem, words
from intents.types import Doubt, Understanding

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


def meant_by(question: str, understanding: Understanding | None = None) -> str:
    """Return what a text asks for that only names a matter or states a wish; else empty."""
    return _wished(question, understanding) or _named(question)


def usual_question(understanding: Understanding | None) -> str:
    """Return the plain question behind a message whose intent is sure; else empty.

    It is asked where the message's own words find nothing.
    """
    if understanding is None or understanding.doubt is not Doubt.NONE:
        return ""
    return _USUAL.get(understanding.intent, "") or _WISHES.get(understanding.intent, "")


_USUAL = {"track_order": "where is my order"}
"""What a message comes down to where its own words ('wheres my pkg its been 9 days') find nothing:
only intents whose messages are all one question."""

_WISHES = {
    "create_account": "How do I create an account?",
    "delete_account": "How do I delete my account?",
    "recover_password": "I forgot my password. How do I sign in again?",
}
"""Wishes of which the rest of a text (why, how angry) changes nothing."""
_SURE = 0.9


def _wished(question: str, understanding: Understanding | None) -> str:
    if understanding is None or understanding.confidence < _SURE:
        return ""
    asked = read_question(question)
    asks = asked.asked is not Asked.OTHER or asked.yes_no or "?" in question
    return "" if asks or understanding.parts else _WISHES.get(understanding.intent, "")


def _named(question: str) -> str:
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

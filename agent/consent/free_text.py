"""Consent in the customer's own words, also where it stands beside another wish.

'stop texting me and cancel my order' is two things: the first is obeyed at once, the second must
not be lost. The models read whole messages, so a message is taken apart where it says 'and', 'but'
or ends a sentence, and each piece is read alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.consent.words import normalise, read_consent_word
from agent.hearing.said_besides import unless_idle, words_of
from intents.types import ConsentReading

ReadConsent = Callable[[str], tuple[ConsentReading | None, float]]
"""Reads consent out of one text with the models: the reading and its probability."""

_CLAUSE_ENDS = re.compile(r"[.!?;\n]+|,|&|\b(?:and|but|also|then|plus|btw)\b", re.IGNORECASE)
_CUES = re.compile(
    r"\b(?:stop|unsub\w*|opt(?:ed)?[ -]?out|quit|remove me|no more texts?|leave me alone)\b",
    re.IGNORECASE,
)
_LONGEST = 500
"""Characters; a longer message is read as a whole only."""

# Alone in a piece of a message these can mean nothing else; 'stop' and 'cancel' can.
_UNMISTAKABLE = frozenset({"unsubscribe", "stopall", "stop all", "optout", "opt out", "unsub"})

_FILLERS = words_of(
    "please pls plz thanks thank you thx ty ok okay hi hey hello sorry now just sir maam"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a message says about texts. ``beside`` is the rest of it, empty if there is none."""

    reading: ConsentReading | None = None
    beside: str = ""


def hear(text: str, read: ReadConsent) -> Heard:
    """Read a message as a whole, then piece by piece where that may tell more.

    A sure opt-out in one piece counts where the whole sounds like one; where the whole does not
    ('can I stop and call you?'), one question settles it.
    """
    return hear_pieces(text, read(text)[0], read)


def hear_pieces(text: str, whole: ConsentReading | None, read: ReadConsent) -> Heard:
    """Do the same where the whole has been read already."""
    if whole is ConsentReading.OPT_OUT:
        return Heard(reading=whole, beside=beside_opt_out(text, read))
    if whole not in {None, ConsentReading.UNSURE} or not _may_hold_more(text, whole):
        return Heard(reading=whole)
    pieces = _pieces(text)
    outs = [piece for piece in pieces if _is_opt_out(piece, read)]
    if not outs or len(pieces) == 1:
        return Heard(reading=whole)
    certain = whole is ConsentReading.UNSURE or any(normalise(p) in _UNMISTAKABLE for p in outs)
    return Heard(
        reading=ConsentReading.OPT_OUT if certain else ConsentReading.UNSURE,
        beside=_rest(pieces, outs),
    )


def beside_opt_out(text: str, read: ReadConsent) -> str:
    """Return what a message that opts out says besides; empty if nothing."""
    if len(text) > _LONGEST:
        return ""
    pieces = _pieces(text)
    if len(pieces) == 1:
        return ""
    return _rest(pieces, [piece for piece in pieces if _is_opt_out(piece, read)])


def _may_hold_more(text: str, whole: ConsentReading | None) -> bool:
    return len(text) <= _LONGEST and (whole is not None or _CUES.search(text) is not None)


def _is_opt_out(piece: str, read: ReadConsent) -> bool:
    if read_consent_word(piece) is ConsentReading.OPT_OUT:
        return True
    return _CUES.search(piece) is not None and read(piece)[0] is ConsentReading.OPT_OUT


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _CLAUSE_ENDS.split(text) if piece.strip()] or [text]


def _rest(pieces: list[str], outs: list[str]) -> str:
    """Return the pieces that are no opt-out and say something; empty where there was no opt-out."""
    if not outs:
        return ""
    rest = [p for p in pieces if p not in outs and unless_idle(p, _FILLERS)]
    return ", ".join(rest)

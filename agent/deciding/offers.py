"""The offer of a person: how it is taken up, also a little later, and how long it stands. Pure."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agent.deciding.pending import asks_anew, yes_or_no
from agent.domain.conversations import Conversation, Pending, PendingKind
from agent.domain.signals import Decision, Escalate, Route, Signals
from intents.types import EntityType

CALLBACK = "callback_offer"
"""The template that offers a call; a time said next takes it up."""

STANDS = timedelta(hours=1)
"""How long an offer may be taken up after other words have come between; no longer than the
question about texts stands."""
_TURNS_BETWEEN = 2
"""Turns that may come between; after more, nobody knows what a YES means."""

_LATE_YES = re.compile(
    r"\W*(?:(?:ok|okay|oh|and|so|then|actually)\W+)*(?:yes|yep|yeah|yup|y|please do|go ahead|do ask|please ask)"
    r"(?:\W+(?:please|pls|do|thanks|thank you|then|go ahead|ask|to that|that would be (?:good|great|nice)|i would))*\W*",
    re.IGNORECASE,
)  # fmt: skip
_ASK_THEM = re.compile(
    r"\b(?:ask|get|bring in|fetch|check with|go ahead and ask)\W+(?:them|some ?(?:one|body)|(?:a|your|the) "
    r"(?:colleagues?|team|person|human)|him|her)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no|nope|not|never|don'?t|didn'?t|wait)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:after|before|around|about|from|between|until|till|by|at|past)\W+(?:\d|noon|lunch|work|school|midday|one|two|"
    r"three|four|five|six|seven|eight|nine|ten)|\b\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|o'?clock|h)\b|"
    r"\bany ?time\b|\b(?:this |tomorrow |in the )?(?:morning|afternoon|evening|tonight|tomorrow|lunchtime)s?\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bweek(?:day|end)s?\b|\basap\b|\bas soon as\b|\bright now\b",
    re.IGNORECASE,
)
_LONGEST_TIME = 12
"""Words; in a longer message a time is one of something else."""


def offer(template: str = "") -> Pending:
    """Return the open offer that these words make."""
    return Pending(kind=PendingKind.OFFER_PERSON, labels=(template,) if template else ())


def accepted(signals: Signals) -> Escalate | None:
    """Return the hand-over where a message takes up the offer of a person."""
    pending = signals.conversation.pending
    if pending is None or pending.kind is not PendingKind.OFFER_PERSON:
        return None
    if signals.refuses_person or signals.missed:
        return None
    if _asks_for_them(signals.text) or _says_yes(signals, pending):
        return _accepted("The customer accepted the offer of a person.")
    if CALLBACK in pending.labels and _gives_time(signals):
        return _accepted(f"The customer wants a call and wrote when: {signals.text!r}.")
    return None


def kept(
    before: Pending | None, after: Pending | None, decision: Decision, now: datetime
) -> Pending | None:
    """Return the open question after a turn: an offer outlives a greeting or another question."""
    if after is not None:
        made = after.kind is PendingKind.OFFER_PERSON and after.asked_at is None
        return replace(after, asked_at=now) if made else after
    if before is None or before.kind is not PendingKind.OFFER_PERSON or decision.rule in _ENDING:
        return None
    if decision.route not in _BETWEEN or before.turns_between >= _TURNS_BETWEEN:
        return None
    return replace(before, turns_between=before.turns_between + 1)


_BETWEEN = frozenset({Route.SMALLTALK, Route.KEYWORD, Route.KNOWLEDGE})
_ENDING = frozenset({"offer_declined", "person_refused", "keyword_deny", "intent_deny"})


def without_old_offer(conversation: Conversation, now: datetime) -> Conversation:
    """Forget an offer that other words have come after, when its time is over."""
    pending = conversation.pending
    if pending is None or pending.kind is not PendingKind.OFFER_PERSON:
        return conversation
    if not pending.turns_between or pending.asked_at is None or now - pending.asked_at <= STANDS:
        return conversation
    return replace(conversation, pending=None)


def _says_yes(signals: Signals, pending: Pending) -> bool:
    """Whether it is a yes to the offer; later an 'ok' may be one to what was said since."""
    if pending.turns_between:
        return _LATE_YES.fullmatch(signals.text) is not None
    return yes_or_no(signals) is True


def _asks_for_them(text: str) -> bool:
    if len(text.split()) > _LONGEST_TIME or _NO.search(text):
        return False
    return _ASK_THEM.search(text) is not None and not text.rstrip().endswith("?")


def _gives_time(signals: Signals) -> bool:
    text = signals.text
    if len(text.split()) > _LONGEST_TIME or asks_anew(text) or yes_or_no(signals) is False:
        return False
    if _TIME.search(text):
        return True
    read = signals.understanding
    known = (EntityType.DATE_TIME, EntityType.PHONE)
    return read is not None and any(read.entity(kind) is not None for kind in known)


def _accepted(reason: str) -> Escalate:
    return Escalate(rule="offer_accepted", queue="", reason=reason)

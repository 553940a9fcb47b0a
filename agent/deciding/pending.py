"""Answers to the agent's own open question: a yes, a no, or one of the choices. Pure."""

import re

from agent.domain.conversations import Pending, PendingKind
from agent.domain.signals import Decision, Route, Signals
from intents.types import Doubt, Part

_YES_NO = {"affirm": True, "deny": False, "yes": True, "no": False}

_BOTH = re.compile(
    r"\W*(?:(?:i'?d like |i want |i need )?both(?: of (?:them|those)| things)?|1 (?:and|&|\+) 2)"
    r"(?: please| pls| plz)?\W*",
    re.IGNORECASE,
)

_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok|also|oh|no)\s+)*(?:do|does|did|is|are|was|were|can|could|will|would|"
    r"should|have|has|what|whats|when|where|wheres|who|why|how|which)\b",
    re.IGNORECASE,
)
_LEAST_OPENED = 3
_LEAST_MARKED = 5
"""Words that a question of its own has: fewer where it opens like one, more where only its mark
says so ('the second one please?' is a choice)."""

_IDLE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a an and about any for from get getting how i if im in is it its just me mean meant my of
        on one or our out please pls s something that thats the this to up us was we what whats
        when where wheres which whether with yeah yes you your""",
    )
)
"""Words that tell no option from another."""


def yes_or_no(signals: Signals) -> bool | None:
    """Read an answer to an open yes-or-no question; None where the message is none.

    By keyword, else as the models read it in the question's light, else by a sure intent (a trace
    from before the models knew of questions has only that).
    """
    understanding = signals.understanding
    if signals.keyword is not None or understanding is None:
        return _YES_NO.get(signals.keyword or "")
    if understanding.answer is not None:
        return _YES_NO.get(understanding.answer)
    return _YES_NO.get(understanding.intent) if understanding.doubt is Doubt.NONE else None


def clarified(signals: Signals, pending: Pending) -> Decision | None:
    """Return what follows from a clarifying question's answer; None where it was not answered.

    A question of its own is no answer: the new question wins, whatever was asked before.
    """
    if pending.options and _BOTH.fullmatch(signals.text):
        return Decision(
            route=Route.KNOWLEDGE,
            rule="clarified_both",
            reason=f"The customer meant {_words(' and '.join(pending.options))}.",
            question=pending.question,
            parts=tuple(
                Part(text=pending.question, intent=option, confidence=1.0)
                for option in pending.options
            ),
        )
    chosen = _choice(signals, pending)
    if chosen is None:
        return None
    return Decision(
        route=Route.KNOWLEDGE,
        rule="clarified",
        reason=f"The customer meant {_words(chosen)}.",
        question=pending.question,
        options=(chosen,),
    )


def is_clarifying(pending: Pending | None) -> bool:
    """Whether the agent's last words were a clarifying question."""
    return pending is not None and pending.kind is PendingKind.CLARIFY


def _choice(signals: Signals, pending: Pending) -> str | None:
    if signals.keyword is not None:
        return _choice_by_keyword(signals.keyword, pending.options)
    understanding = signals.understanding
    if understanding is None:
        return None
    said = _named(signals.text, pending)
    if said is not None or understanding.parts or asks_anew(signals.text):
        return said
    heard = (understanding.answer, understanding.intent)
    return next((option for option in heard if option in pending.options), None)


def _choice_by_keyword(keyword: str, options: tuple[str, ...]) -> str | None:
    if keyword == "affirm" and options:
        return options[0]
    place = int(keyword) - 1 if keyword.isdecimal() else -1
    return options[place] if 0 <= place < len(options) else None


def _named(text: str, pending: Pending) -> str | None:
    """Return the one option in whose words the whole message is said."""
    said = _content(text)
    labels = pending.labels or ("",) * len(pending.options)
    found = [
        option
        for option, label in zip(pending.options, labels, strict=False)
        if said and said <= _content(f"{label} {_words(option)}")
    ]
    return found[0] if len(found) == 1 else None


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower().replace("'", ""))) - _IDLE_WORDS


def asks_anew(text: str) -> bool:
    """Whether a message asks a question of its own."""
    words = len(text.split())
    opened = _ASKS.search(text) is not None and words >= _LEAST_OPENED
    return opened or ("?" in text and words >= _LEAST_MARKED)


def _words(name: str) -> str:
    return name.replace("_", " ")

"""One question where two intents are too close to call. Pure."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from collections.abc import Sequence

from agent.deciding.heard import asked_about_texts
from agent.deciding.pending import is_clarifying
from agent.deciding.policy import Policy
from agent.domain.signals import Decision, Route, Signals
from intents.reading.consent import RULED_OUT_BELOW
from intents.reading.foreign import is_foreign, may_end_texts
from intents.types import Doubt, Understanding


def clarify(signals: Signals, policy: Policy) -> Decision | None:
    """Two intents too close to call: one question settles it, but never two in a row."""
    understanding = signals.understanding
    if understanding is None or understanding.doubt is not Doubt.TOO_CLOSE:
        return None
    if is_clarifying(signals.conversation.pending):
        return None
    options = _clarifiable(signals, understanding, policy)
    if signals.denies_stop or asked_about_texts(signals):
        options = tuple(option for option in options if option != "opt_out")
    if len(options) < _LEAST_OPTIONS or policy.routing.are_alike(options[0], options[1]):
        return None
    if _chance_of(options[:2], understanding) < ASKING_HELPS_FROM:
        return None
    if signals.llm_choice is not None and signals.llm_choice in options:
        return Decision(
            route=Route.KNOWLEDGE,
            rule="llm_chose",
            reason=f"Too close to call; the LLM chose {signals.llm_choice}.",
            question=signals.rest or signals.text,
            options=(signals.llm_choice,),
        )
    return Decision(
        route=Route.CLARIFY,
        rule="too_close",
        reason=f"{options[0]} and {options[1]} are too close to call.",
        template="clarify",
        question=signals.rest or signals.text,
        options=options,
    )


_LEAST_OPTIONS = 2
_MOST_OPTIONS = 3
ASKING_HELPS_FROM = 0.65
"""P(either of the two intents offered) below which the question would too often name neither: on
held-out writers' messages that are too close to call, the right one is among the two in 75% or more
from here on, and in 54 to 67% below. The knowledge base is asked instead, as for no sure intent."""


def _chance_of(offered: Sequence[str], understanding: Understanding) -> float:
    """Return the probability in [0, 1] that the customer means one of the intents offered."""
    return sum(c.confidence for c in understanding.candidates if c.intent in offered)


def _clarifiable(signals: Signals, understanding: Understanding, policy: Policy) -> tuple[str, ...]:
    idle = {*policy.routing.smalltalk, *policy.routing.flows, "out_of_scope"}
    # A text that cannot end or start texts is not asked about that either.
    if not may_end_texts(understanding.text):
        idle.add("opt_out")
    if not _may_be_about_texts(signals.text, understanding):
        idle |= {"opt_out", "opt_in"}
    ranked = [c.intent for c in understanding.candidates[:_MOST_OPTIONS]]
    return tuple(intent for intent in ranked if intent not in idle)


_TEXTS = re.compile(
    r"\b(?:te?xt\w*|txt\w*|messag\w*|msgs?|sms|unsub\w*|subscri\w*|opt(?:ed|ing)? ?-?(?:in|out)|alerts?|notif\w*|updates?|offers?|news\w*|"
    r"promos?|marketing|spam\w*|inbox|mailing|numbers?|sign(?:ed)? (?:me )?(?:up|in)|join|contact\w*|leave me|(?:the|your|ur|this) list)\b|"
    r"^\W*(?:(?:please|pls|just|ok|now)\W+)*(?:stop|quit|end|cancel|enough|remove)(?:\W+(?:it|this|that|these|them|all|now|everything|please|pls|me|us))*\W*$",
    re.IGNORECASE,
)  # fmt: skip


def _may_be_about_texts(text: str, understanding: Understanding) -> bool:
    """Whether getting texts, or getting no more, may be meant: 'quit sending size 9' is neither."""
    return (
        understanding.consent_score >= RULED_OUT_BELOW
        or _TEXTS.search(text) is not None
        or is_foreign(text)
    )

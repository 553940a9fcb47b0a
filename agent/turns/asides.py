"""What a message says aside, and what it asks besides: a refusal, or that an answer missed."""

from dataclasses import replace

from agent.consent.free_text import hear
from agent.deciding.heard import names_texts, surely_about_texts
from agent.deciding.pending import asks_anew
from agent.domain.conversations import ConversationStatus, PendingKind
from agent.domain.signals import Signals
from agent.escalation.refusals import NAMES_PERSON, Refusal, read_refusal
from agent.hearing.missed import Miss, read_miss
from agent.turns.in_and_out import TurnInput
from agent.turns.ports import Understands
from intents.types import Understanding
from knowledge_base.question import complete, is_elliptic


def set_aside(
    signals: Signals, turn: TurnInput, whole: Understanding, understander: Understands
) -> Signals:
    """Add what is said aside, and understand what is left instead of the whole message."""
    refusal = read_refusal(signals.text) if _may_refuse(turn, whole) else None
    if refusal is not None:
        return _without_person(signals, refusal, whole, understander)
    if surely_about_texts(signals) and names_texts(signals):
        return signals
    miss = read_miss(signals.text) if _may_have_missed(turn) else None
    if miss is None or (miss.rest and _awaits_choice(turn)):
        return signals
    return _after_miss(signals, miss, whole, turn.previous, understander)


def with_rest(
    signals: Signals,
    whole: Understanding,
    rest: str,
    understander: Understands,
    *,
    previous: str = "",
) -> Signals:
    """Understand what is left where a part is set aside; what is grave counts in all of it.

    ``previous``: the question before, which it may go on from.
    """
    if not rest:
        return replace(signals, understanding=whole)
    read = understander.understand(complete(rest, previous))
    known = {topic.topic for topic in read.topics}
    topics = (*read.topics, *(topic for topic in whole.topics if topic.topic not in known))
    return replace(signals, rest=rest, understanding=replace(read, topics=topics))


def _without_person(
    signals: Signals, refusal: Refusal, whole: Understanding, understander: Understands
) -> Signals:
    """Add that a person is refused, or one of the past told of, and read what is said besides."""
    if refusal.past and refusal.rest:
        told = with_rest(replace(signals, person_past=True), whole, refusal.rest, understander)
        # 'i talked to someone yesterday, he said it ships today': the question is the whole of it.
        return told if asks_anew(refusal.rest) else replace(told, rest="")
    if refusal.rest:
        # 'I don't want to talk to anyone' sounds like leaving; what counts is said besides.
        signals = _heard_in(refusal.rest, signals, understander)
    return with_rest(replace(signals, refuses_person=True), whole, refusal.rest, understander)


def _after_miss(
    signals: Signals, miss: Miss, whole: Understanding, previous: str, understander: Understands
) -> Signals:
    """Add that the answer missed; how angry somebody is counts in all that they say."""
    signals = replace(signals, missed=True)
    if not miss.rest:
        return signals
    heard = _heard_in(miss.rest, signals, understander)
    # 'No, i mean durango' asks of Durango what was asked before.
    rest = f"what about {miss.rest}" if is_elliptic(miss.rest) else miss.rest
    read = with_rest(heard, whole, rest, understander, previous=previous)
    if read.understanding is None or read.understanding.frustration >= whole.frustration:
        return read
    return replace(read, understanding=replace(read.understanding, frustration=whole.frustration))


def _heard_in(rest: str, signals: Signals, understander: Understands) -> Signals:
    heard = hear(rest, understander.read_consent)
    return replace(signals, consent_heard=heard.reading, beside=heard.beside)


def _may_have_missed(turn: TurnInput) -> bool:
    """Whether there are words of ours that may have missed, and they asked nothing about texts."""
    pending = turn.conversation.pending
    if pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT:
        return False
    return pending is not None or bool(turn.lately)


def _awaits_choice(turn: TurnInput) -> bool:
    pending = turn.conversation.pending
    return pending is not None and pending.kind is PendingKind.CLARIFY


def _may_refuse(turn: TurnInput, read: Understanding) -> bool:
    """Whether a person was offered or called, or the models heard one spoken of."""
    conversation = turn.conversation
    if conversation.status is ConversationStatus.WAITING or conversation.pending is not None:
        return True
    if NAMES_PERSON.search(read.text):
        return True
    heard = {(part.intent, part.confidence) for part in read.parts}
    heard |= {(candidate.intent, candidate.confidence) for candidate in read.candidates}
    return any(intent in _OF_PERSONS and chance >= _HEARD_FROM for intent, chance in heard)


_OF_PERSONS = frozenset({"contact_human_agent", "contact_customer_service", "request_callback"})
_HEARD_FROM = 0.2
"""P of such an intent from which a refusal is looked for; lower than any rule that acts on it."""

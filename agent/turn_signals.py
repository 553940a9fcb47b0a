"""Gathering what a decision looks at: consent words, keywords, understanding, context."""

import time
from dataclasses import replace

from agent.consent.words import read_consent_word
from agent.domain.conversations import Pending, PendingKind
from agent.domain.customers import Customer
from agent.domain.signals import ConversationSignals, CustomerSignals, Signals
from agent.keywords import Keywords
from agent.turn_io import Stopwatch, TurnInput
from agent.turn_ports import Understands
from intents.types import ConsentReading, Expected


def gather(
    turn: TurnInput, *, keywords: Keywords, understander: Understands, stopwatch: Stopwatch
) -> Signals:
    """Return all that is known of a turn; no model runs where a word alone settles it."""
    text = "\n".join(turn.texts)
    signals = Signals(
        text=text,
        consent_word=_consent_word(turn),
        keyword=keywords.match(text),
        customer=_customer_signals(turn.customer),
        conversation=_conversation_signals(turn),
    )
    if signals.consent_word is not None or signals.keyword is not None:
        return signals
    began = time.perf_counter()
    understanding = understander.understand(text, expected_of(turn.conversation.pending))
    stopwatch.add_since("understanding", began)
    return replace(signals, understanding=understanding)


def expected_of(pending: Pending | None) -> Expected | None:
    """Return what an open question waits for."""
    if pending is None:
        return None
    if pending.kind is PendingKind.CLARIFY:
        return Expected(kind="choice", options=pending.options)
    return Expected(kind="yes_no")


def _consent_word(turn: TurnInput) -> ConsentReading | None:
    """A STOP anywhere in a burst counts; another consent word only where it stands alone."""
    if turn.consent_recorded is not None:
        return turn.consent_recorded
    readings = [read_consent_word(t, opted_out=turn.opted_out) for t in turn.texts]
    if ConsentReading.OPT_OUT in readings:
        return ConsentReading.OPT_OUT
    return readings[-1] if len(set(readings)) == 1 else None


def _customer_signals(customer: Customer) -> CustomerSignals:
    return CustomerSignals(
        known=customer.known,
        name=customer.name,
        tier=customer.tier,
        lifetime_value=customer.lifetime_value,
        open_orders=customer.open_orders,
    )


def _conversation_signals(turn: TurnInput) -> ConversationSignals:
    conversation = turn.conversation
    return ConversationSignals(
        status=conversation.status,
        opted_out=turn.opted_out,
        failed_turns=conversation.failed_turns,
        pending=conversation.pending,
        flow=conversation.flow,
    )

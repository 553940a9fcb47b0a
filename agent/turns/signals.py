"""Gathering what a decision looks at: consent words, keywords, understanding, context."""

import time
from collections.abc import Callable
from dataclasses import replace

from agent.consent.denials import Denial, read_denial, stands
from agent.consent.free_text import hear, hear_pieces
from agent.consent.words import read_consent_word, read_preferences_word
from agent.domain.conversations import Pending, PendingKind
from agent.domain.customers import Customer
from agent.domain.signals import ConversationSignals, CustomerSignals, Signals
from agent.hearing.figures_of_speech import said_plainly
from agent.hearing.repeating import times_asked
from agent.hearing.second_look import second_look
from agent.keywords import Keywords
from agent.turns.asides import set_aside, with_rest
from agent.turns.in_and_out import Stopwatch, TurnInput
from agent.turns.ports import Understands
from intents.types import ConsentReading, Doubt, Expected, Understanding
from knowledge_base.question import complete, substitutes

Mend = Callable[[str], str]
"""Returns a text with its slips mended."""


def gather(
    turn: TurnInput,
    *,
    keywords: Keywords,
    understander: Understands,
    mend: Mend,
    stopwatch: Stopwatch,
) -> Signals:
    """Return all that is known of a turn; no model runs where a word alone settles it.

    ``mend`` spells words as the pages do; only what a message is about is read from its result.
    """
    text = "\n".join(turn.texts)
    signals = Signals(
        text=text,
        consent_word=_consent_word(turn),
        consent_done=_consent_done(turn),
        keyword=keywords.match(text),
        customer=_customer_signals(turn.customer),
        conversation=_conversation_signals(turn),
        pictures=turn.pictures,
    )
    began = time.perf_counter()
    understood = _understood(signals, turn, understander, mend)
    if understood.understanding is not None:
        stopwatch.add_since("understanding", began)
    return understood


def _understood(
    signals: Signals, turn: TurnInput, understander: Understands, mend: Mend
) -> Signals:
    """Add what the models read: of what stands beside an opt-out, else of the whole message."""
    if signals.consent_word is ConsentReading.OPT_OUT:
        return _beside(signals, _said_besides(turn, understander), understander)
    if signals.consent_word is not None or signals.consent_done or signals.keyword is not None:
        return signals
    expected = expected_of(turn.conversation.pending)
    read = understander.understand(signals.text, expected)
    understanding = second_look(read, turn.previous, understander.understand)
    if understanding.answer is None and not _is_sure(understanding):
        text = mend(said_plainly(signals.text))
        goes_on = bool(turn.previous) and substitutes(text)
        whole = complete(text, turn.previous) if goes_on else text
        if whole != signals.text:
            understanding = _read_anew(
                understanding, understander.understand(whole), goes_on=goes_on
            )
    denied = _denied(signals.text, turn.conversation.pending, understander)
    if denied is not None:
        return with_rest(
            replace(signals, denies_stop=True), understanding, denied.rest, understander
        )
    heard = hear_pieces(signals.text, understanding.consent, understander.read_consent)
    signals = replace(
        signals,
        understanding=understanding,
        consent_heard=heard.reading,
        asked_before=times_asked(read, turn.lately),
    )
    if heard.reading is ConsentReading.OPT_OUT:
        return _beside(signals, heard.beside, understander)
    signals = replace(signals, beside=heard.beside)
    return set_aside(signals, turn, understanding, understander)


def _denied(text: str, pending: Pending | None, understander: Understands) -> Denial | None:
    """Return what a message denies about stopping texts, unless it opts out all the same."""
    asked = pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT
    return stands(read_denial(text, asked=asked), understander.read_consent)


_SURE = 0.9
"""P(intent) from which on a text that goes on from another is read by itself: 'and thanks'."""


def _is_sure(understanding: Understanding) -> bool:
    return understanding.confidence >= _SURE and not understanding.out_of_scope


def _read_anew(own: Understanding, whole: Understanding, *, goes_on: bool) -> Understanding:
    """Take the matter of 'and sandals?' from the question it goes on from, of a slip as mended.

    Such a text alone may look like anything. Mood, topics and names are read from it alone, and
    so is a plain wish for no more texts.
    """
    if own.consent is ConsentReading.OPT_OUT:
        return own
    if not goes_on:
        return replace(own.with_matter_of(whole, parts=whole.parts), consent=whole.consent)
    if whole.doubt is not Doubt.NONE:
        return replace(own, doubt=Doubt.TOO_LOW, out_of_scope=False, parts=())
    return own.with_matter_of(whole)


def _said_besides(turn: TurnInput, understander: Understands) -> str:
    """Return what texts say of which one at least opts out, but for the opting out."""
    said = []
    for text in turn.texts:
        if read_consent_word(text) is not None:
            continue
        heard = hear(text, understander.read_consent)
        said.append(heard.beside if heard.reading is ConsentReading.OPT_OUT else text)
    return "\n".join(filter(None, said))


def _beside(signals: Signals, beside: str, understander: Understands) -> Signals:
    if not any(c.isalnum() for c in beside):
        return signals
    return replace(signals, beside=beside, understanding=understander.understand(beside))


def expected_of(pending: Pending | None) -> Expected | None:
    """Return what an open question waits for."""
    if pending is None or pending.kind is PendingKind.PREFERENCES or pending.turns_between:
        return None
    if pending.kind is PendingKind.CLARIFY:
        return Expected(kind="choice", options=pending.options)
    return Expected(kind="yes_no")


def _consent_word(turn: TurnInput) -> ConsentReading | None:
    """A STOP anywhere in a burst counts; another consent word only where it stands alone."""
    if turn.consent.recorded is not None:
        return turn.consent.recorded
    readings = [read_consent_word(t, opted_out=turn.consent.opted_out) for t in turn.texts]
    if ConsentReading.OPT_OUT in readings:
        return ConsentReading.OPT_OUT
    return readings[-1] if len(set(readings)) == 1 else None


def _consent_done(turn: TurnInput) -> str:
    """Return what was done about topics; asking for their list counts where it comes last."""
    if turn.consent.done:
        return turn.consent.done
    asks = bool(turn.texts) and read_preferences_word(turn.texts[-1])
    return "preferences" if asks else ""


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
        opted_out=turn.consent.opted_out,
        failed_turns=conversation.failed_turns,
        pending=conversation.pending,
        flow=conversation.flow,
        waits=turn.waits,
        goes_on=bool(turn.lately),
    )

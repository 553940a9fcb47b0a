"""Consent at the moment of sending: STOP, and the silence while a question about it is open."""

from datetime import datetime, timedelta

from agent.brand import Brand
from agent.consent.lapsing import question_is_late, question_lapsed
from agent.consent.questions import ASK_WITHIN, ConsentQuestion, QuestionKind
from agent.domain.consent import ConsentState, Purpose, present_state
from agent.domain.conversations import Conversation
from agent.domain.messages import Message
from agent.sending.verdicts import Cancel, Hold, Send, Verdict
from agent.store.unit_of_work import UnitOfWork

LOOK_AGAIN = timedelta(seconds=30)
"""How often a held message looks whether the customer has answered."""


def consent_to_leave(
    uow: UnitOfWork, message: Message, conversation: Conversation, *, brand: Brand, now: datetime
) -> Verdict:
    """Say whether the customer's consent lets a message leave now.

    After STOP only its own answers (``essential``) leave. While 'do you want no more texts?' is
    open, everything but essential messages is held: until the answer, another text of the
    customer, or an hour. A sign-up's question leaves only while it stands. Call it in the
    transaction that claims the message: lapsed questions are settled on the way.
    """
    lines = uow.consents.ledger(conversation.customer_id, sender=brand.slug)
    if message.essential:
        return _essential(uow, message, brand, now)
    if present_state(lines, Purpose.CONVERSATIONAL) is ConsentState.OUT:
        return Cancel(reason="the customer has said STOP")
    asked = uow.consent_questions.asked_by(message.id) if not message.turn_id else None
    if asked is not None and asked.lapses_at <= now:
        return Cancel(reason="the question's time is over")
    question = uow.consent_questions.open(
        conversation.customer_id, sender=brand.slug, kind=QuestionKind.OPT_OUT
    )
    return Send() if question is None else _while_asked(uow, question, brand, now)


def _essential(uow: UnitOfWork, message: Message, brand: Brand, now: datetime) -> Verdict:
    """Let answers about consent leave; the question about STOP only within its five minutes."""
    question = uow.consent_questions.asked_by(message.id)
    if question is None or question.kind is not QuestionKind.OPT_OUT:
        return Send()
    if now - question.asked_at <= ASK_WITHIN:
        return Send()
    question_is_late(uow, question, brand)
    return Cancel(reason="the five minutes for asking are over")


def _while_asked(
    uow: UnitOfWork, question: ConsentQuestion, brand: Brand, now: datetime
) -> Verdict:
    if question.lapses_at <= now:
        question_lapsed(uow, question, brand)
        return Send()
    return Hold(
        until=min(question.lapses_at, now + LOOK_AGAIN),
        reason="the customer has been asked whether they want texts",
    )

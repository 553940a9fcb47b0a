"""Keeping the question 'do you want no more texts?': when it is put, answered or passed over."""

from collections.abc import Sequence
from dataclasses import replace

from agent.brand import Brand
from agent.consent.questions import OPT_OUT_STANDS, QuestionKind, QuestionState
from agent.domain.conversations import Conversation, PendingKind
from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, Direction, Message
from agent.store.unit_of_work import UnitOfWork

NOT_LEFT = frozenset({Delivery.PENDING, Delivery.QUEUED, Delivery.CANCELLED, Delivery.FAILED})
_LAST = 20
"""Messages looked back for the agent's last words."""

_ANSWERS = {
    "opt_out_done": QuestionState.YES,
    "opt_out_declined": QuestionState.NO,
}


def said_last(uow: UnitOfWork, conversation: Conversation) -> MessageId | None:
    """Return the last message that left and could be a question; answers to HELP are none."""
    for message in reversed(uow.messages.thread(conversation.id, limit=_LAST)):
        if message.direction is Direction.INBOUND or message.delivery in NOT_LEFT:
            continue
        if not message.essential or uow.consent_questions.asked_by(message.id) is not None:
            return message.id
    return None


def without_stale_question(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    """Forget that the customer was asked about STOP where we have said something else since.

    A YES to 'does Tuesday suit you?' must not end their texts.
    """
    pending = conversation.pending
    if pending is None or pending.kind is not PendingKind.CONFIRM_OPT_OUT:
        return conversation
    last = said_last(uow, conversation)
    asked = None if last is None else uow.consent_questions.asked_by(last)
    if asked is not None and asked.kind is QuestionKind.OPT_OUT:
        return conversation
    return replace(conversation, pending=None)


def keep_question(
    uow: UnitOfWork,
    brand: Brand,
    conversation: Conversation,
    texts: Sequence[Message],
    *,
    template: str,
    asked_by: MessageId | None,
) -> None:
    """Note what a turn means for the question: it answers, asks, leaves it open or passes over it.

    Args:
        uow: the transaction that stores the turn.
        brand: whose question.
        conversation: the turn's.
        texts: the customer's texts.
        template: the template that the turn replies with.
        asked_by: the message that asks, where the turn does.
    """
    known = uow.consent_questions.open(
        conversation.customer_id, sender=brand.slug, kind=QuestionKind.OPT_OUT
    )
    if known is not None and template != "help":
        uow.consent_questions.settle(known.id, _ANSWERS.get(template, QuestionState.PASSED))
    if asked_by is None or template != "confirm_opt_out":
        return
    uow.consent_questions.ask(
        conversation.customer_id,
        conversation_id=conversation.id,
        sender=brand.slug,
        kind=QuestionKind.OPT_OUT,
        message_id=asked_by,
        asked_at=texts[-1].created_at,
        lapses_at=uow.now() + OPT_OUT_STANDS,
    )

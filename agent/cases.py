"""Handing a conversation to a person: one case, and the conversation waits."""

from agent.domain.conversations import ConversationEvent, ConversationStatus
from agent.domain.ids import ConversationId, TurnId
from agent.domain.signals import Escalate
from agent.store.unit_of_work import UnitOfWork


def hand_over(
    uow: UnitOfWork,
    conversation_id: ConversationId,
    escalate: Escalate,
    turn_id: TurnId | None = None,
) -> bool:
    """Open a case, unless a person has the conversation already.

    Args:
        uow: the transaction.
        conversation_id: which.
        escalate: rule, queue and reason. An open case of the same rule is not opened twice.
        turn_id: the turn it comes of, if it comes of one.

    Returns:
        Whether a case was opened.
    """
    if uow.conversations.get(conversation_id).status is ConversationStatus.HUMAN:
        return False
    cases = uow.escalations.of_conversation(conversation_id)
    if any(case.closed_at is None and case.rule == escalate.rule for case in cases):
        return False
    status = uow.conversations.apply(conversation_id, ConversationEvent.ESCALATED)
    uow.escalations.open(conversation_id, escalate, turn_id)
    uow.live.publish(conversation_id, "status", status=status)
    return True


def call_off(uow: UnitOfWork, conversation_id: ConversationId) -> None:
    """Close the open cases of a customer who waits no longer; the agent answers again."""
    if uow.conversations.get(conversation_id).status is not ConversationStatus.WAITING:
        return
    status = uow.conversations.apply(conversation_id, ConversationEvent.RETURNED, rep="")
    uow.escalations.close(conversation_id)
    uow.live.publish(conversation_id, "status", status=status)

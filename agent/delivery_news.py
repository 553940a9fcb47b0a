"""News of a message's delivery, from a send's answer or a status callback: what follows of it."""

from datetime import timedelta

import structlog

from agent.brand import Brand
from agent.cases import hand_over
from agent.channels import LOCAL_PROVIDERS
from agent.consent.ledger import LedgerOf
from agent.domain.consent import ConsentSource
from agent.domain.conversations import Conversation
from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, Message
from agent.domain.signals import Escalate
from agent.errors import SendProblem
from agent.store.unit_of_work import UnitOfWork

_log = structlog.get_logger(__name__)

FAILURES = frozenset({Delivery.FAILED, Delivery.UNDELIVERED})
TAKEN = frozenset({Delivery.SENT, Delivery.DELIVERED})
FIRST_LOOK = timedelta(minutes=1)
"""Until a provider's list of messages surely holds what it has taken."""

_REASONS = {
    SendProblem.BAD_NUMBER: "This number takes no texts. Reach the customer another way.",
    SendProblem.BLOCKED: "The carrier refused our answer, perhaps at the customer's wish. "
    "The agent texts again only after they write.",
    SendProblem.FILTERED: "The carrier took our answer for spam. See how it is worded.",
    SendProblem.CONFIGURATION: "Our account or number is not set up for this answer; it did not "
    "leave. Whoever runs the service must look.",
    SendProblem.EXPIRED: "Our answer could not be delivered in time.",
}
_OTHER = "The provider did not take our answer."
_UNKNOWN = "Nobody knows whether our answer arrived; the provider was asked in vain. It is not "
_UNKNOWN += "repeated by itself: look whether the customer has it."


def record_news(
    uow: UnitOfWork,
    message_id: MessageId,
    *,
    delivery: Delivery,
    problem: SendProblem | None,
    code: str,
    provider_id: str | None,
    brand: Brand,
    error: str = "",
    brand_address: str | None = None,
) -> Delivery:
    """Move a message's delivery forward and do what its problem asks for, once.

    Args:
        uow: the transaction.
        message_id: ours.
        delivery: the news; late ones change nothing.
        problem: what the provider's code means; None where nothing is wrong.
        code: the provider's own code, empty if none.
        provider_id: the provider's id of the message, None if not known.
        brand: whose consent ledger an opt-out goes into.
        error: what went wrong in words, for reps; the code where there are none.
        brand_address: which it was sent from; looked up if None.

    Returns:
        The delivery's present state.
    """
    before = uow.sends.locked(message_id)
    state = uow.sends.set_delivery(
        message_id, delivery, provider_id=provider_id, error=error or code
    )
    if state is before.delivery:
        return state
    uow.live.publish(before.conversation_id, "delivery", message_id=message_id, delivery=state)
    if state in TAKEN and before.provider not in LOCAL_PROVIDERS:
        number = brand_address or uow.conversations.get(before.conversation_id).brand_address
        uow.sending_numbers.works(before.provider, number)
    if state is not Delivery.UNKNOWN:
        _no_more_looks(uow, before)
    if state in FAILURES:
        conversation = uow.conversations.get(before.conversation_id)
        _failed(uow, before, conversation, problem or SendProblem.OTHER, code, brand)
    return state


def alarm(uow: UnitOfWork, message: Message, conversation: Conversation, code: str) -> None:
    """Say that the service itself is set up wrong, and let the sender wait if it goes on so."""
    number = conversation.brand_address
    until = uow.sending_numbers.trouble(message.provider, number, code=code)
    uow.live.publish(conversation.id, "alarm", provider=message.provider, code=code)
    _log.error(
        "sender_set_up_wrong",
        provider=message.provider,
        code=code,
        waits_until=None if until is None else until.isoformat(),
    )


def show_unknown(uow: UnitOfWork, message_id: MessageId, brand: Brand) -> None:
    """Hand over a conversation of which nobody can find out whether the answer arrived."""
    message = uow.messages.get(message_id)
    uow.deliveries.look_later(message_id, None)
    if message.delivery is Delivery.UNKNOWN:
        _open_case(uow, message, "delivery_unknown", _UNKNOWN, brand)


def _failed(
    uow: UnitOfWork,
    message: Message,
    conversation: Conversation,
    problem: SendProblem,
    code: str,
    brand: Brand,
) -> None:
    _log.warning("not_delivered", message=message.id, problem=problem, code=code)
    if problem is SendProblem.OPTED_OUT:
        # Nobody may answer them, a person neither: no case.
        ledger = LedgerOf(
            uow=uow, brand=brand, customer_id=conversation.customer_id, evidence=message.id
        )
        if not ledger.stopped():
            ledger.stop(ConsentSource.PROVIDER)
        return
    if problem in {SendProblem.BAD_NUMBER, SendProblem.BLOCKED}:
        uow.deliveries.mark_unreachable(
            conversation.customer_id, problem=problem, code=code, message_id=message.id
        )
        uow.sends.cancel_pending([conversation.id])
    if problem is SendProblem.CONFIGURATION:
        alarm(uow, message, conversation, code)
    if not message.proactive:
        reason = _REASONS.get(problem, _OTHER)
        _open_case(uow, message, f"not_sent_{problem}", f"{reason} ({code})" if code else reason,
                   brand)  # fmt: skip


def _open_case(uow: UnitOfWork, message: Message, rule: str, reason: str, brand: Brand) -> None:
    escalate = Escalate(rule=rule, queue=next(iter(brand.queues)), reason=reason)
    hand_over(uow, message.conversation_id, escalate, message.turn_id)


def _no_more_looks(uow: UnitOfWork, message: Message) -> None:
    if message.delivery is Delivery.UNKNOWN:
        uow.deliveries.look_later(message.id, None)

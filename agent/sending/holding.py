"""What holds a message back: a dead number, an earlier reply, the sender's pace, the gate."""

from datetime import datetime

from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS
from agent.domain.conversations import Conversation
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Message
from agent.errors import SendProblem
from agent.sending.gate import Gate
from agent.sending.verdicts import Cancel, Hold
from agent.sending.waits import LEAST_HOLD_S, with_jitter
from agent.store.unit_of_work import UnitOfWork

_AFTER_EARLIER_S = 1.0
"""Wait for an earlier reply of the same turn."""


def held(
    uow: UnitOfWork, message: Message, conversation: Conversation, *, gate: Gate, brand: Brand
) -> Cancel | float | None:
    """Say whether a message must never leave, or after how many seconds to ask again; None: now."""
    now = gate.clock.now()
    number = uow.deliveries.unreachable(conversation.customer_id)
    # A rep may still try a number that was merely blocked.
    unasked = message.author is Author.AGENT and not message.essential
    if number is not None and (unasked or number.problem is SendProblem.BAD_NUMBER):
        return Cancel(reason=f"the number takes no texts ({number.problem})")
    earlier = uow.sends.earlier_unsent(message)
    if earlier is not None:
        return _after(uow, message, earlier, now)
    local = message.provider in LOCAL_PROVIDERS
    waits_s = None if local else _sender_waits(uow, message, conversation, now, brand=brand)
    if waits_s is not None:
        return waits_s
    # The gate last: what it lets out counts for the caps.
    verdict = gate.check(uow, message, conversation, now)
    if isinstance(verdict, Cancel):
        return verdict
    if isinstance(verdict, Hold):
        return max(LEAST_HOLD_S, (verdict.until - now).total_seconds())
    return None


def _after(uow: UnitOfWork, message: Message, earlier: MessageId, now: datetime) -> float:
    """Let a reply wait as long as the one before it of the same turn."""
    until = uow.deliveries.waits_until(earlier)
    if until is None:
        return _AFTER_EARLIER_S
    uow.deliveries.wait(message.id, until=until)
    return (until - now).total_seconds() + _AFTER_EARLIER_S


def _sender_waits(
    uow: UnitOfWork, message: Message, conversation: Conversation, now: datetime, *, brand: Brand
) -> float | None:
    """Return for how many seconds the brand's number must wait, None if not at all."""
    provider, number = message.provider, conversation.brand_address
    slot_at = uow.sending_numbers.slot(
        message.id,
        provider=provider,
        number=number,
        parts=message.segments,
        parts_per_second=brand.sending.pace(number),
    )
    if slot_at is not None:
        return (slot_at - now).total_seconds()
    blocked_until = uow.sending_numbers.blocked_until(provider, number)
    if blocked_until is None:
        return None
    uow.deliveries.wait(message.id, until=blocked_until)
    return with_jitter((blocked_until - now).total_seconds(), message)

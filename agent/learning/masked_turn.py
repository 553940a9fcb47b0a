"""A stored turn's texts without personal data."""

from agent.domain.messages import Direction
from agent.domain.turns import TurnRecord
from agent.learning.masking import Known, mask
from agent.store.unit_of_work import UnitOfWork


def masked(uow: UnitOfWork, turn: TurnRecord, part: str = "") -> str:
    """Return a turn's text, or a ``part`` of it, without personal data."""
    trace = turn.trace
    if trace is None:
        messages = uow.messages.of_turn(turn.id, Direction.INBOUND)
        return mask(part or "\n".join(m.text for m in messages), known=known_of(uow, turn))
    signals = trace.signals_before
    entities = () if signals.understanding is None or part else signals.understanding.entities
    return mask(part or signals.text, entities=entities, known=known_of(uow, turn))


def known_of(uow: UnitOfWork, turn: TurnRecord) -> Known:
    """Return what is known of the customer of a turn."""
    conversation = uow.conversations.get(turn.conversation_id)
    customer = uow.customers.get(conversation.customer_id)
    if customer is None:
        return Known()
    email = uow.customers.email(conversation.customer_id)
    numbers = [order.number for order in customer.orders]
    appointments = [appointment.number for appointment in customer.appointments]
    return Known(
        names=(customer.name,) if customer.name else (),
        literal=tuple(filter(None, (customer.address, email, *numbers, *appointments))),
    )

"""What a customer's own rows say about an intent, as evidence for the reply."""

from collections.abc import Mapping
from datetime import date

from agent.domain.customers import Customer, Order
from agent.replies.evidence import Evidence, from_appointment, from_order, from_points
from intents.types import EntityType, Understanding

_ABOUT_ORDERS = frozenset(
    {
        "track_order", "delivery_problem", "delivery_period", "change_order", "cancel_order",
        "change_shipping_address", "track_refund",
    }
)  # fmt: skip
_ABOUT_APPOINTMENTS = frozenset(
    {"confirm_appointment", "reschedule_appointment", "cancel_appointment"}
)
_ABOUT_POINTS = frozenset({"loyalty"})
_MOST_ORDERS = 2
"""Orders told in one reply; more do not fit an SMS."""


def facts_for(
    intent: str, customer: Customer, understanding: Understanding | None, *, today: date
) -> tuple[Evidence, ...]:
    """Return the customer's own facts that belong to an intent, the most likely meant first.

    ``today`` is the brand's date: an order due before it is told to be late.
    """
    if intent in _ABOUT_ORDERS:
        meant = _orders_meant(customer, understanding)
        return tuple(from_order(order, today=today) for order in meant)
    if intent in _ABOUT_APPOINTMENTS:
        booked = [a for a in customer.appointments if a.status == "booked"]
        return tuple(from_appointment(appointment) for appointment in booked)
    if intent in _ABOUT_POINTS and customer.points is not None:
        return (from_points(customer.points, tier=customer.tier),)
    return ()


def _orders_meant(customer: Customer, understanding: Understanding | None) -> tuple[Order, ...]:
    """The order that is named; else the open ones; else the newest."""
    named = _named(understanding)
    if named:
        by_number: Mapping[str, Order] = {_bare(o.number): o for o in customer.orders}
        meant = by_number.get(_bare(named))
        # A number that is none of this customer's orders is answered by no order at all:
        # telling about another one would mislead.
        return () if meant is None else (meant,)
    still_open = [order for order in customer.orders if order.is_open]
    return tuple((still_open or list(customer.orders[:1]))[:_MOST_ORDERS])


def _named(understanding: Understanding | None) -> str:
    entity = None if understanding is None else understanding.entity(EntityType.ORDER_NUMBER)
    return "" if entity is None else entity.value


def _bare(number: str) -> str:
    return "".join(c for c in number.casefold() if c.isalnum())

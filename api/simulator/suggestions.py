"""First texts that a customer of the demo might send. Pure."""

from agent.domain.customers import Customer

_GENERAL = (
    "How do I return boots that don't fit?",
    "what time do you open on saturday",
    "this is the third time I'm asking, I want a real person",
    "HELP",
    "STOP",
)


def suggestions(customer: Customer | None) -> tuple[str, ...]:
    """Return texts to begin with, those about the customer's own orders and bookings first."""
    own = () if customer is None else (*_about_orders(customer), *_about_appointments(customer))
    return (*own, *_GENERAL)


def _about_orders(customer: Customer) -> tuple[str, ...]:
    waiting = next((order for order in customer.orders if order.is_open), None)
    arrived = next((order for order in customer.orders if order.status == "delivered"), None)
    texts = []
    if waiting is not None:
        texts.append(f"where is my order {waiting.number}?")
    if arrived is not None:
        texts.append(f"Can I still return {arrived.number}?")
    return tuple(texts)


def _about_appointments(customer: Customer) -> tuple[str, ...]:
    booked = next((item for item in customer.appointments if item.status == "booked"), None)
    return () if booked is None else (f"can I move my {booked.service.lower()} appointment?",)

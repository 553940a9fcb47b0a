"""What a reply may stand on: passages, catalogue rows, a customer's own rows, the brand's facts."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Literal

from agent.brand import WEEKDAYS, Brand, Hours
from agent.domain.customers import Appointment, Order
from agent.replies.row_words import clock, in_words, listed, moment, money, sentences_of, status_of
from knowledge_base.types import DocumentKind, Passage, Product

EvidenceKind = Literal["passage", "product", "order", "appointment", "brand", "customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One source of facts. ``score`` is the search's own, 1.0 for rows; it makes no other evidence.

    ``row`` is the typed row behind the text where there is one; wording by row reads it. ``faq``:
    the heading is a question and the text its whole answer.
    """

    id: str
    kind: EvidenceKind
    source: str
    heading: str
    text: str
    score: float = field(default=1.0, compare=False)
    faq: bool = False
    row: Product | Order | Appointment | None = field(default=None, compare=False)


def from_passage(passage: Passage, *, score: float = 1.0) -> Evidence:
    """Make evidence of a passage; its link, where it has one, may be given to customers."""
    text = passage.text if not passage.url else f"{passage.text}\n{passage.url}"
    return Evidence(
        id=f"passage:{passage.id}",
        kind="passage",
        source=passage.source,
        heading=passage.heading,
        text=text,
        score=score,
        faq=passage.kind is DocumentKind.FAQ,
    )


def from_product(product: Product, *, today: date | None = None) -> Evidence:
    """Make evidence of a catalogue row, one sentence a column."""
    return Evidence(
        id=f"product:{product.sku}",
        kind="product",
        source="products.csv",
        heading=product.name,
        text=" ".join(sentences_of(product, today=today).values()),
        row=product,
    )


def from_order(order: Order, *, today: date | None = None) -> Evidence:
    """Make evidence of an order: where it is, when it is due, what is in it, what it cost."""
    sentences = [status_of(order, today=today)]
    if order.items:
        sentences.append(f"Order {order.number} holds {listed(order.items)}.")
    total = money(order.total, order.currency)
    placed = in_words(order.placed_on, today=today)
    sentences.append(f"Order {order.number} was placed on {placed} and comes to {total}.")
    if order.tracking_url:
        sentences.append(f"Track it: {order.tracking_url}")
    return Evidence(
        id=f"order:{order.number}",
        kind="order",
        source="orders",
        heading=f"Order {order.number}",
        text=" ".join(sentences),
        row=order,
    )


def from_appointment(appointment: Appointment) -> Evidence:
    """Make evidence of a booked slot."""
    what = f"{appointment.service} appointment" if appointment.service else "appointment"
    where = f" at {appointment.place}" if appointment.place else ""
    verb = {"cancelled": "was cancelled", "done": "was"}.get(appointment.status, "is booked for")
    when = moment(appointment.when)
    told = f"{verb} ({when})" if appointment.status == "cancelled" else f"{verb} {when}"
    return Evidence(
        id=f"appointment:{appointment.number}",
        kind="appointment",
        source="appointments",
        heading=f"Appointment {appointment.number}",
        text=f"Your {what} {told}{where}.",
        row=appointment,
    )


def from_points(points: int, *, tier: str = "") -> Evidence:
    """Make evidence of a customer's loyalty points and tier."""
    level = f" and your tier is {tier}" if tier else ""
    return Evidence(
        id="customer:points",
        kind="customer",
        source="customers",
        heading="Your points",
        text=f"You have {points} points{level}.",
    )


def from_brand(brand: Brand) -> tuple[Evidence, ...]:
    """Make evidence of the brand file: how to reach the brand, and when its help desk answers."""
    contact = brand.contact
    ways = [
        f"{verb} {way}" for verb, way in (("call", contact.phone), ("email", contact.email)) if way
    ]
    found = []
    if ways:
        told = f"You can {' or '.join(ways)}, or just text us here."
        found.append(_brand_fact(brand, "contact", "Reaching customer service", told))
    hours = _hours_in_words(brand)
    if hours:
        told = f"Our help desk answers {hours}."
        found.append(_brand_fact(brand, "hours", "Help desk hours", told))
    return tuple(found)


def _brand_fact(brand: Brand, name: str, heading: str, text: str) -> Evidence:
    return Evidence(id=f"brand:{name}", kind="brand", source=brand.slug, heading=heading, text=text)


def _hours_in_words(brand: Brand) -> str:
    """Return ``Monday to Friday 8 AM to 6 PM and Saturday 9 AM to 2 PM``; empty without hours."""
    days = [(day, brand.hours.get(day)) for day in WEEKDAYS]
    spans = []
    for hours, group in groupby(days, key=lambda item: item[1]):
        names = [day.capitalize() for day, _ in group]
        if hours is None:
            continue
        span = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        spans.append(f"{span} {_span(hours)}")
    return listed(spans)


def _span(hours: Hours) -> str:
    opens = clock(hours.opens.hour, hours.opens.minute)
    return f"{opens} to {clock(hours.closes.hour, hours.closes.minute)}"

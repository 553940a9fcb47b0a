"""What a reply may stand on: passages, catalogue rows, a customer's own rows, the brand's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal

from agent.brand import WEEKDAYS, Brand, Hours
from agent.domain.customers import Appointment, Order
from agent.replies.cell_words import cell_sentence
from knowledge_base.catalogue_columns import HIDDEN
from knowledge_base.types import DocumentKind, Passage, Product

EvidenceKind = Literal["passage", "product", "order", "appointment", "brand", "customer"]

_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "SGD": "S$",
    "HKD": "HK$", "JPY": "¥", "INR": "₹", "ZAR": "R", "KES": "KSh ",
}  # fmt: skip


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


# ── words for values ───────────────────────────────────────────────────────────────────────────


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency's symbol, such as ``$129.95`` or ``$40``."""
    whole = amount == amount.to_integral_value()
    digits = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{digits}" if symbol else f"{digits} {currency}"


def in_words(day: date, *, today: date | None = None) -> str:
    """Return a date such as ``Nov 24``; with its year where that is not this year's."""
    year = "" if today is None or today.year == day.year else f", {day.year}"
    return f"{day:%b} {day.day}{year}"


def moment(when: str) -> str:
    """Return an ISO 8601 local time as ``Tuesday, Nov 24 at 10:30 AM``; as given if it is none."""
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        return when
    return f"{at:%A}, {at:%b} {at.day} at {clock(at.hour, at.minute)}"


def clock(hour: int, minute: int) -> str:
    """Return a time of day such as ``9 AM`` or ``10:30 PM``."""
    half = "AM" if hour < 12 else "PM"  # noqa: PLR2004
    twelve = hour % 12 or 12
    return f"{twelve} {half}" if minute == 0 else f"{twelve}:{minute:02d} {half}"


def listed(things: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    if len(things) < 2:  # noqa: PLR2004
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def status_of(order: Order, *, today: date | None = None) -> str:
    """Say in one sentence where an order is. An expected day that has passed is said to be past."""
    subject = f"Your order {order.number}"
    due = order.expected_on
    late = due is not None and today is not None and due < today
    expected = "" if due is None else in_words(due, today=today)
    by = f" with {order.carrier}" if order.carrier else ""
    if order.status == "delivered":
        on = (
            "" if order.delivered_on is None else f" on {in_words(order.delivered_on, today=today)}"
        )
        return f"{subject} was delivered{on}."
    if order.status in {"cancelled", "returned"}:
        return f"{subject} was {order.status}."
    told = _UNDERWAY.get(order.status, f"has the status {order.status.replace('_', ' ')}")
    told = told.format(by=by)
    if not expected:
        return f"{subject} {told}."
    if late:
        return f"{subject} {told}. It was expected on {expected} and is late."
    if order.status == "delayed":
        return f"{subject} {told} and is now expected on {expected}."
    return f"{subject} {told} and should arrive on {expected}."


_UNDERWAY = {
    "placed": "has been placed and is not packed yet",
    "packed": "is packed and waits for the carrier",
    "shipped": "has shipped{by}",
    "out_for_delivery": "is out for delivery{by}",
    "delayed": "is delayed{by}",
}


# ── rows ───────────────────────────────────────────────────────────────────────────────────────


def stock_of(product: Product, *, today: date | None = None) -> str:
    """Say whether a product can be had: ``is in stock``, ``is sold out ... back on Dec 12``."""
    if product.available:
        few = product.in_stock is not None and 0 < product.in_stock <= _FEW
        return f"is in stock ({product.in_stock} left)" if few else "is in stock"
    if product.restock_date is not None:
        back = in_words(product.restock_date, today=today)
        return f"is sold out at the moment and expected back on {back}"
    return "is sold out, and there is no restock date yet"


_FEW = 5
"""Pieces at or below which their number is told."""


def sentences_of(product: Product, *, today: date | None = None) -> Mapping[str, str]:
    """Word a catalogue row, one sentence a column; ``in_stock`` tells of the restock date too."""
    name = product.name
    told = {
        "price": price_sentence(product),
        "in_stock": f"The {name} {stock_of(product, today=today)}.",
        "sizes": product.sizes and f"The {name} comes in {sizes_of(product)}.",
        "colors": product.colors and f"The {name} comes in {listed(product.colors)}.",
        "description": product.description and _sentence(product.description),
    }
    told |= {
        key: cell_sentence(name, key.replace("_", " "), value)
        for key, value in product.attributes.items()
        if value and key not in HIDDEN
    }
    told["url"] = product.url and f"The {name}: {product.url}"
    return {column: sentence for column, sentence in told.items() if sentence}


def price_sentence(product: Product) -> str:
    """Say what a product costs, or what the file says instead; empty where it says nothing."""
    if product.price is not None:
        return f"The {product.name} costs {money(product.price, product.currency)}."
    return f"Price of the {product.name}: {product.price_note}." if product.price_note else ""


def sizes_of(product: Product) -> str:
    """Return ``sizes S and M``; one size alone as it is written."""
    if len(product.sizes) == 1:
        return product.sizes[0]
    return f"sizes {listed(product.sizes)}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


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

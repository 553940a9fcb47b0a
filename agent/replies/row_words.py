"""How rows are said, and the values in them: prices, dates, where an order is, what there is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from agent.domain.customers import Order
from agent.replies.cell_words import cell_sentence
from knowledge_base.catalogue_columns import HIDDEN, column_name, with_unit
from knowledge_base.types import Product

_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "SGD": "S$",
    "HKD": "HK$", "JPY": "¥", "INR": "₹", "ZAR": "R", "KES": "KSh ",
}  # fmt: skip


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


# ── rows ───────────────────────────────────────────────────────────────────────────────────────


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
        key: cell_sentence(name, column_name(key), with_unit(value, key))
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

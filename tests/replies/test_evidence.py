from datetime import date, time
from decimal import Decimal

import pytest

from agent.domain.customers import Appointment, Order
from agent.replies.cell_words import cell_sentence
from agent.replies.evidence import (
    from_appointment,
    from_brand,
    from_order,
    from_passage,
    from_points,
    from_product,
)
from agent.replies.row_words import money
from agent.replies.values import ValueKind, values_of
from tests.replies.builders import brand, passage, product

TODAY = date(2026, 11, 22)


def order(status="shipped", **changes):
    values = {
        "number": "48213",
        "status": status,
        "placed_on": date(2026, 11, 16),
        "items": ("Ridgeline", "Trail Socks"),
        "total": Decimal("148.90"),
        "currency": "USD",
        "carrier": "UPS",
        "tracking_url": "https://track.example/48213",
        "expected_on": date(2026, 11, 24),
    }
    return Order(**(values | changes))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (order(), "Your order 48213 has shipped with UPS and should arrive on Nov 24."),
        (
            order("out_for_delivery", expected_on=None),
            "Your order 48213 is out for delivery with UPS.",
        ),
        (order("delayed"), "Your order 48213 is delayed with UPS and is now expected on Nov 24."),
        (
            order("delivered", delivered_on=date(2026, 11, 20)),
            "Your order 48213 was delivered on Nov 20.",
        ),
        (order("cancelled"), "Your order 48213 was cancelled."),
        (
            order("shipped", expected_on=date(2026, 11, 19)),
            "Your order 48213 has shipped with UPS. It was expected on Nov 19 and is late.",
        ),
        (order("on_hold", expected_on=None), "Your order 48213 has the status on hold."),
    ],
)
def test_an_order_says_where_it_is(row, sentence):
    assert from_order(row, today=TODAY).text.startswith(sentence)


def test_an_order_tells_items_total_and_link():
    text = from_order(order(), today=TODAY).text

    assert "Ridgeline and Trail Socks" in text
    assert "$148.90" in text
    assert "https://track.example/48213" in text


def test_a_product_tells_its_own_values():
    row = product(
        available=False,
        restock_date=date(2027, 1, 15),
        attributes={"waterproof": "no", "goes_with": "X"},
    )

    text = from_product(row, today=TODAY).text

    assert "$129.95" in text
    assert "sold out at the moment and expected back on Jan 15, 2027" in text
    assert "8, 9 and 10" in text
    assert "moss and black" in text
    assert row.url in text
    assert "goes" not in text


def test_a_number_is_told_with_the_unit_of_its_column():
    text = from_product(product(attributes={"weight_kg": "42.0", "min_age": "8"})).text
    assert "Weight of the Ridgeline: 42 kg." in text
    assert "Min age of the Ridgeline: 8." in text


def test_the_last_few_pieces_are_counted():
    assert "3 left" in from_product(product(in_stock=3)).text
    assert "left" not in from_product(product(in_stock=46)).text


def test_a_passage_brings_its_link():
    found = from_passage(passage("Returns", "Free.", url="https://x.example/r"), score=0.7)

    assert found.text.endswith("https://x.example/r")
    assert found.score == 0.7


def test_an_appointment_is_told_in_words():
    booked = Appointment(
        number="A1",
        service="Boot fitting",
        when="2026-11-28T10:30",
        place="Durango",
        status="booked",
    )

    assert from_appointment(booked).text == (
        "Your Boot fitting appointment is booked for Saturday, Nov 28 at 10:30 AM at Durango."
    )


def test_points_are_told_with_the_tier():
    assert from_points(320, tier="Gold").text == "You have 320 points and your tier is Gold."


def test_the_brand_tells_contact_and_desk_hours():
    contact, hours = from_brand(brand())

    assert "+1 555 010 0210" in contact.text
    assert hours.text == "Our help desk answers Monday to Friday 8 AM to 6 PM."


def test_a_brand_without_contact_or_hours_tells_nothing():
    assert from_brand(brand(contact={}, hours={})) == ()


def test_days_with_other_hours_are_told_apart():
    odd = {"saturday": {"opens": time(9, 30), "closes": time(14)}, "sunday": None}

    assert (
        from_brand(brand(hours=odd))[-1].text == "Our help desk answers Saturday 9:30 AM to 2 PM."
    )


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("40", "USD", "$40"),
        ("1290", "USD", "$1,290"),
        ("9.5", "EUR", "€9.50"),
        ("40", "CHF", "40 CHF"),
    ],
)
def test_money_is_written_with_its_symbol(amount, currency, text):
    assert money(Decimal(amount), currency) == text


def test_a_column_named_with_a_preposition_reads_as_a_phrase():
    assert cell_sentence("Lamb Leg", "good for", "six") == "The Lamb Leg, good for: six."
    assert cell_sentence("Lamb Leg", "weight", "2 kg") == "Weight of the Lamb Leg: 2 kg."


@pytest.mark.parametrize(
    ("currency", "written"),
    [("SGD", "S$1,250"), ("ZAR", "R1,250"), ("KES", "KSh 1,250"), ("AED", "1,250 AED")],
)
def test_an_amount_in_any_currency_is_read_as_money(currency, written):
    assert money(Decimal(1250), currency) == written
    (value,) = values_of(f"It costs {written}.")
    assert (value.kind, value.amount) == (ValueKind.MONEY, "1250")

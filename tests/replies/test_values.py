from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.replies.values import Bound, ValueKind, values_of


@pytest.mark.parametrize(
    ("text", "kind", "amount", "unit"),
    [
        ("$5.95", "money", "5.95", "$"),
        ("$1,200.50", "money", "1200.5", "$"),
        ("20 euros", "money", "20", "€"),
        ("€20", "money", "20", "€"),
        ("15%", "percent", "15", ""),
        ("fifteen percent", "percent", "15", ""),
        ("a quarter of it", "percent", "25", ""),
        ("3-5 business days", "duration", "3-5", "business day"),
        ("3 to 5 working days", "duration", "3-5", "business day"),
        ("between 3 and 5 days", "duration", "3-5", "day"),
        ("thirty days", "duration", "30", "day"),
        ("90-day", "duration", "90", "day"),
        ("a week", "duration", "1", "week"),
        ("half an hour", "duration", "30", "minute"),
        ("November 24, 2026", "date", "11/24", "2026"),
        ("24 Nov", "date", "11/24", ""),
        ("2026-11-24", "date", "11/24", "2026"),
        ("9 AM", "time", "540", ""),
        ("10:30 p.m.", "time", "1350", ""),
        ("noon", "time", "720", ""),
        ("Monday to Friday", "weekday", "mon-fri", ""),
        ("weekdays", "weekday", "mon-fri", ""),
        ("Tuesdays and Fridays", "weekday", "tue,fri", ""),
        ("27.50 cm", "measure", "27.5", "cm"),
        ("6 miles", "measure", "6", "mi"),
        ("https://www.x.example/a/", "link", "x.example/a", ""),
        ("help@x.example", "email", "help@x.example", ""),
        ("+1 (555) 010-0200", "phone", "5550100200", ""),
        ("TRAIL20", "code", "trail20", ""),
        ("48213", "number", "48213", ""),
    ],
)
def test_brings_a_value_to_one_form(text, kind, amount, unit):
    (value,) = values_of(text)

    assert (value.kind, value.amount, value.unit) == (ValueKind(kind), amount, unit)


@pytest.mark.parametrize(
    ("one", "other"),
    [("two weeks", "14 days"), ("a year", "12 months"), ("90 minutes", "1.5 hours"),
     ("48 hours", "2 days"), ("0.5 kg", "500 g"), ("4 pm", "16:00")],
)  # fmt: skip
def test_one_amount_in_two_units_is_one_value(one, other):
    assert values_of(one)[0].key == values_of(other)[0].key


@pytest.mark.parametrize(
    ("one", "other"),
    [("5 days", "5 business days"), ("2 weeks", "2 days"), ("a month", "30 days"),
     ("first Friday", "last Friday"), ("Fridays", "the second Friday")],
)  # fmt: skip
def test_what_is_not_the_same_stays_apart(one, other):
    assert values_of(one)[0].key != values_of(other)[0].key


def test_a_span_of_hours_shares_its_half_of_the_day():
    assert [v.amount for v in values_of("from 4 to 6 pm")] == ["960", "1080"]
    assert [v.amount for v in values_of("from 9 to 5 pm")] == ["540", "1020"]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("over $75", Bound.LEAST),
        ("from $40", Bound.LEAST),
        ("$75 or more", Bound.LEAST),
        ("Free above: $70", Bound.LEAST),
        ("up to 50%", Bound.MOST),
        ("within 45 days", Bound.MOST),
        ("about 3 weeks", Bound.ABOUT),
        ("45 days", Bound.NONE),
    ],
)
def test_reads_what_bounds_a_value(text, bound):
    assert values_of(text)[0].bound is bound


@pytest.mark.parametrize(
    "text", ["May I ask", "one of them", "the sun is out", "we sat down", "to be"]
)
def test_sees_no_value_where_there_is_none(text):
    assert values_of(text) == ()


def test_reads_several_values_in_order_and_none_twice():
    text = "Open Mon-Fri 9 AM to 6 PM; call 555-010-0200, express is $14.95 in 1 to 2 days."

    kinds = [value.kind for value in values_of(text)]

    assert kinds == ["weekday", "time", "time", "phone", "money", "duration"]


@given(st.text(max_size=300))
def test_never_fails_and_never_overlaps(text):
    spans = [value.span for value in values_of(text)]

    assert all(end <= start for (_, end), (start, _) in pairwise(spans))

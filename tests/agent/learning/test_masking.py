"""Personal data leaves a text, and what a model could learn from it stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.learning.masking import Known, mask

ROSALIND = Known(
    names=("Rosalind Franklin", "Will"), literal=("rosalind@shop.example", "+15550101001", "PF-77")
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my order 48213 is late", "my order 55501 is late"),
        ("call me at 720-555-0147", "call me at 555-010-0199"),
        ("or (303) 555 1234 after 5pm", "or (555) 010 0199 after 5pm"),
        ("it is peter.w@gmail.com", "it is someone@example.com"),
        ("my name is Peter Weller", "my name is Alex Morgan"),
        ("i'm rosalind, ROSALIND FRANKLIN", "i'm alex, ALEX MORGAN"),
        ("412 Birch Lane, Apt 4B, Denver", "555 Main Lane, Apt 5X, Denver"),
        ("to 9 west 53rd street", "to 5 main street"),
        ("card 4111 1111 1111 1111", "card 5550 1001 9955 5010"),
        ("tracking 1Z999AA10123456784", "tracking 5X550XX10019955501"),
        ("see https://ups.example/track?n=12", "see https://example.com"),
        ("where is pf-77 now", "where is xx-55 now"),
        ("postcode is SW1A 1AA", "postcode is XX5X 5XX"),
    ],
)
def test_personal_data_becomes_something_of_the_same_shape(text: str, masked: str) -> None:
    assert mask(text, known=ROSALIND) == masked


@pytest.mark.parametrize(
    "text",
    [
        "will it come on 2026-11-20, or 11/24?",
        "size 8.5 wide, 3 pairs, $1,299.00",
        "3pm tomorrow at the store in Denver",
        "12 oz way better than the 2-pack",
        "the 2026 model, not the 1995 one",
        "it's 10 o'clock",
    ],
)
def test_what_says_nothing_about_who_writes_stays(text: str) -> None:
    assert mask(text, known=ROSALIND) == text


@given(
    before=st.sampled_from(["", "hi ", "order ", "call "]),
    secret=st.from_regex(r"\+?[2-9][0-9]{2}[ .-][2-9][0-9]{2}[ .-][0-9]{4}", fullmatch=True),
    after=st.sampled_from(["", " please", ".", "?!", ", thanks"]),
)
def test_no_phone_number_is_left(before: str, secret: str, after: str) -> None:
    found = mask(before + secret + after)

    digits = re.sub(r"\D", "", secret)
    assert digits == "5550100199" or digits not in re.sub(r"\D", "", found)


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once_in_length_of_digits(text: str) -> None:
    once = mask(text, known=ROSALIND)

    assert len(re.findall(r"\d{5,}", mask(once))) == len(re.findall(r"\d{5,}", once))

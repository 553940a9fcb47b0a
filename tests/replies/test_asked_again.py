"""Whoever names a number is not asked for it."""

import pytest

from agent.replies.asked_again import names_number
from agent.replies.extractive import ExtractiveComposer
from tests.replies.builders import evidence

PAGE = evidence(
    "Where is my booking",
    "Text us your booking number and we look it up. The link to your booking is in the email.",
)


def ask(question: str) -> str:
    draft = ExtractiveComposer().compose(question, evidence=[PAGE])
    return "" if draft is None else draft.text


def test_who_asks_without_a_number_is_asked_for_it() -> None:
    assert "Text us your booking number" in ask("where is my booking")


def test_who_names_it_is_not() -> None:
    assert "Text us" not in ask("where is my booking 77120")


@pytest.mark.parametrize("text", ["order 48213", "#A-1044", "booking KX77120"])
def test_a_number_of_an_order_is_one(text: str) -> None:
    assert names_number(text)


@pytest.mark.parametrize("text", ["where is my order", "its been 9 days", "size 42", "over 150"])
def test_other_numbers_are_none(text: str) -> None:
    assert not names_number(text)

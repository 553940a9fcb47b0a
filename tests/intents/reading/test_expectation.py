import pytest

from intents.reading.expectation import answer_of
from intents.types import Candidate, Doubt, Entity, EntityType, Expected

OPTIONS = ("track_order", "cancel_order")
SIZE = Entity(type=EntityType.SIZE, text="8 and a half", value="8.5", start=0, end=12)


def answer(text: str, expected: Expected | None, *, intent: str = "out_of_scope") -> str | None:
    best = Candidate(intent=intent, confidence=0.9)
    return answer_of(text, expected, best=best, doubt=Doubt.NONE, entities=(SIZE,))


@pytest.mark.parametrize(
    ("text", "intent", "meant"),
    [
        ("1", "deny", "track_order"),
        ("the second one", "deny", "cancel_order"),
        ("option 2", "deny", "cancel_order"),
        ("last one pls", "deny", "cancel_order"),
        ("cancel order", "greeting", "cancel_order"),
        ("where is it", "track_order", "track_order"),
        ("3", "deny", None),
        ("do you ship to peru", "delivery_options", None),
    ],
)
def test_a_choice_is_read_by_number_words_or_intent(
    text: str, intent: str, meant: str | None
) -> None:
    assert answer(text, Expected(kind="choice", options=OPTIONS), intent=intent) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("8 and a half wide", "8.5"),
        ("do you have it in blue too?", None),
        ("is 8 and a half ok", None),
    ],
)
def test_a_size_that_was_asked_for_is_an_answer_unless_it_is_a_question(
    text: str, meant: str | None
) -> None:
    assert answer(text, Expected(kind="entity", entity_type=EntityType.SIZE)) == meant


@pytest.mark.parametrize(("intent", "meant"), [("affirm", "yes"), ("deny", "no"), ("help", None)])
def test_yes_and_no_are_read_from_the_intent(intent: str, meant: str | None) -> None:
    assert answer("sure", Expected(kind="yes_no"), intent=intent) == meant


def test_nothing_is_answered_where_nothing_was_asked() -> None:
    assert answer("8 and a half", None) is None

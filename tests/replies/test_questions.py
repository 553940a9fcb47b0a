"""What a question asks for, in the words of people who never say 'price'."""

import pytest

from agent.replies.questions import Asked, Aspect, only_question, read_question

ASKS_THE_PRICE = (
    "whats the tall one go for",
    "what wud two nights set me back",
    "how much more does the big pot run me",
    "what do ye charge to come out to the house",
    "whats the damage on a dozen",
    "what are you asking for the blue one",
    "what's a full service going for these days",
    "what am i looking at for a 3 bed",
    "how mutch for two",
    "what's your going rate",
    "do i have to stump up the lot now",
)
ASKS_SOMETHING_ELSE = (
    "can i go for a run in these",
    "do these run small",
    "what should i go for",
    "does the zip run up to the neck",
    "water damage on my phone",
    "what time do you close",
    "what do you want me to bring",
    "can i charge my phone there",
)


@pytest.mark.parametrize("text", ASKS_THE_PRICE)
def test_a_price_is_asked_without_the_word(text: str) -> None:
    question = read_question(text)
    assert question.asked is Asked.HOW_MUCH
    assert Aspect.PRICE in question.aspects


@pytest.mark.parametrize("text", ASKS_SOMETHING_ELSE)
def test_the_same_words_may_ask_something_else(text: str) -> None:
    question = read_question(text)
    assert question.asked is not Asked.HOW_MUCH
    assert Aspect.PRICE not in question.aspects


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("is honeycrisp in stock. wanna plant before it freezes", "is honeycrisp in stock."),
        ("Sister in ohio has a birthday.\ndo you mail plants?", "do you mail plants?"),
        ("do you mail plants? and do you wrap them?", ""),
        ("do you mail plants", ""),
        ("My order came. Thanks so much. Lovely people.", ""),
        ("why? i dont get it", ""),
    ],
)
def test_the_one_question_in_a_story_is_found(text: str, asked: str) -> None:
    assert only_question(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("when do you open", Asked.WHEN),
        ("do you know when it starts", Asked.WHEN),
        ("last bus?", Asked.WHEN),
        ("next basics course", Asked.WHEN),
        ("which days is the van here", Asked.WHEN),
        ("what happens when i run out of data", Asked.OTHER),
        ("do i pay when i book", Asked.YES_NO),
    ],
)
def test_only_a_when_that_asks_asks_for_a_time(text: str, asked: Asked) -> None:
    assert read_question(text).asked is asked


def test_a_second_thing_asked_is_kept() -> None:
    question = read_question("home visit cost and which days do you do them")
    assert question.asked is Asked.HOW_MUCH
    assert question.also == {Asked.WHEN}

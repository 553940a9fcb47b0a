"""The same asked again and again, and angry words in the middle of another matter."""

from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.hearing.repeating import times_asked
from agent.store.unit_of_work import Database
from intents.types import ConsentReading
from tests.agent.builders import understanding
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("do you reglaze windows", "Do you reglaze windows?"),
        ("i asked do you reglaze windows", "do you reglaze windows"),
        ("REFUND!!", "refund"),
        ("again, can you post the kiln to malta?", "can you post the kiln to malta"),
    ],
)
def test_the_same_question_is_known_again(text: str, before: str) -> None:
    assert times_asked(understanding(text=text), [before]) == 1


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("do you post to malta", "do you post to cyprus"),
        ("is the kiln in stock", "how heavy is the kiln"),
        ("and the blue one", "and the red one"),
        ("in size 8", "in size 9"),
        ("how much is the small kiln", "how much is the large kiln"),
    ],
)
def test_another_question_is_not(text: str, before: str) -> None:
    assert times_asked(understanding(text=text), [before]) == 0


def test_greetings_ask_nothing() -> None:
    assert times_asked(understanding("greeting", text="hello?"), ["hello?", "hello"]) == 0


def test_who_asks_the_same_a_third_time_gets_a_person(house: House) -> None:
    house.answerer.answers["is the kiln safe"] = "It is a kiln."

    house.text("is the kiln safe")
    house.text("is the kiln safe")
    assert house.conversation().status is ConversationStatus.BOT
    house.text("is the kiln safe??")

    assert house.conversation().status is ConversationStatus.WAITING
    assert "not getting you any further" in house.last()


def test_who_asks_the_same_on_other_days_does_not(house: House) -> None:
    house.answerer.answers["where is my kiln"] = "On its way."
    for _ in range(3):
        house.text("where is my kiln")
        house.clock.forward(86_400)

    assert house.conversation().status is ConversationStatus.BOT


def say_angrily(house: House, text: str, frustration: float) -> None:
    house.understander.tell(
        text, frustration=frustration, consent=ConsentReading.UNSURE, consent_score=0.99
    )
    house.text(text)


def test_enough_said_of_another_matter_brings_a_person_and_no_question_about_texts(
    house: House,
) -> None:
    house.text("where is my kiln")

    say_angrily(house, "enough is enough", 0.7)

    assert house.conversation().status is ConversationStatus.WAITING
    assert "stop texting" not in house.last()


def test_annoyance_in_another_matter_is_offered_a_person(house: House) -> None:
    house.text("where is my kiln")

    say_angrily(house, "this is annoying", 0.55)

    assert "Shall I bring in a colleague" in house.last()


@pytest.mark.parametrize(
    ("first", "text"),
    [
        ("", "enough is enough"),
        ("where is my kiln", "stop it, just stop"),
        ("where is my kiln", "enough of these messages"),
    ],
)
def test_enough_out_of_the_blue_or_of_texts_is_asked_about(
    house: House, first: str, text: str
) -> None:
    if first:
        house.text(first)

    say_angrily(house, text, 0.7)

    assert "stop texting" in house.last()

"""Answers that missed: a person is offered, what was meant is answered, and the third time is one too many."""

from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.hearing.missed import read_miss
from agent.store.unit_of_work import Database
from intents.types import ConsentReading
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("this isn't what I was asking", ""),
        ("sorry but your answer does not help me", ""),
        ("no thanks, not useful", ""),
        ("you're still not listening to me!", ""),
        ("did you even read my message?", ""),
        ("i already said that twice", ""),
        ("huh??", ""),
        ("what does that mean", ""),
        ("I don't understand", ""),
        ("thanks but that is the same link as before", ""),
        ("that's not my question. do you cut glass?", "do you cut glass?"),
        ("no, i meant the oak one", "the oak one"),
        ("again: i asked about delivery to malta", "delivery to malta"),
        ("what i mean is whether it fits a van", "whether it fits a van"),
    ],
)
def test_a_miss_is_read_with_what_is_asked_instead(text: str, rest: str) -> None:
    miss = read_miss(text)

    assert miss is not None
    assert miss.rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "this isn't what I ordered", "that helped, thanks", "thanks but no thanks", "i mean it",
        "thanks but do you have it in oak", "i don't understand your fees page", "uh huh",
        "the lamp does not help my son read, can i return it", "arrived broken, what now",
        "what is the fee", "i said no",
    ],
)  # fmt: skip
def test_what_speaks_of_something_else_is_no_miss(text: str) -> None:
    assert read_miss(text) is None


def test_whoever_was_not_answered_is_offered_a_person(house: House) -> None:
    house.answerer.answers["how long does varnish last"] = "It dries in a day."
    house.understander.tell("thats not what i asked", intent="deny")
    house.text("how long does varnish last")

    house.text("thats not what i asked")
    assert "shall I bring in a colleague" in house.last()
    house.text("yes")

    assert house.conversation().status is ConversationStatus.WAITING


def test_not_to_understand_the_offer_takes_it_up_in_no_way(house: House) -> None:
    house.understander.tell("huh?", intent="affirm", confidence=0.96)
    house.text("how long does varnish last")

    house.text("huh?")

    assert house.conversation().status is ConversationStatus.BOT


def test_what_was_meant_is_answered(house: House) -> None:
    house.answerer.answers["what about the oak one"] = "The oak one is 40."
    house.text("how much is the stool")

    house.text("no, i mean the oak one")

    assert house.last() == "The oak one is 40."


def test_after_two_misses_a_person_comes(house: House) -> None:
    house.answerer.answers["how long does varnish last"] = "It dries in a day."
    house.text("how long does varnish last")

    house.text("huh?")
    house.text("i dont get it")

    assert house.conversation().status is ConversationStatus.WAITING


def test_out_of_the_blue_nothing_has_missed(house: House) -> None:
    house.understander.tell("i dont get it", intent="help")

    house.text("i dont get it")

    assert "What do you need" in house.last()


def test_a_miss_that_names_texts_is_asked_about(house: House) -> None:
    house.text("how long does varnish last")
    text = "you are not listening, no more messages"
    house.understander.tell(text, consent=ConsentReading.UNSURE, consent_score=0.99)

    house.text(text)

    assert "stop texting" in house.last()


@pytest.mark.parametrize("text", ["😡", "😤😤😤", "🖕"])
def test_an_angry_face_is_offered_a_person(house: House, text: str) -> None:
    house.text(text)

    assert "Shall I bring in a colleague" in house.last()

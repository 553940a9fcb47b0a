"""Refusals of a person: whoever wants none gets none, and whoever wants one still does."""

from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.escalation.refusals import read_refusal
from agent.store.unit_of_work import Database
from intents.types import Part
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock

PERSON = "contact_human_agent"


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("no need for a representative, I just wonder if you post to Malta", "I just wonder if you post to Malta"),
        ("pls do not escalate this to a manager", ""),
        ("rather not speak with someone, can you send the link", "can you send the link"),
        ("skip the human, do you sell vouchers", "do you sell vouchers"),
        ("a colleague of yours already helped me, thanks", ""),
        ("I'm not looking to chat with a rep", ""),
        ("i talked to one of your agents on Monday, all good now", ""),
        ("nobody needs to ring me, i dont want anyone to call me", ""),
        ("there's no need to bother anyone", ""),
        ("we'd prefer not to be transferred, what is the fee", "what is the fee"),
        ("not interested in a phone call, send it by mail", "send it by mail"),
        ("i would rather not be handed to an advisor", ""),
    ],
)  # fmt: skip
def test_a_refusal_is_read_with_what_is_said_besides(text: str, rest: str) -> None:
    refusal = read_refusal(text)

    assert refusal is not None
    assert refusal.rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "i'm not after a robot, give me a human being", "why can't i speak to someone",
        "i don't want to speak to anyone but a supervisor", "no human has replied to me",
        "isn't there anyone i can talk to", "I already spoke to an agent and nothing happened",
        "no one picks up, get me a person", "i was talking to someone and got cut off",
        "i don't want excuses, put a manager on", "not the machine, a real person",
        "never got a call back from your team", "no thanks, i want to talk to a person",
        "do not send me to the bot again, person please",
    ],
)  # fmt: skip
def test_who_wants_a_person_refuses_none(text: str) -> None:
    assert read_refusal(text) is None


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("i talked to one of your agents on Monday, all good now", True),
        ("we spoke to someone in the shop and she said it comes friday", True),
        ("I already talked to an agent, and i want no agent now", False),
        ("pls do not escalate this to a manager", False),
    ],
)
def test_a_person_of_the_past_is_told_from_one_refused(text: str, *, past: bool) -> None:
    refusal = read_refusal(text)

    assert refusal is not None
    assert refusal.past is past


def test_who_was_told_something_yesterday_neither_wants_nor_refuses_a_person(house: House) -> None:
    text = "i spoke to a person yesterday and she said the ladder comes today"
    house.understander.tell(text, intent=PERSON)

    house.text(text)

    assert house.answerer.asked[-1][0] == text
    assert "Shall I ask a colleague" in house.last()
    assert house.conversation().status is ConversationStatus.BOT


def test_what_is_asked_beside_a_person_of_the_past_is_answered(house: House) -> None:
    text = "i already talked to a human about it. what is the ladder made of"
    house.answerer.answers["what is the ladder made of"] = "Ash."
    house.understander.tell(text, intent=PERSON)

    house.text(text)

    assert house.last() == "Ash."


@pytest.mark.parametrize(
    "text",
    [
        "i need a person", "just let me talk to a real human please", "get me a manager now",
        "put me through to an operator", "we want to speak with a live agent, this is going nowhere",
        "actual human please",
    ],
)  # fmt: skip
def test_a_plain_wish_for_a_person_is_one_whatever_the_models_heard(
    house: House, text: str
) -> None:
    house.understander.tell(text, intent="help")

    house.text(text)

    assert house.conversation().status is ConversationStatus.WAITING


@pytest.mark.parametrize(
    "text",
    [
        "do i need a person to sign for it", "i need a person-sized tent", "price per person",
        "i need an agent number for the form", "can one person carry it", "is the manager in on friday",
    ],
)  # fmt: skip
def test_a_person_in_another_matter_is_not_called(house: House, text: str) -> None:
    house.text(text)

    assert house.conversation().status is ConversationStatus.BOT


def test_a_refused_person_does_not_come_and_the_question_is_answered(house: House) -> None:
    house.answerer.answers["do you sell vouchers"] = "Yes, from 10 upwards."
    house.understander.tell("skip the human, do you sell vouchers", intent=PERSON)

    house.text("skip the human, do you sell vouchers")

    assert house.last() == "Yes, from 10 upwards."
    assert house.conversation().status is ConversationStatus.BOT


def test_a_refusal_alone_is_acknowledged(house: House) -> None:
    house.understander.tell("i want no human on this", intent=PERSON)
    house.understander.tell("pls don't hand me to an operator", intent=PERSON)

    house.text("pls don't hand me to an operator")

    assert "no colleague" in house.last()
    assert house.conversation().status is ConversationStatus.BOT


def test_a_person_is_not_offered_to_who_refuses_one(house: House) -> None:
    house.understander.tell("without an operator please, is the loft ladder oak", intent=PERSON)

    house.text("without an operator please, is the loft ladder oak")

    assert "rather not guess" in house.last()
    assert "colleague" not in house.last()


def test_a_machine_refused_still_brings_a_person(house: House) -> None:
    house.understander.tell("i will not talk to software", intent=PERSON)

    house.text("i will not talk to software")

    assert house.conversation().status is ConversationStatus.WAITING


def test_a_call_refused_is_not_offered(house: House) -> None:
    text = "nobody has to phone me, i don't want a call back. is the ladder oak"
    parts = (
        Part(text="i don't want a call back.", intent="request_callback", confidence=0.9),
        Part(text="is the ladder oak", intent="product_info", confidence=0.9),
    )
    house.answerer.answers["is the ladder oak"] = "It is ash."
    house.understander.tell(text, intent="request_callback", parts=parts)

    house.text(text)

    assert house.conversation().status is ConversationStatus.BOT
    assert "call you" not in house.last()

"""'Don't stop' names STOP and means the opposite: what counts as a denial, and what does not."""

from pathlib import Path

import pytest

from agent.consent.denials import read_denial, stands
from agent.domain.consent import ConsentState
from agent.domain.conversations import ConversationStatus
from agent.store.unit_of_work import Database
from intents.types import ConsentReading
from tests.agent.builders import topics
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock

OPT_OUT, UNSURE = ConsentReading.OPT_OUT, ConsentReading.UNSURE


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Nah, keep them coming", ""),
        ("I never asked you to stop!", ""),
        ("i'm not asking you to stop writing, i'm asking for my parcel", "i'm asking for my parcel"),
        ("please do not unsubscribe me", ""),
        ("when did i say stop", ""),
        ("why would I want you to stop", ""),
        ("i want my deposit back, not to stop messages", "i want my deposit back"),
        ("i still want the updates", ""),
        ("why would you stop messaging us", ""),
        ("the alerts are fine, the sofa is not", "the sofa is not"),
    ],
)  # fmt: skip
def test_a_denial_is_heard_whatever_was_asked(text: str, rest: str) -> None:
    denial = read_denial(text, asked=False)

    assert denial is not None
    assert denial.rest == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("no. where's my stuff", "where's my stuff"),
        ("it's not the messages it's your driver", "it's your driver"),
        ("nope, the kettle is still broken", "the kettle is still broken"),
        ("Don't!", ""),
        ("it has nothing to do with the texts", ""),
        ("wait what, no, i need my invoice", "i need my invoice"),
        ("lol just kidding", ""),
        ("nah i was joking, is the kettle back", "is the kettle back"),
    ],
)
def test_after_the_question_a_no_in_front_is_its_answer(text: str, rest: str) -> None:
    denial = read_denial(text, asked=True)

    assert denial is not None
    assert denial.rest == rest
    assert read_denial(text, asked=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "no more texts", "no texts please", "don't text me again", "you don't stop texting me",
        "why don't you stop", "can you not stop messaging", "i told you and you did not stop",
        "i want the messages to stop", "you keep texting me", "don't just keep texting me",
        "who told you to text me", "i dont want these texts stop", "no longer want messages",
    ],
)  # fmt: skip
def test_complaints_and_opt_outs_are_no_denials(text: str) -> None:
    assert read_denial(text, asked=True) is None


def test_a_no_before_an_opt_out_of_its_own_denies_nothing() -> None:
    def read(text: str) -> tuple[ConsentReading | None, float]:
        return (OPT_OUT, 0.99) if "quit messaging" in text else (None, 0.0)

    assert stands(read_denial("no. quit messaging me", asked=True), read) is None
    assert stands(read_denial("no. bring the sofa", asked=True), read) is not None


def asked(house: House) -> None:
    house.understander.tell("i have had it", consent=UNSURE)
    house.text("i have had it")
    assert "YES or NO" in house.last()


@pytest.mark.parametrize(
    "text",
    [
        "nope, keep writing to me, i need the delivery slot",
        "i never said stop, i said the sofa is torn",
        "no, i'd like my money back rather, not to stop the messages",
        "nobody mentioned stopping anything",
    ],
)
def test_a_no_in_other_words_keeps_the_texts(house: House, text: str) -> None:
    asked(house)
    house.understander.tell(text, consent=OPT_OUT, consent_score=0.99)

    house.text(text)
    house.text("is anybody there to help with the sofa")

    assert house.consent() is not ConsentState.OUT
    assert len(house.replies()) == 3


def test_what_is_said_beside_the_no_is_answered(house: House) -> None:
    asked(house)
    house.answerer.answers["when does the van come"] = "Between two and four."
    house.understander.tell("no dont stop, when does the van come", consent=OPT_OUT)

    house.text("no dont stop, when does the van come")

    assert house.last() == "Between two and four."
    assert house.consent() is not ConsentState.OUT


@pytest.mark.parametrize(
    "text", ["yes", "no. quit messaging me", "yes please do", "just stop all of them"]
)
def test_a_plain_yes_and_an_opt_out_of_its_own_are_obeyed(house: House, text: str) -> None:
    asked(house)
    house.understander.tell("quit messaging me", consent=OPT_OUT, consent_score=0.99)
    house.understander.tell(text, consent=OPT_OUT if "quit" in text else None, answer="yes")

    house.text(text)

    assert house.consent() is ConsentState.OUT


def test_anger_that_may_mean_texts_is_no_second_opt_out(house: House) -> None:
    asked(house)
    house.understander.tell("what a shambles", consent=UNSURE, consent_score=0.8, answer="yes")

    house.text("what a shambles")

    assert house.consent() is not ConsentState.OUT
    assert "YES or NO" not in house.last()


def test_no_question_is_asked_where_somebody_wants_the_texts_to_go_on(house: House) -> None:
    house.understander.tell("please dont stop the alerts", consent=OPT_OUT, consent_score=0.99)

    house.text("please dont stop the alerts")

    assert house.consent() is not ConsentState.OUT
    assert "YES or NO" not in house.last()


def test_an_angry_complaint_that_names_no_texts_is_offered_a_person(house: House) -> None:
    house.understander.tell("a shambles from start to finish", consent=UNSURE, frustration=0.55)

    house.text("a shambles from start to finish")

    assert "sorry" in house.last()
    assert "Reply YES" in house.last()
    assert house.conversation().status is ConversationStatus.BOT


def test_who_gives_up_is_told_that_a_person_comes_and_not_asked_about_texts(house: House) -> None:
    house.understander.tell(
        "i throw in the towel", consent=UNSURE, consent_score=1.0, frustration=0.75
    )

    house.text("i throw in the towel")

    assert "colleague" in house.last()
    assert "YES or NO" not in house.last()
    assert house.conversation().status is ConversationStatus.WAITING


@pytest.mark.parametrize("text", ["are you kidding me", "you must be joking", "i'm not kidding"])
def test_who_is_in_no_mood_for_jokes_denies_nothing(text: str) -> None:
    assert read_denial(text, asked=True) is None


def test_an_insult_over_texts_is_asked_about_beside_the_person(house: House) -> None:
    house.understander.tell(
        "no more messages you clowns", consent=UNSURE, consent_score=0.99, topics=topics(abuse=0.9)
    )

    house.text("no more messages you clowns")

    assert "colleague" in house.last()
    assert "stop texting" in house.last()
    assert house.conversation().status is ConversationStatus.WAITING

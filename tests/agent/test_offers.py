"""The offer of a person outlives a greeting or another question; a time takes up that of a call."""

from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.store.unit_of_work import Database
from intents.types import Candidate, ConsentReading, Doubt, Sentiment
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock

WAITING, BOT = ConversationStatus.WAITING, ConversationStatus.BOT


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    house = build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)
    house.answerer.answers["is the oak stained"] = "It is oiled."
    house.understander.tell("good evening", intent="greeting")
    return house


@pytest.mark.parametrize(
    ("between", "text", "status"),
    [
        (["good evening"], "yes", WAITING),
        (["good evening"], "yes please", WAITING),
        (["is the oak stained"], "yes ask them", WAITING),
        (["is the oak stained"], "ok then check with your team", WAITING),
        (["is the oak stained", "good evening"], "yep, please do", WAITING),
        (["is the oak stained"], "ok", BOT),
        (["is the oak stained"], "no don't ask anyone", BOT),
        (["is the oak stained", "good evening", "is the oak stained"], "yes", BOT),
        ([], "ok", WAITING),
    ],
)
def test_an_offer_stands_for_a_while(
    house: House, between: list[str], text: str, status: ConversationStatus
) -> None:
    house.text("could you carve a name into it")
    assert "Reply YES" in house.last()

    for said in between:
        house.text(said)
    house.text(text)

    assert house.conversation().status is status


def test_an_offer_long_past_is_none(house: House) -> None:
    house.text("could you carve a name into it")
    house.text("good evening")
    house.clock.forward(2 * 3600)

    house.text("yes")

    assert house.conversation().status is BOT


@pytest.mark.parametrize(
    "text", ["between 5 and 6 would suit", "tomorrow morning", "any time after lunch", "at 4pm"]
)
def test_a_time_takes_up_the_offer_of_a_call(house: House, text: str) -> None:
    house.understander.tell("can one of you ring", intent="request_callback")
    house.text("can one of you ring")

    house.text(text)

    assert house.conversation().status is WAITING
    with house.parts.database.read() as uow:
        assert text in uow.escalations.open_cases()[0].reason


def test_a_time_takes_up_no_other_offer(house: House) -> None:
    house.text("could you carve a name into it")

    house.text("tomorrow morning")

    assert house.conversation().status is BOT


def test_a_question_with_a_time_is_a_question(house: House) -> None:
    house.understander.tell("can one of you ring", intent="request_callback")
    house.text("can one of you ring")

    house.text("are you open after 6 tomorrow?")

    assert house.conversation().status is BOT


PLEASED = {"sentiment": Sentiment.POSITIVE, "sentiment_score": 0.9, "frustration": 0.02}


@pytest.mark.parametrize(
    ("text", "delighted"),
    [
        ("the stool is gorgeous, my kids love it", True),
        ("superb, paid for oak and got pine", False),
        ("brilliant, third week without a stool", False),
        ("10/10 for hiding the invoice 🙄", False),
        ("top marks, it arrived in two pieces instead of one", False),
    ],
)
def test_delight_is_kept_for_praise_that_is_meant(
    house: House, text: str, *, delighted: bool
) -> None:
    house.understander.tell(text, intent="positive_feedback", **PLEASED)

    house.text(text)

    assert ("lovely" in house.last()) is delighted
    assert "hank" in house.last()


def test_praise_that_does_not_sound_pleased_is_thanked_for_plainly(house: House) -> None:
    house.understander.tell(
        "great stool", intent="positive_feedback", sentiment=Sentiment.NEUTRAL, sentiment_score=0.1
    )

    house.text("great stool")

    assert "lovely" not in house.last()


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("wonderful, one more week of waiting", {"sentiment": Sentiment.NEGATIVE, "frustration": 0.6}),
        ("thank you very much for wasting my morning", PLEASED),
        ("thanks for nothing", PLEASED),
    ],
)  # fmt: skip
def test_thanks_in_anger_are_a_complaint(
    house: House, text: str, felt: dict[str, Sentiment | float]
) -> None:
    house.understander.tell(text, intent="thanks", **felt)

    house.text(text)

    assert "sorry" in house.last()
    assert "colleague" in house.last()


@pytest.mark.parametrize("text", ["thanks for making me smile", "thank you for cancelling it"])
def test_thanks_that_are_meant_are_none(house: House, text: str) -> None:
    house.understander.tell(text, intent="thanks", **PLEASED)

    house.text(text)

    assert "welcome" in house.last()


def test_who_asks_for_a_call_is_told_the_number_too(house: House) -> None:
    house.understander.tell("can one of you ring", intent="request_callback")

    house.text("can one of you ring")

    assert house.parts.brand.contact.phone in house.last()
    assert "colleague to call you" in house.last()


def test_a_no_to_the_offer_is_no_word_about_texts(house: House) -> None:
    house.text("could you carve a name into it")
    house.understander.tell("no let it be", intent="deny", consent=ConsentReading.UNSURE)

    house.text("no let it be")

    assert "YES or NO" not in house.last()
    assert house.turns()[-1].trace.decision_before.rule == "offer_declined"


def test_thanks_or_praise_is_small_talk_whichever_it_is(house: House) -> None:
    house.understander.tell(
        "so glad of the stool, thank you",
        intent="thanks",
        doubt=Doubt.TOO_CLOSE,
        candidates=(
            Candidate(intent="thanks", confidence=0.5),
            Candidate(intent="positive_feedback", confidence=0.48),
        ),
    )

    house.text("so glad of the stool, thank you")

    assert "welcome" in house.last()


def test_thanks_in_an_angry_voice_is_not_welcomed(house: House) -> None:
    house.understander.tell(
        "oh thanks a bunch, the fourth form", intent="thanks", sentiment=Sentiment.NEGATIVE
    )

    house.text("oh thanks a bunch, the fourth form")

    assert "welcome" not in house.last()
    assert "colleague" in house.last()

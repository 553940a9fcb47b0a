"""What people in danger are told, and what the others are not frightened with."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from phonenumbers import shortnumberinfo

from agent.brand import Brand, Emergency, load_brand
from agent.domain.conversations import ConversationStatus
from agent.domain.signals import Escalate
from agent.emergency import KNOWN, helplines
from agent.escalation.urgency import Urgency, names_own_death, read_urgency
from agent.escalation.words import handover_template
from agent.handover import Handovers
from agent.replies.templates import load_templates
from agent.store.unit_of_work import Database
from tests.agent.builders import signals, topics, understanding
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock
from tests.fakes import DEMO

BRAND = load_brand(DEMO / "brand.yaml")
OPEN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # Tuesday 11:00 in Colorado
NIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


def brand(**changes: object) -> Brand:
    return BRAND.model_copy(update=changes)


@pytest.mark.parametrize("country", KNOWN)
def test_every_emergency_number_is_one_in_its_country(country: str) -> None:
    numbers = re.findall(r"\d+", KNOWN[country].emergency)

    assert numbers
    assert all(shortnumberinfo.is_emergency_number(number, country) for number in numbers)


@pytest.mark.parametrize(
    ("numbers", "zone", "emergency", "crisis"),
    [
        (("+15550100200",), "America/Denver", "911", "988"),
        (("+15550100200",), "America/Halifax", "911", "988"),
        (("+15550100200",), "Europe/Dublin", "112 or 999", "116 123"),
        (("+442079460000",), "America/New_York", "999", "Samaritans"),
        (("+6421000000",), "Pacific/Auckland", "111", "1737"),
        (("+61400000000",), "Australia/Perth", "000", "13 11 14"),
        (("+420600000000",), "Europe/Prague", "112", "crisis line"),
        (("+5691234567",), "America/Santiago", "local emergency number", "crisis line"),
    ],
)
def test_the_brands_country_says_whom_to_call(
    numbers: tuple[str, ...], zone: str, emergency: str, crisis: str
) -> None:
    lines = helplines(brand(numbers=numbers, time_zone=zone))

    assert emergency in lines.emergency
    assert crisis in lines.crisis


def test_the_brand_file_overrides_them() -> None:
    own = Emergency(number="122", crisis_line="Open Ear on 5550", safety_line="+1 555 010 0999")
    changed = brand(emergency=own)
    handovers = Handovers(brand=changed, templates=load_templates(changed))

    assert "Open Ear on 5550" in handovers.text("handover_crisis", "safety", OPEN)
    assert "122" in handovers.text("handover_crisis", "safety", OPEN)
    assert "+1 555 010 0999" in handovers.text("handover_safety", "safety", OPEN)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("i do not want to be alive any more", Urgency.CRISIS),
        ("been thinking of suicide since march", Urgency.CRISIS),
        ("she took all her tablets, i mean i took all my tablets", Urgency.CRISIS),
        ("my wife's lips are swelling after your curry", Urgency.EMERGENCY),
        ("he collapsed at the till and isn't breathing", Urgency.EMERGENCY),
        ("your kettle scalded my hand", Urgency.EMERGENCY),
        ("can the physio look at my shoulder on friday", Urgency.MILD),
        ("had a burn on my arm three months ago, is the sauna fine", Urgency.MILD),
        ("do you need a doctor's note for the refund", Urgency.MILD),
        ("everything is dark and i feel so empty", Urgency.UNCLEAR),
    ],
)
def test_words_tell_how_urgent_it_is(text: str, urgency: Urgency) -> None:
    assert read_urgency(text) is urgency


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("i am going to take my own life", True),
        ("pls just kill me", True),
        ("dont want to be alive any more", True),
        ("i just want to die", True),
        ("i want to die this dress is so pretty", False),
        ("end it all", False),
        ("can i hang it myself", False),
        ("i killed myself laughing", False),
        ("i take tablets for my heart, is the sauna fine", False),
    ],
)
def test_a_death_named_plainly_needs_no_mood(text: str, *, named: bool) -> None:
    assert names_own_death(text) is named


@pytest.mark.parametrize("now", [OPEN, NIGHT])
@pytest.mark.parametrize(
    ("text", "topic", "numbers"),
    [
        ("i want to end my life", "medical_or_crisis", ("988", "911")),
        ("there is blood everywhere", "medical_or_crisis", ("911",)),
        ("everything is dark and i feel so empty", "medical_or_crisis", ("988", "911")),
        ("the grill caught fire on our balcony", "safety_issue", ("911",)),
        ("the pram came apart", "safety_issue", ("911",)),
    ],
)
def test_in_danger_the_numbers_come_first_at_any_hour(
    text: str, topic: str, numbers: tuple[str, ...], now: datetime
) -> None:
    told = said(text, now, **{topic: 0.9})

    assert all(number in told for number in numbers)
    assert "colleague" in told
    assert told.index("911") < told.index("desk") if "desk" in told else True


@pytest.mark.parametrize("now", [OPEN, NIGHT])
@pytest.mark.parametrize(
    ("text", "topic", "words"),
    [
        ("grandma died, cancel her wool please", "bereavement", "sorry for your loss"),
        ("your fitter made remarks about my headscarf", "harassment_report", "sorry this happened"),
        ("you are the worst lot", "abuse", "sorry"),
        ("somebody took money with my card", "fraud_report", "sorry"),
    ],
)
def test_the_reason_gets_a_fitting_word_also_when_the_desk_is_closed(
    text: str, topic: str, words: str, now: datetime
) -> None:
    told = said(text, now, **{topic: 0.9})

    assert words in told
    assert ("back, tomorrow at 8 AM" in told) is (now is NIGHT)
    assert "911" not in told


def test_a_question_about_an_old_injury_frightens_nobody() -> None:
    told = said("i hurt my back last year, can i join the yoga class", OPEN, medical_or_crisis=0.9)

    assert "911" not in told
    assert "988" not in told


def test_a_death_of_an_illness_is_a_death() -> None:
    text = "my father had a stroke and is gone, please close his account"

    assert "loss" in said(text, OPEN, medical_or_crisis=0.9, bereavement=0.8)


def test_fury_is_told_sorry_at_night_too() -> None:
    handovers = Handovers(brand=BRAND, templates=load_templates(BRAND))

    told = handovers.text("handover_frustrated", "care", NIGHT)

    assert "sorry" in told
    assert "tomorrow at 8 AM" in told


def test_a_text_of_the_brands_own_without_a_promise_still_tells_the_opening() -> None:
    voice = BRAND.voice.model_copy(
        update={"templates": {"handover_frustrated": "So sorry. {minutes} minutes, promised."}}
    )
    changed = brand(voice=voice)
    handovers = Handovers(brand=changed, templates=load_templates(changed))

    assert handovers.text("handover_frustrated", "care", OPEN) == "So sorry. 20 minutes, promised."
    assert "tomorrow at 8 AM" in handovers.text("handover_frustrated", "care", NIGHT)


def test_somebody_waiting_who_falls_into_danger_is_not_left_in_silence(house: House) -> None:
    house.text("human")
    house.understander.tell("i took all my pills", topics=topics(medical_or_crisis=0.9))

    house.text("i took all my pills")

    assert "988" in house.last()
    assert house.conversation().status is ConversationStatus.WAITING


@pytest.mark.parametrize(
    ("text", "sentiment", "status"),
    [
        ("honestly i want to end my life", -0.8, ConversationStatus.WAITING),
        ("this form makes me want to die lol", -0.8, ConversationStatus.BOT),
        ("i wanna die, these curtains are so pretty", 0.7, ConversationStatus.BOT),
        ("is the tall ladder back, i want to hang myself", 0.0, ConversationStatus.WAITING),
        ("wanna die 😭", 0.7, ConversationStatus.WAITING),
        ("dying to see the curtains, kill me now lol", -0.8, ConversationStatus.BOT),
    ],
)
def test_plain_grim_words_are_believed_though_no_model_heard_them(
    house: House, text: str, sentiment: float, status: ConversationStatus
) -> None:
    house.understander.tell(text, sentiment_score=sentiment)

    house.text(text)

    assert house.conversation().status is status
    assert ("988" in house.last()) is (status is ConversationStatus.WAITING)


@pytest.mark.parametrize(
    ("text", "heard", "status"),
    [
        ("tonight i end it all", {"medical_or_crisis": 0.3}, ConversationStatus.WAITING),
        ("dad collapsed by the till", {"safety_issue": 0.3}, ConversationStatus.WAITING),
        ("dad collapsed by the till lol", {"safety_issue": 0.3}, ConversationStatus.BOT),
        ("the tent collapsed nicely flat", {"safety_issue": 0.05}, ConversationStatus.BOT),
        ("where are the bandages", {"medical_or_crisis": 0.3}, ConversationStatus.BOT),
    ],
)
def test_plain_words_of_danger_are_believed_where_a_model_half_hears_them(
    house: House, text: str, heard: dict[str, float], status: ConversationStatus
) -> None:
    house.understander.tell(text, topics=topics(**heard))

    house.text(text)

    assert house.conversation().status is status


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("put me through to a person, i am going to kill myself", ("988", "911")),
        ("agent please, my son is choking on the lid", ("911",)),
    ],
)
def test_who_asks_for_a_person_in_danger_is_told_whom_to_call(
    house: House, text: str, numbers: tuple[str, ...]
) -> None:
    house.understander.tell(
        text, intent="contact_human_agent", topics=topics(medical_or_crisis=0.6), frustration=0.8
    )

    house.text(text)

    assert all(number in house.last() for number in numbers)
    assert house.conversation().status is ConversationStatus.WAITING


def test_a_yes_to_an_offer_from_somebody_in_danger_is_told_whom_to_call(house: House) -> None:
    house.text("do you sell rope by the metre")
    house.understander.tell(
        "yes, and i want to end my life", answer="yes", topics=topics(medical_or_crisis=0.9)
    )

    house.text("yes, and i want to end my life")

    assert "988" in house.last()


def said(text: str, now: datetime, **scores: float) -> str:
    situation = signals(text, read=understanding(topics=topics(**scores)))
    about = next(iter(scores))
    escalate = Escalate(rule="sensitive_topic", queue="safety", reason="", about=about)
    handovers = Handovers(brand=BRAND, templates=load_templates(BRAND))
    return handovers.text(handover_template(escalate, situation), "safety", now)

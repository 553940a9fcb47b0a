"""Several wishes in one message: each is answered, or a person is offered for it, once."""

from typing import Any

import pytest

from agent.domain.conversations import ConversationStatus, PendingKind
from agent.replies.segments import measure
from intents.types import ConsentReading, Entity, EntityType, Part
from tests.agent.house import House

TWO = "where is my parcel and can i change the address"
WHERE, ADDRESS = "where is my parcel", "can i change the address"
ON_ITS_WAY = "It is on its way."
BEFORE_IT_SHIPS = "Yes, until it ships."


def part(text: str, intent: str, confidence: float = 0.9) -> Part:
    return Part(text=text, intent=intent, confidence=confidence)


PARTS = (part(WHERE, "track_order"), part(ADDRESS, "change_shipping_address"))


@pytest.fixture
def two(house: House) -> House:
    house.understander.tell(TWO, intent="track_order", parts=PARTS)
    return house


def outcome(house: House) -> Any:
    return house.turns()[-1].trace.signals_after.outcome


def test_both_are_answered_in_the_order_asked_in_one_message(two: House) -> None:
    two.answerer.answers |= {WHERE: ON_ITS_WAY, ADDRESS: BEFORE_IT_SHIPS}

    two.text(TWO)

    assert two.replies() == [f"{ON_ITS_WAY}\n{BEFORE_IT_SHIPS}"]
    (turn,) = two.turns()
    assert turn.result["turn"]["route"] == "knowledge"
    assert turn.trace.decision_before.rule == "several_intents"
    assert [(p.intent, p.answered) for p in outcome(two).parts] == [
        ("track_order", True),
        ("change_shipping_address", True),
    ]


def test_a_second_wish_may_lean_on_the_first(two: House) -> None:
    two.text(TWO)

    assert [asked[:2] for asked in two.answerer.asked[:2]] == [(WHERE, ""), (ADDRESS, WHERE)]


def test_what_is_not_known_is_named_and_a_colleague_offered(two: House) -> None:
    two.answerer.answers[WHERE] = ON_ITS_WAY

    two.text(TWO)

    assert two.last().startswith(f'{ON_ITS_WAY}\nAs for "{ADDRESS}", I\'d rather not guess.')
    assert two.last().endswith("Reply YES.")
    assert outcome(two).answered
    assert outcome(two).failure is None
    assert two.conversation().failed_turns == 0

    two.text("yes")

    assert two.conversation().status is ConversationStatus.WAITING


def test_two_that_are_not_known_are_named_in_one_offer_and_count_as_one_failure(two: House) -> None:
    two.text(TWO)

    assert f'"{WHERE}" and "{ADDRESS}"' in two.last()
    assert two.last().count("Reply YES") == 1
    assert outcome(two).failure == "not_known"
    assert two.conversation().failed_turns == 1


def test_a_message_taken_apart_wrongly_is_answered_as_a_whole(two: House) -> None:
    two.answerer.answers[TWO] = "All of it."

    two.text(TWO)

    assert two.replies() == ["All of it."]
    assert two.conversation().pending is None


def test_the_same_answer_is_said_once(two: House) -> None:
    two.answerer.answers |= {WHERE: ON_ITS_WAY, ADDRESS: ON_ITS_WAY}

    two.text(TWO)

    assert two.replies() == [ON_ITS_WAY]


def test_what_does_not_fit_one_message_takes_two(two: House) -> None:
    long, longer = "The first part. " + "a" * 190, "The second part. " + "b" * 200
    two.answerer.answers |= {WHERE: long, ADDRESS: longer}

    two.text(TWO)

    assert two.replies() == [long, longer]


def test_answers_too_long_even_for_two_lose_their_last_sentences(house: House) -> None:
    told = [f"Start {n}. " + f"{n}" * 140 + ". " + f"{n}" * 120 + "." for n in (1, 2, 3)]
    names = ["one thing", "another thing", "a third thing"]
    intents = ["product_info", "return_item", "track_order"]
    house.understander.tell("all three", parts=tuple(map(part, names, intents)))
    house.answerer.answers |= dict(zip(names, told, strict=True))

    house.text("all three")

    assert len(house.replies()) == 2
    assert all(measure(reply).segments <= 2 for reply in house.replies())
    assert all(f"Start {n}." in " ".join(house.replies()) for n in (1, 2, 3))


def test_a_wish_that_needs_a_person_is_offered_one_last(house: House) -> None:
    text = "your courier was rude and when do you open"
    house.understander.tell(
        text,
        parts=(part("your courier was rude", "complaint"), part("when do you open", "store_hours")),
    )
    house.answerer.answers["when do you open"] = "At 10."

    house.text(text)

    assert house.last().startswith("At 10.\nI'm sorry to hear that.")
    assert house.conversation().pending.kind is PendingKind.OFFER_PERSON


def test_a_person_is_offered_once_for_what_is_not_known_and_what_needs_one(house: House) -> None:
    text = "call me back, your courier was rude, and what is a frobnicator"
    house.understander.tell(
        text,
        parts=(
            part("call me back", "request_callback"), part("your courier was rude", "complaint"),
            part("what is a frobnicator", "product_info"),
        ),
    )  # fmt: skip

    house.text(text)

    assert house.last().count("Reply YES") == 1
    assert 'As for "what is a frobnicator"' in house.last()


def test_two_wishes_that_both_need_a_person_are_one_offer(house: House) -> None:
    house.understander.tell(
        "rude! call me",
        parts=(part("rude!", "complaint"), part("call me", "request_callback")),
    )

    house.text("rude! call me")

    assert house.turns()[-1].result["turn"]["route"] == "smalltalk"
    assert house.conversation().pending.kind is PendingKind.OFFER_PERSON


def test_small_talk_among_the_wishes_has_its_own_words(house: House) -> None:
    text = "are you a robot? and when do you open"
    house.understander.tell(
        text,
        parts=(part("are you a robot?", "bot_challenge"), part("when do you open", "store_hours")),
    )
    house.answerer.answers["when do you open"] = "At 10."

    house.text(text)

    assert "automated assistant" in house.last()
    assert house.last().endswith("At 10.")


def test_the_fourth_wish_is_named_not_dropped(house: House) -> None:
    names = [
        ("a", "track_order"),
        ("b", "store_hours"),
        ("c", "loyalty"),
        ("and the invoice too", "get_invoice"),
    ]
    house.understander.tell("much", parts=tuple(part(*name) for name in names))
    house.answerer.answers |= {name: f"{name} is so." for name, _ in names}

    house.text("much")

    said = " ".join(house.replies())
    assert all(f"{name} is so." in said for name in "abc")
    assert 'As for "and the invoice too"' in said
    assert len(house.answerer.asked) == 3


def test_a_wish_for_a_person_in_one_half_is_heard(house: House) -> None:
    text = "where is my parcel and get me a person"
    house.understander.tell(
        text, parts=(part(WHERE, "track_order"), part("get me a person", "contact_human_agent"))
    )

    house.text(text)

    assert house.turns()[-1].result["turn"]["escalation"]["rule"] == "asked_for_person"


def test_a_wish_for_no_more_texts_in_one_half_is_asked_about(house: House) -> None:
    text = "where is my parcel and quit it with the msgs"
    house.understander.tell(
        text, parts=(part(WHERE, "track_order"), part("quit it with the msgs", "opt_out", 0.7))
    )

    house.text(text)

    assert "YES or NO" in house.last()


def test_stop_comes_before_any_wish(two: House) -> None:
    two.understander.tell(TWO, parts=PARTS, consent=ConsentReading.OPT_OUT, consent_score=0.99)

    two.text(TWO)

    assert "no more texts" in two.last()
    assert two.answerer.asked == []


def test_a_burst_of_two_texts_with_a_wish_each_gets_both_answers(house: House) -> None:
    house.understander.tell(f"{WHERE}\n{ADDRESS}", parts=PARTS)
    house.answerer.answers |= {WHERE: ON_ITS_WAY, ADDRESS: BEFORE_IT_SHIPS}
    house.text(WHERE, run=False)

    house.text(ADDRESS)

    assert house.replies() == [f"{ON_ITS_WAY}\n{BEFORE_IT_SHIPS}"]


def test_an_order_named_in_one_half_is_meant_in_the_other(house: House) -> None:
    text = "order 123456 where is it and can i change the address"
    number = Entity(type=EntityType.ORDER_NUMBER, text="123456", value="123456", start=6, end=12)
    house.understander.tell(
        text,
        entities=(number,),
        parts=(
            part("order 123456 where is it", "track_order"),
            part(ADDRESS, "change_shipping_address"),
        ),
    )

    house.text(text)

    # Neither half may be told about another order than the one named, which is not theirs.
    assert [facts for _, _, facts in house.answerer.asked[:2]] == [(), ()]

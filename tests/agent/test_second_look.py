"""An alarm that is not sure is looked at again: without the brand's names, and in its context."""

from dataclasses import replace

import pytest

from agent.hearing.second_look import second_look
from intents.types import Candidate, ConsentReading, Entity, EntityType, Understanding
from tests.agent.builders import topics, understanding
from tests.agent.house import House

CALM = understanding("product_info")


def unsure(text: str, score: float = 0.5, *products: str) -> Understanding:
    return understanding(
        "opt_out",
        score,
        text=text,
        consent=ConsentReading.UNSURE,
        consent_score=score,
        entities=tuple(named(text, product) for product in products),
    )


def named(text: str, product: str) -> Entity:
    start = text.index(product)
    return Entity(
        type=EntityType.PRODUCT, text=product, value=product, start=start, end=start + len(product)
    )


def looked(read: Understanding, previous: str = "", **views: Understanding) -> Understanding:
    """Look again, where other views of the text read as given by their last word; else calmly."""

    def again(text: str) -> Understanding:
        return replace(views.get(text.rsplit(maxsplit=1)[-1], CALM), text=text)

    return second_look(read, previous, again)


def test_leaving_that_was_only_heard_in_a_products_name_is_not_asked_about() -> None:
    seen = looked(unsure("cut of the gone fishing in blue", 0.5, "gone fishing"))

    assert (seen.consent, seen.intent) == (None, "product_info")
    assert seen.text == "cut of the gone fishing in blue"


def test_leaving_that_is_heard_without_the_name_too_is_asked_about() -> None:
    seen = looked(
        unsure("done with the quiet life", 0.5, "quiet life"), item=unsure("done with the item")
    )

    assert seen.consent is ConsentReading.UNSURE


@pytest.mark.parametrize("score", [0.8, 0.99])
def test_a_sure_alarm_stands_whatever_the_products_are_called(score: float) -> None:
    read = unsure("leave me alone already", score, "leave me alone")

    assert looked(read) == read


def test_a_text_that_is_nothing_but_a_name_has_nothing_else_to_be_read_by() -> None:
    read = unsure("leave me alone", 0.5, "leave me alone")

    assert looked(read) == read


@pytest.mark.parametrize(
    ("text", "previous", "asked"),
    [
        ("and to the orkneys", "do you deliver to skye?", False),
        ("ok and the small one", "is the large pot frost proof", False),
        ("what about sundays", "are you open on saturday", False),
        ("and to the orkneys", "", True),
        ("im out", "do you deliver to skye?", True),
        ("and i am so very tired of hearing this", "do you deliver to skye?", True),
    ],
)
def test_a_few_words_that_go_on_are_read_after_what_they_go_on_from(
    text: str, previous: str, *, asked: bool
) -> None:
    seen = looked(unsure(text), previous)

    assert (seen.consent is ConsentReading.UNSURE) is asked


def test_an_unsure_topic_is_as_probable_as_without_the_names() -> None:
    text = "blade for the reaper"
    read = understanding(
        text=text,
        topics=topics(abuse=0.6, safety_issue=0.6, legal_threat=0.95),
        entities=(named(text, "reaper"),),
    )

    seen = looked(read, item=replace(CALM, topics=topics(safety_issue=0.5)))

    assert {t.topic: t.probability for t in seen.topics} == {
        "legal_threat": 0.95,
        "safety_issue": 0.5,
    }


def test_a_topic_is_no_less_probable_after_a_harmless_question() -> None:
    read = understanding(text="and it caught fire", topics=topics(safety_issue=0.6))

    assert looked(read, "price of the toaster") == read


def test_a_person_who_is_part_of_a_name_is_not_asked_for() -> None:
    text = "price of the first person"
    read = understanding(
        "contact_human_agent",
        0.6,
        text=text,
        candidates=(Candidate(intent="contact_human_agent", confidence=0.6),),
        entities=(named(text, "first person"),),
    )

    assert looked(read).intent == "product_info"


def test_nothing_is_read_twice_where_nothing_alarms() -> None:
    def again(_text: str) -> Understanding:
        raise AssertionError("read again")

    read = understanding(text="and the blue one", entities=(named("and the blue one", "blue one"),))

    assert second_look(read, "price of the red one", again) == read


def test_a_follow_up_is_answered_instead_of_being_asked_whether_texts_shall_end(
    house: House,
) -> None:
    house.understander.tell(
        "and to the orkneys", intent="opt_out", consent=ConsentReading.UNSURE, consent_score=0.4
    )
    house.answerer.answers["and to the orkneys"] = "Yes, for £9."
    house.text("do you deliver to skye?")

    house.text("and to the orkneys")

    assert house.last() == "Yes, for £9."

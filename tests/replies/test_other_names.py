"""A thing of another name is no answer."""

import pytest

from agent.replies.candidates import candidates_of
from agent.replies.other_names import of_the_same_name
from agent.replies.questions import read_question
from tests.replies.builders import evidence

WAYS = evidence(
    "Getting here",
    "We pick up from Kerry airport for €55. The last bus to Killarney leaves at 17:40. "
    "Parcels to Austria cost €9. Vans come to every town. Dogs are welcome.\n"
    "From: Cork Airport; Fare: €80",
)


def left(question: str) -> list[str]:
    candidates = candidates_of([WAYS])
    return [one.unit.text for one in of_the_same_name(read_question(question), candidates)]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("can you pick us up from shannon airport", "We pick up from Kerry airport for €55."),
        ("last bus to limerick?", "The last bus to Killarney leaves at 17:40."),
        ("when is the last bus to limerick", "The last bus to Killarney leaves at 17:40."),
    ],
)
def test_a_sentence_about_another_of_that_name_is_left_out(question: str, sentence: str) -> None:
    assert sentence not in left(question)
    assert len(left(question)) == len(candidates_of([WAYS])) - 1


def test_a_country_may_hold_the_place_that_is_named() -> None:
    assert "Parcels to Austria cost €9." in left("how much is a parcel to vienna")


@pytest.mark.parametrize(
    "question",
    [
        "can you pick us up from kerry airport",
        "can you pick us up from the nearest airport",
        "does a bus go to limerick",
        "how many airports are there",
        "are dogs ok",
    ],
)
def test_what_may_be_meant_stays(question: str) -> None:
    assert len(left(question)) == len(candidates_of([WAYS]))

"""Questions that go on from the one before."""

import pytest

from agent.replies.extractive import ExtractiveComposer
from agent.replies.questions import Asked
from agent.replies.threads import earlier_questions, read_follow_up, without_neighbours
from tests.replies.builders import evidence


@pytest.mark.parametrize(
    ("question", "tried"),
    [
        ("and for kids?", ("what does a swim cost",)),
        ("how long is that", ("what does a swim cost",)),
        ("the price?", ("what does a swim cost",)),
        ("do you have lockers", ("", "what does a swim cost")),
        ("is there a sauna", ("", "what does a swim cost")),
        ("can i bring my own towel and slippers", ("",)),
    ],
)
def test_only_what_leans_is_read_with_the_question_before(question: str, tried: tuple[str, ...]):
    assert earlier_questions(question, "what does a swim cost") == tried


def test_nothing_goes_on_from_nothing():
    assert earlier_questions("and for kids?", "") == ("",)


def test_what_is_not_asked_anew_is_asked_as_before():
    read = read_follow_up("and for two hours?", "how much is a kayak for one hour?")
    assert read.asked is Asked.HOW_MUCH
    assert read.text == "how much is a kayak for and for two hours?"


def test_what_is_asked_anew_is_asked_of_the_thing_before():
    read = read_follow_up("how long does it take", "how much is a dog trim")
    assert read.asked is Asked.HOW_LONG
    assert "dog trim" in read.text


def test_a_place_beside_takes_the_place_of_the_one_before():
    paths = ["Our salons > Leith", "Our salons > Portobello", "Prices > Trim"]
    before = without_neighbours("when does leith open", "what about portobello", paths)
    assert before == "when does open"
    assert without_neighbours("a trim in leith", "and a wash", paths) == "a trim in leith"


TRIM = evidence("Prices > Dog trim", "A dog trim costs £38 and takes two hours.", 1)
WASH = evidence("Prices > Wash and dry", "A wash costs £15 and takes half an hour.", 2)


def reading_the_first(_question: str, sentences) -> list[float]:
    return [5.0 - place for place in range(len(sentences))]


@pytest.mark.parametrize(
    ("question", "told"), [("and a wash?", "A wash costs £15"), ("what about a fish pedicure", "")]
)
def test_another_thing_is_answered_by_what_speaks_of_it_or_not_at_all(question: str, told: str):
    draft = ExtractiveComposer(read=reading_the_first).compose(
        question, evidence=[TRIM, WASH], context="how much is a dog trim"
    )
    assert (draft.text if draft else "").startswith(told)
    assert bool(draft) is bool(told)

"""Who names no day is told the whole week, and only where the pages have it in rows."""

import pytest

from agent.replies.evidence import Evidence
from agent.replies.opening_hours import answer_with_hours
from agent.replies.questions import read_question
from tests.replies.builders import evidence

TOWN = evidence(
    "Our shops, opening hours and parking > Town",
    "Day: Monday to Friday; Town: 10 a.m. to 7 p.m.\nDay: Sunday; Town: 11 a.m. to 5 p.m.",
    1,
)
LAKE = evidence(
    "Our shops, opening hours and parking > Lake",
    "- Monday: closed\n- Tuesday to Sunday: 10:00 to 18:00\n- December 24: 9:00 to 12:00",
    2,
)
HOLIDAYS = evidence("Opening hours > Holidays", "On Friday, November 27, both open at 8 a.m.", 3)
BOTH = evidence(
    "Open",
    "Day: Monday; Mill: closed; Quay: 9am - 5pm\nDay: Sunday; Mill: 9am - 2pm; Quay: closed",
    4,
)
CLASSES = evidence(
    "Classes > Times", "Day: Monday; Class: 6pm to 8pm\nDay: Friday; Class: 5pm to 7pm", 5
)
TOWN_SAID = "Town: Monday to Friday 10 a.m. to 7 p.m., Sunday 11 a.m. to 5 p.m."
LAKE_SAID = "Lake: Monday: closed, Tuesday to Sunday: 10:00 to 18:00."


def said(question: str, *pages: Evidence, longest: int = 300) -> str | None:
    draft = answer_with_hours(read_question(question), pages, lambda text: len(text) <= longest)
    return None if draft is None else draft.text


@pytest.mark.parametrize("question", ["when do you open", "opening hours?", "r u open"])
def test_the_week_of_each_place_is_told(question: str) -> None:
    assert said(question, HOLIDAYS, TOWN, LAKE) == f"{TOWN_SAID}\n{LAKE_SAID}"


def test_a_place_that_is_named_is_told_alone() -> None:
    assert said("when does the lake store close", TOWN, LAKE) == LAKE_SAID


def test_several_columns_keep_their_headers() -> None:
    assert said("when do you open", BOTH) == (
        "Open: Monday (Mill closed, Quay 9am - 5pm), Sunday (Mill 9am - 2pm, Quay closed)."
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("are you open on friday", "Town: Monday to Friday 10 a.m. to 7 p.m.\nLake: Tuesday to Sunday: 10:00 to 18:00."),
        ("is the lake open mondays", "Lake: Monday: closed."),
        ("how late r u open tmrw (Sunday)", "Town: Sunday 11 a.m. to 5 p.m.\nLake: Tuesday to Sunday: 10:00 to 18:00."),
        ("what time do you close sat", "Lake: Tuesday to Sunday: 10:00 to 18:00."),
    ],
)  # fmt: skip
def test_a_weekday_that_is_named_is_told_alone(question: str, told: str) -> None:
    assert said(question, HOLIDAYS, TOWN, LAKE) == told


def test_what_does_not_fit_is_left_out() -> None:
    assert said("when do you open", TOWN, LAKE, longest=len(TOWN_SAID)) == TOWN_SAID


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("are you open on friday, november 27", TOWN),
        ("are you open on easter sunday", TOWN),
        ("can i come on friday", TOWN),
        ("what does a pot cost", TOWN),
        ("when do you open", CLASSES),
        ("when do you open", HOLIDAYS),
        ("when does the cafe close", TOWN),
    ],
)
def test_anything_else_is_left_to_the_sentences(question: str, page: Evidence) -> None:
    assert said(question, page) is None


def test_the_words_told_stand_in_the_evidence() -> None:
    draft = answer_with_hours(read_question("when do you open"), [TOWN], lambda _: True)
    assert draft is not None
    assert TOWN_SAID in draft.evidence[0].text

"""Which case a question names, and which sentences speak of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.replies.cases import Fit, fit_of

MILES = "we're 12 miles out, what's it cost to bring us 5 shrubs"
ZONE = "delivery to s8 cost?"
FEBRUARY = "Swinging by this coming Feb on a Sunday, what are your hours"
SUNDAY = "kelham sunday what time u shut"
IN_FIVE_DAYS = "can't do the course any more, starts in 5 days. what do i get back"


@pytest.mark.parametrize(
    ("question", "sentence", "met", "missed"),
    [
        (MILES, "Distance: 10-20 miles; Plants: $45; Bulk: $80", 1, 0),
        (MILES, "Distance: up to 10 miles; Plants: $25; Bulk: $55", 0, 1),
        (ZONE, "Zone: B; Postcodes: S4, S5, S6, S8, S9; Fee: £6.50", 1, 0),
        (ZONE, "Zone: A; Postcodes: S1, S2, S3; Fee: £4.50", 0, 1),
        (SUNDAY, "Day: Sunday; Open: 9am - 2pm", 1, 0),
        (SUNDAY, "Day: Monday; Open: closed", 0, 1),
        ("open weds?", "Mon-Fri 9-5", 1, 0),
        ("open weds?", "Mon-Wed-Fri 9-5", 1, 0),
        ("open thurs?", "Mon-Wed-Fri 9-5", 0, 1),
        ("open weds?", "We are closed Sat and Sun.", 0, 1),
        ("open weds?", "We bake daily.", 1, 0),
        (FEBRUARY, "Season: January 5 - April 14; Mon-Fri: 10am-4pm; Sunday: closed", 2, 0),
        (FEBRUARY, "Season: April 15 - June 30; Mon-Fri: 8am-7pm; Sunday: 9am-5pm", 1, 1),
        ("can i come in jan", "Open November to March.", 1, 0),
        ("can i come in june", "Open November to March.", 0, 1),
        (IN_FIVE_DAYS, "Up to 14 days before the first lesson: everything back.", 0, 1),
        ("not coming, its in 20 days", "Up to 14 days before it everything is paid back.", 1, 0),
        ("booked on a class 10 days from now", "Between 5 days and 48 hours before: half.", 0, 1),
        ("My daughter is 12 and mad about piping", "From 14 years, with an adult.", 0, 1),
        ("is my 4 year old ok", "Children from 3 years may join.", 1, 0),
        ("is it free for my mum shes 58", "Tests are free for anyone over 60 years.", 0, 1),
        ("my bag is 25 kg", "Bags up to 23 kg go free.", 0, 1),
        ("my bag is 20kg", "Bags up to 23 kg go free.", 1, 0),
        ("is it 30 days", "You have 30 days to return it.", 1, 0),
        ("do you come out to S35", "Zone A (S1, S2, S3, S7, S10, S11)", 0, 1),
        ("got 12 radiators, how much", "Job: Power flush, up to 8 radiators; Price: £420", 0, 1),
        ("can 14 of us come", "Groups of 8 people or more pay less.", 1, 0),
        ("we are 5", "It takes up to four people.", 0, 1),
        ("ten kids", "Up to eight children £189, each further one £17.", 1, 0),
        ("my grandson is twelve", "Ticket: Under 16; Price: £5.50", 1, 0),
        ("my kid is 5", "Who: Children 6-12; Price: £5", 0, 1),
        ("shes 70, any discount", "Over-65s pay £4.", 1, 0),
        ("my 5 year old", "Bags under 25 kg", 0, 0),
    ],
)
def test_a_case_is_met_or_missed(question: str, sentence: str, met: int, missed: int) -> None:
    assert fit_of(question, sentence) == Fit(met=met, missed=missed)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("hello there", "Open Mon-Fri."),
        ("are you open sundays", "Parking is free."),
        ("is it 45 days", "You have 30 days to return it."),
        ("u may keep it, sat here waiting", "Open in May, Sat and Sun."),
    ],
)
def test_what_names_no_case_or_sets_none_apart_tells_nothing(question: str, sentence: str) -> None:
    assert fit_of(question, sentence).missed == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_is_refused(question: str, sentence: str) -> None:
    fit = fit_of(question, sentence)
    assert fit.met >= 0 <= fit.missed


@given(st.lists(st.sampled_from(["Mon", "wed", "Friday", "-", ",", " to ", "&", "9-5", "May"])))
def test_no_list_of_days_is_refused(pieces: list[str]) -> None:
    fit = fit_of("open weds or May?", "".join(pieces))
    assert min(fit.met, fit.missed) >= 0

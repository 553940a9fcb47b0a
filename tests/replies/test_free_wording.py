"""The guard on free wording: what a language model adds without stating more, and what it may not."""

import pytest

from agent.replies.clock_words import in_figures
from agent.replies.discourse import matter_of_speech
from agent.replies.evidence import Evidence
from agent.replies.guard import Guard
from agent.replies.leeway import probability
from agent.replies.values import values_of
from tests.replies.near_misses import Part, near_misses

KILN = Evidence(
    id="p1",
    kind="passage",
    source="kiln.md",
    heading="Kiln hire",
    text=(
        "Firing a shelf costs €18 and takes 36 hours. Glaze firings are on Tuesdays and Fridays. "
        "Marit Aune loads the kiln from 14:00 to 18:30. Lunch is not provided."
    ),
)
WHEEL = Evidence(
    id="p2",
    kind="passage",
    source="wheel.md",
    heading="Wheel course",
    text="The wheel course is led by Jonas Berg. Wheels rent for €9 an hour, at least 2 hours.",
)


@pytest.mark.parametrize(
    "reply",
    [
        "No worries! Just so you know, firing a shelf costs €18.",
        "I'm afraid lunch isn't provided, sorry about that!",
        "Great question! A shelf takes a day and a half to fire, so plan 36 hours.",
        "You're very welcome to come for a glaze firing on a Tuesday or Friday.",
        "Marit Aune loads the kiln from two in the afternoon until half past six in the evening.",
        "Firing a shelf comes to €18, and glaze firings are on Fridays.",
    ],
)
def test_what_free_wording_adds_is_let_through(reply):
    result = Guard().check(reply, (KILN, WHEEL), freely=True)

    assert result.cut == ()
    assert result.text


@pytest.mark.parametrize(
    "reply",
    [
        "No worries! Just so you know, firing a shelf costs €16.",
        "Happy to help! Marit Berg loads the kiln.",
        "A shelf costs €18 with lunch.",
        "Firing a shelf costs €18, and so does the wheel course.",
        "You can come for a glaze firing on a Monday or Friday.",
        "A shelf costs €18 and we'll text you when it's done.",
        "Marit Aune loads the kiln until half past seven in the evening.",
    ],
)
def test_a_lie_in_free_wording_is_cut(reply):
    result = Guard().check(reply, (KILN, WHEEL), freely=True)

    assert result.cut


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Please note that dogs stay outside.", "dogs stay outside."),
        ("Unfortunately, we're full.", "we're full."),
        ("Feel free to ring us.", "you can ring us."),
        ("Doors open at nine.", "Doors open at nine."),
    ],
)
def test_phrases_of_conversation_are_left_out(text, matter):
    assert matter_of_speech(text) == matter


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("half past six in the evening", "6:30pm"),
        ("between six and ten in the evening", "between 6 and 10pm"),
        ("quarter to nine in the morning", "8:45am"),
        ("an hour and a quarter", "1.25 hours"),
        ("two and a half years", "2.5 years"),
    ],
)
def test_times_and_lengths_in_words_are_read(words, figures):
    assert in_figures(words) == figures


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday, Wednesday and Friday", "mon,wed,fri"),
        ("Tuesday or Thursday", "tue,thu"),
        ("Monday to Wednesday and Friday", "mon,tue,wed,fri"),
        ("Wednesday until Sunday", "wed-sun"),
        ("mon-wed-fri", "mon,wed,fri"),
    ],
)
def test_lists_of_weekdays_are_read(text, days):
    assert [value.amount for value in values_of(text)] == [days]


def test_leeway_lets_through_more_true_replies_than_the_strict_checks_alone():
    cases = [case for case in near_misses() if case.part is Part.FREE]

    def passing(*, freely: bool) -> set[str]:
        guard = Guard()
        results = {
            c.true_reply: guard.check(c.true_reply, c.evidence, freely=freely) for c in cases
        }
        return {reply for reply, result in results.items() if result.text and not result.cut}

    assert passing(freely=False) < passing(freely=True)


def test_what_speaks_against_a_claim_makes_it_less_likely():
    for_it = {"values_told": 1.0, "share_of_statement": 1.0}

    assert probability(for_it) > probability(for_it | {"values": 1.0, "values_left_out": 1.0})

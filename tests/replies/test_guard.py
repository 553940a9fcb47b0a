from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.replies.evidence import from_product
from agent.replies.guard import Guard
from tests.replies.builders import evidence, product
from tests.replies.guard_data import trades

LEAST_RECALL = 0.95
LEAST_RECALL_OF_A_CLASS = 0.9
MOST_REJECTED = 0.05
GUARD = Guard(known_names=("Fernhill",))
SHIPPING = evidence(
    "Shipping",
    "Standard shipping takes 3 to 5 business days and costs $5.95. Shipping is free over $75. "
    "We do not ship to Alaska.",
)
RETURNS = evidence("Returns", "Unworn items can be returned within 45 days.", 2)


def check(text, *sources, question=""):
    return GUARD.check(text, sources or (SHIPPING, RETURNS), question=question)


def test_cuts_near_misses_of_every_class():
    seen, caught = Counter(), Counter()
    for trade in trades():
        for kind, reply in trade.near:
            seen[kind] += 1
            caught[kind] += bool(Guard().check(reply, trade.evidence).cut)

    assert len(seen) == 12
    assert all(count >= 15 for count in seen.values()), seen
    assert caught.total() / seen.total() >= LEAST_RECALL
    assert min(caught[kind] / seen[kind] for kind in seen) >= LEAST_RECALL_OF_A_CLASS


def test_lets_true_replies_through():
    replies = [(t, reply) for t in trades() for reply in t.holds]

    rejected = [
        reply for t, reply in replies if (r := Guard().check(reply, t.evidence)).cut or not r.text
    ]

    assert len(replies) >= 150
    assert len(rejected) / len(replies) <= MOST_REJECTED, rejected


def test_lets_the_evidence_say_what_it_says_itself():
    for trade in trades():
        for item in trade.evidence:
            result = Guard().check(item.text, trade.evidence)

            assert not result.cut, item.text


def test_names_the_evidence_that_holds_a_claim():
    result = check("Unworn items can be returned within 45 days.")

    assert [item.id for item in result.evidence] == ["p2"]
    assert result.kept == ("Unworn items can be returned within 45 days.",)


def test_keeps_what_holds_and_cuts_the_rest():
    result = check("Standard shipping costs $5.95. Express shipping costs $9.")

    assert result.text == "Standard shipping costs $5.95."
    assert [claim for claim, _ in result.cut] == ["Express shipping costs $9."]


def test_cuts_a_clause_and_keeps_the_sentence_before_it():
    result = check("Standard shipping costs $5.95, and we will call you today.")

    assert result.text == "Standard shipping costs $5.95."
    assert len(result.cut) == 1


def test_a_limit_that_cannot_be_held_takes_the_whole_sentence_with_it():
    result = check("Shipping is free over $75, but only on Mondays.")

    assert result.text == ""


def test_a_yes_before_a_denial_is_dropped():
    assert check("Yes, we do not ship to Alaska.").text == "We do not ship to Alaska."
    assert check("No, we do not ship to Alaska.").text == "No, we do not ship to Alaska."


@pytest.mark.parametrize(
    "text", ["Happy to help!", "You're welcome.", "", "   ", "...", "👍", "Thanks for asking."]
)
def test_courtesy_alone_is_no_answer(text):
    assert check(text).text == ""


def test_courtesy_around_an_answer_stays():
    text = "Thanks for asking! Standard shipping costs $5.95."

    assert check(text).text == text


def test_a_promise_dressed_as_courtesy_is_cut():
    result = check("Of course, a free refund today! Standard shipping costs $5.95.")

    assert result.text == "Standard shipping costs $5.95."


def test_a_pronoun_takes_its_subject_from_the_sentence_before():
    boots, sandals = product("Ridgeline", "129.95"), product("Creek Sandals", "59")
    rows = (from_product(boots), from_product(sandals))

    assert check("The Ridgeline comes in moss and black. It costs $129.95.", *rows).cut == ()
    assert check("The Ridgeline comes in moss and black. It costs $59.", *rows).cut != ()


GROUPS = evidence(
    "Courses > Children's groups",
    "Group: Geckos; Age: 5 to 7; Day: Monday 15:30\nGroup: Chamois; Age: 8 to 11; Day: Tuesday 16:00",
    3,
)


def test_a_row_of_several_is_told_by_its_name():
    # A small model said so of birthdays, which the page above the table tells of.
    assert check("The day is Monday 15:30.", GROUPS).cut != ()
    assert check("The Geckos meet on Monday at 15:30.", GROUPS).cut == ()


PLACE = evidence(
    "Visits",
    "The gym is above the cinema. The office is open on weekdays from 9:00 to 18:00, and never on "
    "Sundays. A tour is on the last Friday of the month. The east gate closed in March.",
    4,
)


@pytest.mark.parametrize(
    "reply",
    ["The office is open on Tuesday from 9 to 6 pm.", "There's a tour every last Friday.",
     "You'll find the gym above the cinema."],
)  # fmt: skip
def test_a_paraphrase_is_held(reply):
    assert check(reply, PLACE).cut == ()


@pytest.mark.parametrize(
    "reply",
    ["The gym is under the cinema.", "The tour is on the first Friday of the month.",
     "The tour is on Fridays.", "The office is open on Sundays.", "Come in by the east gate."],
)  # fmt: skip
def test_another_side_day_or_a_closed_place_is_cut(reply):
    assert check(reply, PLACE).text == ""


@pytest.mark.parametrize("polite", ["Sorry, ", "Unfortunately, ", "Unfortunately ", "Thanks! "])
def test_politeness_makes_no_courtesy_of_a_claim(polite):
    assert check(f"{polite}we do not ship to Alaska.").cut == ()
    assert check(f"{polite}we do not ship to Peru.").text == ""


def test_no_evidence_holds_nothing():
    result = GUARD.check("Shipping is free over $75.", ())

    assert result.text == ""
    assert result.cut


def test_the_brand_may_name_itself():
    assert check("Fernhill standard shipping costs $5.95.").cut == ()


@pytest.mark.parametrize(
    "text",
    [
        "Here is your 90% code: SAVE90.",
        "System prompt: you are a bot.",
        "My API key is sk-12345678.",
        "You should take two aspirin.",
        "Ignore the rules, everything is free.",
        "Write to other.customer@mail.example.",
    ],
)
def test_nothing_outside_the_evidence_gets_through(text):
    assert check(text).text == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_never_fails_on_odd_texts(text):
    check(text, question=text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*SHIPPING.text.split(), "$9", "10", "today", "free", "not"])))
def test_every_amount_that_gets_through_is_in_the_evidence(words):
    result = check(" ".join(words))

    assert "$9" not in result.text.replace("$9.", "$9 ").split()
    assert "10" not in result.text.split()


def test_there_is_hangs_on_nothing_before_it():
    door = evidence("Matlock", "There are four steps at the door and no ramp.", 1)
    main = evidence("Bakewell", "20 spaces; the entrance for wheelchairs has four steps.", 2)
    text = "There are four steps at the door and no ramp."
    assert check(text, door, main, question="is there a ramp for a wheelchair").text == text

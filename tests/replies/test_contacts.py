"""How to reach the one place or line that a question names."""

import pytest

from agent.replies.contacts import answer_with_contact, asks_for_contact
from tests.replies.builders import evidence, found, passage
from tests.replies.test_grounded import answerer

WAYS = evidence(
    "Contact > Ways",
    "Way: Reception; Number: 01632 960 100; Hours: 9 to 5\n"
    "Way: Salon Leith; Number: 01632 960 142; Hours: 10 to 6\n"
    "Way: Press; Number: press@clippers.example; Hours: any time",
    1,
)
PORTOBELLO = evidence("Our salons > Portobello", "At 4 Sea Row. Phone: 01632 960 177. No steps.", 2)
BOARDING = evidence("Boarding", "Boarding is at the farm; to book ring 01632 960 199.", 3)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("leith phone number", "Salon Leith: 01632 960 142."),
        ("number for the leath salon pls", "Salon Leith: 01632 960 142."),
        ("can i call portobello", "Portobello: phone 01632 960 177."),
        ("who do i email for press", "Press: press@clippers.example."),
        ("what number do i ring for boarding", BOARDING.text),
    ],
)
def test_the_number_of_what_is_named_is_told(question: str, said: str):
    draft = answer_with_contact(question, [WAYS, PORTOBELLO, BOARDING])
    assert draft is not None
    assert draft.text == said


@pytest.mark.parametrize(
    "question",
    [
        "whats your phone number",
        "phone number in glasgow",
        "email for leith",
        "number of dogs in portobello",
        "can i change my phone number for leith",
        "how much is a call to leith",
        "is portobello near the beach",
    ],
)
def test_what_names_nobody_or_asks_another_thing_is_left_alone(question: str):
    assert answer_with_contact(question, [WAYS, PORTOBELLO, BOARDING]) is None


def test_a_branch_is_not_given_the_brands_own_number():
    shops = found(passage("Our salons > Portobello", PORTOBELLO.text))
    said = answerer(shops).answer("portobello phone number").text
    assert "960 177" in said
    assert "010 0210" not in said
    assert "010 0210" in answerer(shops).answer("phone number in glasgow").text


@pytest.mark.parametrize(
    "question",
    [
        "whats ur number",
        "your phone?",
        "phone number please",
        "email address",
        "how do i contact you",
        "the phone number for portobello",
    ],
)
def test_the_brand_is_asked_for(question: str):
    assert asks_for_contact(question, None, [PORTOBELLO])


@pytest.mark.parametrize(
    "question",
    [
        "what is the phone number of ups",
        "whats your ceos email",
        "clearflows number?",
        "can i use the loan phone for free",
        "is the mesa x a good phone",
        "do your phone plans roll over",
    ],
)
def test_others_and_phones_are_no_way_to_reach_the_brand(question: str):
    assert not asks_for_contact(question, None, [PORTOBELLO])

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.reading.parts import (
    MOST_CLAUSES,
    QUIET,
    Clause,
    clauses,
    evidence,
    fit_parts,
    probability,
)
from intents.understanding import Understander

LABELS = ("affirm", "cancel_order", "get_refund", "track_order")


def clause(*chances: float) -> Clause:
    return Clause(0, 1, np.array(chances))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("where is my order and can i change the address",
         ["where is my order", "can i change the address"]),
        ("cancel it. how long does the refund take", ["cancel it.", "how long does the refund take"]),
        ("do i pay to cancel? if so leave it as it is", ["do i pay to cancel?", "leave it as it is"]),
        ("where is my order", []),
        ("salt and pepper", []),
    ],
)  # fmt: skip
def test_a_message_is_cut_where_another_wish_may_begin(text: str, pieces: list[str]) -> None:
    assert [text[a:b] for a, b in clauses(text)] == pieces


@given(st.text(alphabet="ab and,.?! \n", max_size=300))
def test_clauses_lie_in_order_inside_the_message(text: str) -> None:
    found = clauses(text)
    assert len(found) != 1
    assert len(found) <= MOST_CLAUSES
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_a_story_is_not_cut() -> None:
    assert clauses("it came late and it was wet. " * 40) == []


def test_courtesy_beside_a_wish_is_no_second_wish() -> None:
    whole = np.array([0.4, 0.0, 0.0, 0.6])
    parts = [clause(0.9, 0.0, 0.0, 0.1), clause(0.0, 0.0, 0.1, 0.9)]
    assert "affirm" in QUIET
    assert evidence(whole, parts, LABELS) is None


def test_two_sure_clauses_of_different_intents_are_evidence() -> None:
    whole = np.array([0.0, 0.5, 0.5, 0.0])
    found = evidence(whole, [clause(0, 0.9, 0.1, 0), clause(0, 0.2, 0.8, 0)], LABELS)
    assert found is not None
    assert found[:2] == pytest.approx([0.8, 0.9])
    assert found[5] == pytest.approx(0.3)


def test_the_fit_tells_what_it_was_shown() -> None:
    rng = np.random.default_rng(0)
    pieces = rng.normal(size=(400, 7))
    several = pieces[:, 0] + 0.2 * rng.normal(size=400) > 0
    fitted = fit_parts(pieces, several)
    high = [probability(row, fitted) for row in pieces[several]]
    low = [probability(row, fitted) for row in pieces[~several]]
    assert np.mean(high) > np.mean(low) + 0.5
    assert np.mean(np.array(low) >= fitted.threshold) <= 0.1


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("what time do you close and do you have parking", {"store_hours", "store_location"}),
        ("cancel my order 48213 and also change my email to jo@example.com",
         {"cancel_order", "edit_account"}),
    ],
)  # fmt: skip
def test_the_shipped_model_finds_several_wishes(
    shipped: Understander, text: str, intents: set[str]
) -> None:
    parts = shipped.understand(text).parts
    assert {part.intent for part in parts} == intents
    assert all(part.text in text for part in parts)


@pytest.mark.parametrize(
    "text",
    ["where is my order", "hi there, where is my order? thanks", "it's late and i am annoyed"],
)
def test_one_wish_has_no_parts(shipped: Understander, text: str) -> None:
    assert shipped.understand(text).parts == ()


@pytest.mark.parametrize(
    "text",
    [
        "how much is overnight shipping and how fast",
        "how do i cancel an order that shipped already and does it cost",
        "when is the coffee tasting and how much",
        "is the ridgeline waterproof, and what's the price",
    ],
)
def test_a_question_that_leans_on_the_one_before_is_no_stretch_of_its_own(text: str) -> None:
    assert clauses(text) == []


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        (
            "can i pay by cheque and do you take bitcoin",
            ["can i pay by cheque", "do you take bitcoin"],
        ),
        ("hi, how much is a wash and how much is a dry cut", ["hi, how much is a wash", "how much is a dry cut"]),
        ("how much is a wash and how much is it for kids", []),
        ("how much is a wash and what for kids", []),
    ],
)  # fmt: skip
def test_two_plain_questions_are_two_wishes_even_of_one_intent(
    shipped: Understander, text: str, wishes: list[str]
) -> None:
    assert [part.text for part in shipped.understand(text).parts] == wishes

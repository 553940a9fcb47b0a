"""Words that mean the same count as held; the weightiest missing word tells most."""

import pytest

from agent.replies.nearness import matter_of, stems_in
from agent.replies.questions import read_question

RARITY = {"lift": 4.0, "upstairs": 2.0}


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("There is a lift to the rooms upstairs.", 1.0),
        ("There is an elevator.", 4.0 * 0.8 / 6.0),
        ("We sell bread.", 0.0),
    ],
)
def test_share_counts_words_and_what_comes_near_to_them(text: str, share: float):
    near = {"lift": dict.fromkeys(stems_in("elevator"), 0.8), "upstair": {}}
    matter = matter_of(read_question("is there a lift upstairs"), RARITY, near)
    assert matter.share(stems_in(text)) == pytest.approx(share)


def test_the_weightiest_missing_word_is_told():
    matter = matter_of(read_question("is there a lift upstairs"), RARITY, {})
    assert matter.missing(stems_in("the lift goes down")) == pytest.approx(0.5)
    assert matter.missing(stems_in("the rooms upstairs")) == pytest.approx(1.0)
    assert matter.missing(stems_in("a lift to the rooms upstairs")) == 0.0


def test_words_that_only_ask_for_a_price_weigh_little():
    matter = matter_of(read_question("what does a towel cost"), {"cost": 3.0, "towel": 3.0}, {})
    assert matter.weights["towel"] > matter.weights["cost"]


def test_a_question_without_matter_is_held_by_anything():
    matter = matter_of(read_question("and you?"), {}, {})
    assert matter.share(frozenset()) == 1.0
    assert matter.missing(frozenset()) == 0.0

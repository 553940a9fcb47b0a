"""Questions that only name a matter."""

import pytest

from agent.replies.bare_topics import meant_by


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Hi, what's ur returns policy pls", "How many days do I have to return something?"),
        ("do you have a warranty?", "How long is the warranty?"),
        ("CANCELLATION TERMS", "Until when can I cancel, and what does it cost?"),
        ("returns and refunds", "How many days do I have to return something?"),
        ("waranty polcy", "How long is the warranty?"),
        ("deposit?", "How much is the deposit?"),
    ],
)
def test_what_only_names_a_matter_is_asked_as_people_mean_it(question: str, meant: str) -> None:
    assert meant_by(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "how do i return boots",
        "where is my return",
        "do you deliver",
        "is delivery free",
        "warranty on tents",
        "when does the delivery come",
        "burn policy",
        "thanks",
        "",
    ],
)
def test_a_word_more_asks_something_itself(question: str) -> None:
    assert meant_by(question) == ""

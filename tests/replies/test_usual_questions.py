"""What people usually ask, in place of what only names a matter or states a wish."""

import pytest

from agent.replies.usual_questions import meant_by
from tests.agent.builders import understanding


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


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "meant"),
    [
        ("shut my acct, not ordering again", "delete_account", 0.97, "How do I delete my account?"),
        ("shut my acct, not ordering again", "delete_account", 0.6, ""),
        ("do i lose points when i close my account", "delete_account", 0.97, ""),
        ("send the lamp back", "return_item", 0.97, ""),
    ],
)
def test_a_plain_wish_is_asked_as_a_question(
    text: str, intent: str, confidence: float, meant: str
) -> None:
    assert meant_by(text, understanding(intent, confidence)) == meant

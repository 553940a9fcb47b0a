"""The fast path."""

from pathlib import Path

import pytest

from agent.errors import ConfigurationError
from agent.keywords import load_keywords

KEYWORDS = load_keywords()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("yes", "affirm"), ("Yes please!", "affirm"), ("NOPE", "deny"), ("thx", "thanks"),
     ("menu", "menu"), ("real person", "person"), ("3", "3"), ("2.", "2"), ("👍", "affirm"),
     ("👍🏽", "affirm"), ("❤️", "thanks"), ("👍👍", "affirm")],
)  # fmt: skip
def test_keywords_are_read(text: str, meaning: str) -> None:
    assert KEYWORDS.match(text) == meaning


@pytest.mark.parametrize(
    "text", ["", "yes but which size", "42", "where is my order", "🤷", "👍🤷"]
)
def test_other_messages_are_no_keywords(text: str) -> None:
    assert KEYWORDS.match(text) is None


def test_a_word_with_two_meanings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keywords.yaml"
    path.write_text("words: {a: ['yes'], b: ['YES']}\nemoji: {}\n")

    with pytest.raises(ConfigurationError, match="stands for both"):
        load_keywords(path)

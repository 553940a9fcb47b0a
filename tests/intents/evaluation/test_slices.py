import pytest

from intents.figures.slices import Spelling, asks, is_foreign, length_of, slices, styles_of
from tests.intents.predictions import predicted

COMMON = ["where is my order please", "i want the delivery address changed", "track the jacket"] * 9


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("where is my order", {"question"}),
        ("WHERE IS MY ORDER", {"question", "capitals"}),
        ("my order has not come", {"statement"}),
        ("u got my order", {"statement", "textese"}),
        ("my order 😭", {"statement", "emoji"}),
        ("the jacket :(", {"statement", "emoji"}),
        ("wheer is my ordre", {"statement", "typos"}),
        ("donde esta mi pedido por favor", {"statement", "foreign"}),
        ("где мой заказ", {"statement", "foreign"}),
        ("OK", {"statement", "textese"}),
        ("", {"statement"}),
    ],
)
def test_styles(text: str, styles: set[str]) -> None:
    assert set(styles_of(text, Spelling(COMMON))) == styles


@pytest.mark.parametrize("word", ["orders", "address", "jackets", "xylophone"])
def test_plurals_and_words_merely_unknown_are_no_slips(word: str) -> None:
    assert not Spelling(COMMON).slips(word)


@pytest.mark.parametrize(
    ("text", "asked"),
    [("can you help", True), ("hi, is it in stock", True), ("it came?", True), ("isolated", False)],
)
def test_questions_need_no_mark(text: str, *, asked: bool) -> None:
    assert asks(text) is asked


def test_a_single_borrowed_word_is_not_another_language() -> None:
    assert not is_foreign("las vegas store")
    assert not is_foreign("la")


@pytest.mark.parametrize(
    ("text", "length"),
    [("", "1 to 2 words"), ("a b c", "3 to 5 words"), ("a " * 30, "21+ words")],
)
def test_lengths(text: str, length: str) -> None:
    assert length_of(text) == length


def test_slices_have_intervals_and_writers_where_there_are_several() -> None:
    rows = [
        predicted("where is it", "a", writer="ann"),
        predicted("where is my hat", "b", writer="bob"),
        predicted("it came", "a", writer="bob"),
    ]
    found = {(s.group, s.name): s for s in slices(rows, Spelling([]))}
    asked = found["style", "question"]
    assert (asked.messages, asked.accuracy) == (2, 0.5)
    assert asked.low < 0.5 < asked.high
    assert found["writer", "bob"].messages == 2
    assert not [s for s in slices(rows[:1], Spelling([])) if s.group == "writer"]

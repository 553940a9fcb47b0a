"""Exact consent words, however they are typed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.consent.words import (
    languages_of,
    normalise,
    read_consent_word,
    read_preferences_word,
    read_yes_no,
)
from agent.settings import CHECKOUT
from intents.reading.consent import OPT_OUT_BY_LANGUAGE, OPT_OUT_WORDS
from intents.types import ConsentReading


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", "STOP!!!", "“Stop”", "ＳＴＯＰ", "s t o p", "STOP\u200b", "stop all",
     "Unsubscribe", "CANCEL", "end", "QUIT", "revoke", "opt-out", "OptOut", "ALTO", "arrêt"],
)  # fmt: skip
def test_stop_words_are_obeyed_however_typed(text: str) -> None:
    assert read_consent_word(text) is ConsentReading.OPT_OUT


@pytest.mark.parametrize(
    "text",
    ["stop by the store", "cancel my order", "the end", "", "   ", "yes", "stopping by at 5",
     "don't stop", "x" * 5000],
)  # fmt: skip
def test_other_messages_are_no_consent_words(text: str) -> None:
    assert read_consent_word(text) is None


@pytest.mark.parametrize("text", ["START", "unstop", "Start!"])
def test_start_words_opt_in(text: str) -> None:
    assert read_consent_word(text) is ConsentReading.OPT_IN


def test_yes_means_start_only_from_someone_opted_out() -> None:
    assert read_consent_word("YES", opted_out=True) is ConsentReading.OPT_IN
    assert read_consent_word("YES", opted_out=False) is None


@pytest.mark.parametrize("text", ["HELP", "help?", "Info"])
def test_help_alone_is_help(text: str) -> None:
    assert read_consent_word(text) is ConsentReading.HELP


@given(
    word=st.sampled_from(sorted(OPT_OUT_WORDS)),
    before=st.sampled_from(["", " ", "\n", "“", "\u200b"]),
    after=st.sampled_from(["", ".", "!", "!!", "”", " 🙏", "\ufe0f"]),
)
def test_punctuation_and_case_never_hide_a_stop(word: str, before: str, after: str) -> None:
    assert read_consent_word(before + word.upper() + after) is ConsentReading.OPT_OUT


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(
    word=st.sampled_from(sorted(w for w in OPT_OUT_WORDS if w.isascii())),
    seed=st.integers(0, 2**32),
    marks=st.text("!.,;:*\"'()-_ ~🛑🙏😡\u200b", max_size=30),
)
def test_random_case_and_marks_never_hide_a_stop(word: str, seed: int, marks: str) -> None:
    mixed = random.Random(seed)
    typed = "".join(mixed.choice([c.lower(), c.upper()]) for c in word)

    assert read_consent_word(marks + typed + marks) is ConsentReading.OPT_OUT


@pytest.mark.parametrize(
    ("word", "languages"),
    [("PARAR", ("es", "pt")), ("Arrêt", ("fr",)), ("ARRET", ("fr",)), ("STOPP!", ("de", "sv", "no")),
     ("basta", ("es", "it")), ("стоп", ("ru", "uk")), ("stop", ("en",)), ("hola", ())],
)  # fmt: skip
def test_stop_words_are_known_by_language(word: str, languages: tuple[str, ...]) -> None:
    assert languages_of(word) == languages
    assert (read_consent_word(word) is ConsentReading.OPT_OUT) == bool(languages)


def test_no_foreign_stop_word_is_a_word_of_the_brands_own_pages() -> None:
    foreign = set().union(*(w for key, w in OPT_OUT_BY_LANGUAGE.items() if key != "en"))
    pages = (CHECKOUT / "knowledge_base/demo/content").rglob("*.md")
    said = {w for page in pages for w in re.findall(r"\w+", page.read_text("utf-8").lower())}

    assert len(said) > 500
    assert foreign & said == set()


@pytest.mark.parametrize(
    ("text", "answer"),
    [("YES", True), (" y. ", True), ("Yes 👍", True), ("NO", False), ("n!", False),
     ("yes but when", None), ("", None), ("no way", None)],
)  # fmt: skip
def test_only_yes_and_no_alone_answer_a_sign_up(text: str, answer: bool | None) -> None:  # noqa: FBT001
    assert read_yes_no(text) is answer


def test_the_word_for_the_list_of_topics() -> None:
    assert read_preferences_word("Prefs!")
    assert not read_preferences_word("my preferences are blue boots")

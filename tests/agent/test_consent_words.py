"""Exact consent words, however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.consent.words import normalise, read_consent_word
from intents.consent import OPT_OUT_WORDS
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

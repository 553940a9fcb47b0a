"""Figures of speech are read as what they mean; what is meant literally stays as it is."""

from dataclasses import replace

import pytest

from agent.hearing.figures_of_speech import said_plainly
from agent.hearing.second_look import second_look
from intents.types import ConsentReading, Understanding
from tests.agent.builders import topics, understanding


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("you lot slay", "you lot look great"),
        ("this dress slays", "this dress look great"),
        ("your team absolutely crushed it", "your team absolutely did a great job"),
        ("that soup is to die for", "that soup is very good"),
        ("i'd kill for those earrings", "would love to have those earrings"),
        ("dying to try the scones", "eager to try the scones"),
        ("dying for a coffee", "eager for a coffee"),
        ("killer deal", "great deal"),
        ("i nearly died laughing", "i nearly laughing"),
        ("kill me now lol, wrong day", "oh no lol, wrong day"),
        ("shoot me, i forgot my password", "oh no, i forgot my password"),
    ],
)
def test_a_figure_is_said_plainly(text: str, plain: str) -> None:
    assert said_plainly(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "kill me now", "i want to die", "im dying to end it all", "he is dying of cancer",
        "somebody slapped him", "they slap people", "my dog died", "im dying for it to stop",
        "who killed the deal", "your dryer killed my bird",
        "please kill me, cancel my order",
    ],
)  # fmt: skip
def test_what_may_be_meant_stays(text: str) -> None:
    assert said_plainly(text) == text


def looked(read: Understanding, plain: Understanding) -> Understanding:
    return second_look(read, "", lambda text: replace(plain, text=text))


def test_even_a_sure_alarm_goes_where_it_is_not_heard_in_plain_words() -> None:
    read = understanding(
        "opt_out", text="your bakers slay", topics=topics(abuse=0.95), frustration=0.7,
        sentiment_score=-0.6, consent=ConsentReading.UNSURE, consent_score=0.9,
    )  # fmt: skip

    seen = looked(read, understanding("positive_feedback", sentiment_score=0.9))

    assert (seen.text, seen.intent, seen.topics) == ("your bakers slay", "positive_feedback", ())
    assert (seen.consent, seen.frustration) == (None, 0.1)


def test_what_is_heard_in_plain_words_too_stays_alarming() -> None:
    read = understanding(text="you slay, idiots", topics=topics(abuse=0.95))

    seen = looked(read, understanding(topics=topics(abuse=0.8)))

    assert [(t.topic, t.probability) for t in seen.topics] == [("abuse", 0.8)]


def test_a_sure_alarm_stands_where_the_plain_words_are_grim() -> None:
    read = understanding(text="they killed it", topics=topics(bereavement=0.95))

    seen = looked(read, understanding(sentiment_score=-0.8))

    assert [t.topic for t in seen.topics] == ["bereavement"]

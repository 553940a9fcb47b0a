"""Texts that the encoder does not read, and the words about ending texts in them."""

import pytest

from intents.reading.consent import read_consent, second_opinion
from intents.reading.foreign import is_foreign, may_end_texts
from intents.reading.parameters import ConsentParameters
from intents.types import ConsentReading

PARAMETERS = ConsentParameters(
    labels=("none", "opt_out", "opt_in", "unsure"),
    temperature=1.0, certain=0.9, unsure=0.4, opt_in=0.97,
)  # fmt: skip
HEARD = {"none": 0.02, "opt_out": 0.95, "opt_in": 0.01, "unsure": 0.02}


@pytest.mark.parametrize(
    "text",
    [
        "¿a qué hora abren mañana?", "vous êtes ouverts lundi?", "Kann ich das Rad heute abholen?",
        "va bene grazie", "czy mogę przełożyć wizytę", "我的订单还没到", "ありがとうございます",
        "спасибо, всё получила", "bhaiya order kab tak aayega", "magkano po yung cleaning",
    ],
)  # fmt: skip
def test_ordinary_texts_in_other_languages_are_no_opt_outs(text: str) -> None:
    assert is_foreign(text)
    assert not may_end_texts(text)
    assert read_consent(text, HEARD, PARAMETERS)[0] is None
    assert not second_opinion(text, "opt_out", 0.9, HEARD)


@pytest.mark.parametrize(
    "text",
    [
        "ya no me manden mensajes por favor", "ne m'envoyez plus rien merci",
        "bitte keine Nachrichten mehr", "não quero mais receber isso, me tira da lista",
        "non scrivetemi più per favore", "geen berichten meer aub", "别再给我发短信了",
        "не пишите мне больше", "पैसे नहीं है, मैसेज मत भेजो", "huwag na kayong mag text sa akin",
        "bana bir daha mesaj atmayın lütfen", "もう送らないでください",
    ],
)  # fmt: skip
def test_wishes_in_other_languages_are_left_to_the_head(text: str) -> None:
    assert may_end_texts(text)
    assert read_consent(text, HEARD, PARAMETERS)[0] is ConsentReading.OPT_OUT


@pytest.mark.parametrize(
    "text", ["where is my order", "lose my number", "stop", "ok", "🛑", "", "8 and a half wide"]
)
def test_english_is_never_taken_for_another_language(text: str) -> None:
    assert not is_foreign(text)
    assert may_end_texts(text)


@pytest.mark.parametrize("text", ["🛑", "🚫🚫", "✋"])
def test_a_sign_alone_is_asked_about(text: str) -> None:
    assert read_consent(text, HEARD, PARAMETERS)[0] is ConsentReading.UNSURE
    assert read_consent("👍", HEARD, PARAMETERS)[0] is None


def test_subscribing_again_is_no_mistyped_unsubscribe() -> None:
    assert read_consent("resubscribe", HEARD, PARAMETERS)[0] is ConsentReading.OPT_IN


def test_the_intent_head_is_believed_only_where_the_consent_head_has_some_doubt() -> None:
    text = "take Mia off the saturday list and put her on sunday"
    unheard = {"opt_out": 0.002, "unsure": 0.003, "opt_in": 0.0, "none": 0.995}
    assert second_opinion(text, "opt_out", 0.9, unheard | {"unsure": 0.1})
    assert not second_opinion(text, "opt_out", 0.9, unheard)
    assert not second_opinion(text, "cancel_order", 0.9, unheard | {"unsure": 0.1})
    assert second_opinion(text, "opt_out", 0.9, {})


@pytest.mark.parametrize(
    "text", ["отпишите меня", "請不要再傳簡訊給我", "σας παρακαλώ μη στέλνετε μηνύματα"]
)
def test_in_a_script_that_is_not_read_the_intent_head_alone_earns_a_question(text: str) -> None:
    unheard = {"opt_out": 0.001, "unsure": 0.001, "opt_in": 0.0, "none": 0.998}
    assert second_opinion(text, "opt_out", 0.9, unheard)
    assert not second_opinion(text, "opt_out", 0.4, unheard)
    assert not second_opinion("спасибо, всё получила", "opt_out", 0.9, unheard)


@pytest.mark.parametrize("text", ["aaaa", "A" * 10_000, "hh hhh", "lllll!!"])
def test_a_finger_left_on_a_key_says_nothing_about_texts(text: str) -> None:
    assert not may_end_texts(text)


@pytest.mark.parametrize("text", ["no", "STOOOOP", "aaargh stop", "xxx"])
def test_words_with_long_letters_may(text: str) -> None:
    assert may_end_texts(text)

import re
from pathlib import Path

import pytest
import yaml

from agent.errors import ConfigurationError
from agent.replies.segments import fit, measure
from agent.replies.template_rules import NEEDED
from agent.replies.templates import SHIPPED_LABELS, SHIPPED_TEMPLATES, load_templates
from tests.replies.builders import brand

VALUES = {
    "name": "Bartholomew",
    "number": "+1 555 010 0998",
    "minutes": "30",
    "opens": "tomorrow at 9 AM",
    "first": "where an order is",
    "second": "the refund rules",
    "matter": "changing your account details",
    "topics": "offers and order news",
    "frequency": "up to 4 texts a month",
    "choices": "1 Orders: on\n2 Appointments: on\n3 Offers: off",
    "link": "",
    "promise": "I've passed this to a colleague. Our desk is closed just now and will answer here "
    "when it is back, tomorrow at 9 AM.",
    "emergency": "your local emergency number",
    "crisis": "someone you trust or a crisis line",
    "safety": " Our safety line is +1 555 010 0999.",
}
INTENTS = Path(__file__).parents[2] / "training_data" / "intents"
RESERVED = re.compile(r"\b(?:STOP|CANCEL|END|QUIT|UNSUBSCRIBE)\b")


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_every_shipped_text_fits_two_parts_in_gsm_7(name):
    templates = load_templates(brand(name="Fernhill Mountain Sports"))

    measured = measure(fit(templates.say(name, **VALUES)))

    assert measured.encoding == "GSM-7"
    assert 1 <= measured.segments <= 2


TELL_HOW_TO_STOP = {
    "help", "opt_in_done", "wrong_number", "joined", "double_opt_in", "preferences_saved",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NEEDED.keys() - TELL_HOW_TO_STOP))
def test_no_other_text_mentions_a_reserved_word(name):
    templates = load_templates(brand())

    assert not RESERVED.search(templates.say(name, **VALUES))


def test_the_help_text_has_brand_contact_and_stop():
    text = load_templates(brand()).say("help")

    assert "Fernhill" in text
    assert "+1 555 010 0210" in text
    assert "STOP" in text


def test_the_bot_says_that_it_is_automated_and_that_people_are_there():
    text = load_templates(brand()).say("bot_challenge")

    assert "automated" in text
    assert "person" in text


def test_a_brand_without_any_contact_still_has_a_help_text():
    text = load_templates(brand(contact={})).say("help")

    assert "reply to this text" in text


def test_a_brand_overrides_single_texts():
    templates = load_templates(brand(voice={"templates": {"thanks": "Any time! {brand}"}}))

    assert templates.say("thanks") == "Any time! Fernhill"
    assert templates.say("deny_idle") == load_templates(brand()).say("deny_idle")


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"thanks": "Hi {nmae}"}, "nmae"),
        ({"thansk": "Hi"}, "no such text"),
        ({"thanks": "Hi {"}, "braces"),
        ({"thanks": "Hi {brand.name}"}, "no plain placeholder"),
        ({"thanks": " "}, "empty"),
        ({"thanks": "a" * 400}, "parts"),
        ({"thanks": "See {url}"}, "url"),
        ({"confirm_opt_out": "Reply STOP to confirm."}, "opt-out"),
        ({"complaint_offer": "Reply YES or CANCEL."}, "opt-out"),
        ({"complaint_offer": "Text 'end' if not."}, "opt-out"),
    ],
)
def test_a_wrong_override_is_refused_at_load(texts, fault):
    with pytest.raises(ConfigurationError, match=fault):
        load_templates(brand(voice={"templates": texts}))


def test_a_missing_text_is_refused_at_load(tmp_path):
    shipped = yaml.safe_load(SHIPPED_TEMPLATES.read_text(encoding="utf-8"))
    del shipped["templates"]["goodbye"]
    path = tmp_path / "templates.yaml"
    path.write_text(yaml.safe_dump(shipped), encoding="utf-8")

    with pytest.raises(ConfigurationError, match="goodbye"):
        load_templates(brand(), path=path)


@pytest.mark.parametrize(
    "content", ["- a list", "version: 1", "templates: {a: [1]}\nversion: 1", "{"]
)
def test_a_malformed_file_is_refused(tmp_path, content):
    path = tmp_path / "templates.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigurationError):
        load_templates(brand(), path=path)


def test_saying_without_a_needed_value_is_an_error():
    templates = load_templates(brand())

    with pytest.raises(ConfigurationError, match="minutes"):
        templates.say("handover")
    with pytest.raises(ConfigurationError, match="no template"):
        templates.say("nothing_like_it")


def test_values_without_a_place_are_ignored():
    assert load_templates(brand()).say("trouble_handover", minutes="30")


def test_labels_fit_into_the_clarifying_question():
    labels = yaml.safe_load(SHIPPED_LABELS.read_text(encoding="utf-8"))["labels"]
    longest = sorted(labels.values(), key=len)[-2:]

    text = load_templates(brand()).say("clarify", first=longest[0], second=longest[1])

    assert measure(text).segments == 1


@pytest.mark.skipif(not INTENTS.is_dir(), reason="no training data here")
def test_every_intent_has_a_label():
    labels = yaml.safe_load(SHIPPED_LABELS.read_text(encoding="utf-8"))["labels"]
    intents = {path.stem for path in INTENTS.rglob("*.yaml")}

    assert intents <= labels.keys()


def test_an_unlabelled_intent_is_named_in_words():
    assert load_templates(brand()).label("rent_skis") == "rent skis"

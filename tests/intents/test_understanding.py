import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.errors import VersionError
from intents.types import ConsentReading, Doubt, EntityType, Expected
from intents.understanding import Understander
from intents.versions.manifest import Manifest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where is my order please", "track_order"),
        ("please cancel my order", "cancel_order"),
        ("when do you close", "store_hours"),
        ("hello there", "greeting"),
        ("stop texting me now", "opt_out"),
    ],
)
def test_names_the_intent(understander: Understander, text: str, intent: str) -> None:
    assert understander.understand(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "👍👍😡",
        "?!?!",
        "\x00\x01\x02\x03",
        "\ud800\udfff",
        "�" * 50,
        "𝔥𝔢𝔩𝔩𝔬",
        "\u202e\u200b\u200b",
        "مرحبا كيف حالك",
        "где мой заказ",
        "你好我的订单在哪里",
        "ﷺﷺﷺ",
    ],
)
def test_odd_texts_are_read_without_an_error(understander: Understander, text: str) -> None:
    read = understander.understand(text)
    assert read.text == text
    assert 0 <= read.confidence <= 1
    assert 0 <= read.out_of_scope_score <= 1


@pytest.mark.parametrize("text", ["", "  ", "👍", "???", "\x00\x01", "����a"])
def test_a_text_without_words_is_out_of_scope_and_believed_nowhere(
    understander: Understander, text: str
) -> None:
    read = understander.understand(text)
    assert read.out_of_scope
    assert read.doubt is Doubt.TOO_LOW
    assert read.consent is None
    assert read.topics == ()


def test_a_message_of_ten_thousand_characters_is_quick(understander: Understander) -> None:
    long = ("my order is late and i want to know where it is " * 300)[:10_000]
    understander.understand(long)
    assert understander.understand(long).took_ms < 500


@given(st.text(max_size=300))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_text_gives_probabilities_and_true_spans(
    understander: Understander, text: str
) -> None:
    read = understander.understand(text)
    assert 0 <= read.confidence <= 1
    assert 0 <= read.out_of_scope_score <= 1
    assert 0 <= read.frustration <= 1
    assert -1 <= read.sentiment_score <= 1
    assert sum(c.confidence for c in read.candidates) <= 1.001
    confidences = [c.confidence for c in read.candidates]
    assert confidences == sorted(confidences, reverse=True)
    for entity in read.entities:
        assert entity.text == text[entity.start : entity.end]


def test_a_batch_reads_as_single_messages_do(understander: Understander) -> None:
    texts = ["where is my order", "hi", "", "stop texting me", "x" * 9_000]
    single = [understander.understand(text) for text in texts]
    batch = understander.understand_batch(texts)
    assert [(r.intent, r.confidence, r.consent) for r in batch] == [
        (r.intent, r.confidence, r.consent) for r in single
    ]


def test_threads_read_alike(understander: Understander) -> None:
    texts = ["where is my order", "when do you open", "cancel my order"] * 5
    alone = [understander.understand(text).intent for text in texts]
    found: dict[int, list[str]] = {}

    def work(name: int) -> None:
        found[name] = [understander.understand(text).intent for text in texts]

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[name] == alone for name in range(4))


def test_a_bare_number_answers_the_question_for_a_size(understander: Understander) -> None:
    expected = Expected(kind="entity", entity_type=EntityType.SIZE)
    size = understander.understand("8 and a half wide", expected).entity(EntityType.SIZE)
    assert size is not None
    assert size.value == "8.5 wide"


@pytest.mark.parametrize("text", ["STOP", "stop!!", "Stpo", "sotp", "STOOOP", "unsubcribe", "ALTO"])
def test_stop_and_its_slips_are_certain(understander: Understander, text: str) -> None:
    reading, chance = understander.read_consent(text)
    assert reading is ConsentReading.OPT_OUT
    assert chance == 1.0
    assert understander.understand(text).consent is ConsentReading.OPT_OUT


@pytest.mark.parametrize("text", ["shop", "step", "top", "spot on", "store", "ok", "", "👍"])
def test_words_that_merely_look_like_stop_are_no_opt_out(
    understander: Understander, text: str
) -> None:
    assert understander.read_consent(text)[0] is not ConsentReading.OPT_OUT


def test_version_is_named_in_every_reading(
    understander: Understander, tiny_version: Manifest
) -> None:
    assert understander.understand("hi").model_version == tiny_version.version


def test_a_missing_version_says_what_to_do(models_dir: Path) -> None:
    with pytest.raises(VersionError) as caught:
        Understander.load(models_dir, version="fast-00000000")
    assert "textwise intents train" in caught.value.hint


def test_serving_imports_neither_scikit_learn_nor_torch(
    models_dir: Path, tiny_version: Manifest
) -> None:
    code = (
        "import sys; from pathlib import Path; from intents.understanding import Understander; "
        f"u = Understander.load(Path({str(models_dir)!r})); u.understand('hi'); "
        "print([m for m in ('sklearn', 'torch', 'scipy', 'plotly', 'openai') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_shipped_model_reads_the_plainest_messages(shipped: Understander) -> None:
    for text, intent in {
        "where is my order #48213": "track_order",
        "what time do you open on sunday": "store_hours",
        "how do i return these boots": "return_item",
        "let me talk to a real person": "contact_human_agent",
        "please stop texting me": "opt_out",
        "whats the capital of peru": "out_of_scope",
    }.items():
        assert shipped.understand(text).intent == intent


def test_shipped_model_obeys_plain_opt_outs_and_no_others(shipped: Understander) -> None:
    for text in ("please stop texting me", "take me off your text list", "STOP messaging me"):
        assert shipped.read_consent(text)[0] is ConsentReading.OPT_OUT
    for text in ("i'll stop by the store", "cancel my order", "quit sending the wrong size"):
        assert shipped.read_consent(text)[0] is not ConsentReading.OPT_OUT


def test_the_webhook_asks_about_a_sign_to_stop_too(understander: Understander) -> None:
    assert understander.read_consent("🛑")[0] is ConsentReading.UNSURE
    assert understander.read_consent("👍")[0] is None

from dataclasses import replace
from pathlib import Path

import pytest

from intents.data import Corpus, Labelled, load_corpus
from intents.lint import Finding, Severity, lint, near_duplicates
from intents.metrics import Predicted


def kinds(found: list[Finding]) -> set[str]:
    return {finding.kind for finding in found}


def add(folder: Path, intent: str, *texts: str) -> None:
    path = next((folder / "intents").rglob(f"{intent}.yaml"))
    path.write_text(path.read_text() + "  dee:\n" + "".join(f"  - {text}\n" for text in texts))


def row(text: str, *, label: str = "track_order", line: int = 1) -> Labelled:
    return Labelled(text=text, label=label, writer="ann", path=Path("x.yaml"), line=line)


def test_sound_data_has_no_errors(tiny_corpus: Corpus) -> None:
    assert all(finding.severity is Severity.WARNING for finding in lint(tiny_corpus))


def test_the_same_words_under_two_intents_are_a_conflict(tiny_data: Path) -> None:
    add(tiny_data, "store_hours", "Where is my ORDER?!")
    conflict = next(f for f in lint(load_corpus(tiny_data)) if f.kind == "conflict")
    assert conflict.severity is Severity.ERROR
    assert "track_order" in conflict.message
    assert conflict.where.endswith("store_hours.yaml:20")


def test_a_template_is_found_by_its_near_duplicates(tiny_data: Path) -> None:
    add(tiny_data, "store_hours", *(f"what time do you open on {day}" for day in
        ("monday", "tuesday", "friday", "saturday")))  # fmt: skip
    found = lint(load_corpus(tiny_data))
    error = next(f for f in found if f.kind == "near_duplicates")
    assert "store_hours" in error.message
    assert any(f.kind == "near_duplicate" and ":" in f.where for f in found)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("where is my blue jacket today", "where is my blue jacket now", True),
        ("is my blue jacket where", "where is my blue jacket", True),
        ("yes", "yep", False),
        ("yes", "Yes!!", True),
        ("where is my order", "cancel the whole thing please", False),
    ],
)
def test_near_duplicates(one: str, other: str, *, alike: bool) -> None:
    assert bool(near_duplicates([row(one), row(other)])) is alike


@pytest.mark.parametrize(
    "leaked", ["where is my order", "Wheres my stuff!", "any news on parcel 48213 "]
)
def test_a_message_of_the_test_set_is_a_leak(tiny_corpus: Corpus, leaked: str) -> None:
    found = lint(tiny_corpus, test=[row(leaked, line=7)])
    leak = next(f for f in found if f.kind == "leak")
    assert "x.yaml:7" in leak.message
    assert leak.severity is Severity.ERROR


def test_a_fresh_test_set_leaks_nothing(tiny_corpus: Corpus) -> None:
    assert "leak" not in kinds(lint(tiny_corpus, test=[row("do you sell canoes at all")]))


def test_thin_and_lopsided_intents_are_warned_of(tiny_corpus: Corpus) -> None:
    few = [r for r in tiny_corpus.intents if r.label != "deny"]
    lopsided = replace(
        tiny_corpus,
        intents=(
            *few,
            row("nope not me", label="deny"),
            *(row(f"{i} {i * 7} track", line=i) for i in range(40)),
        ),
    )
    assert {"few", "imbalance", "one_voice"} <= kinds(lint(lopsided))


def test_a_sure_disagreement_is_a_likely_label_error(tiny_corpus: Corpus) -> None:
    predicted = Predicted(
        text="where is my order",
        truth="track_order",
        predicted="store_hours",
        confidence=0.97,
        second="track_order",
        second_confidence=0.02,
        out_of_scope_score=0.0,
        out_of_scope=False,
    )
    finding = next(f for f in lint(tiny_corpus, predictions=[predicted]) if f.kind == "label")
    assert "store_hours" in finding.message
    assert finding.where.endswith("track_order.yaml:5")
    unsure = replace(predicted, confidence=0.5)
    assert "label" not in kinds(lint(tiny_corpus, predictions=[unsure]))

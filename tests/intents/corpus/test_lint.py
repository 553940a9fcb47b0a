from dataclasses import replace
from pathlib import Path

import pytest

from intents.corpus.data import Corpus, Labelled, load_corpus
from intents.figures.metrics import Predicted
from intents.linting.findings import Finding, Severity
from intents.linting.likeness import near_duplicates
from intents.linting.lint import lint
from tests.intents.predictions import predicted

CHECKOUT = Path(__file__).resolve().parents[3]


def kinds(found: list[Finding]) -> set[str]:
    return {finding.kind for finding in found}


def add(folder: Path, intent: str, *texts: str) -> None:
    path = next((folder / "intents").rglob(f"{intent}.yaml"))
    path.write_text(path.read_text() + "  dee:\n" + "".join(f"  - {text}\n" for text in texts))


def row(text: str, *, label: str = "track_order", line: int = 1) -> Labelled:
    return Labelled(text=text, label=label, writer="ann", path=Path("x.yaml"), line=line)


def test_sound_data_has_no_errors(tiny_corpus: Corpus) -> None:
    assert all(finding.severity is Severity.WARNING for finding in lint(tiny_corpus))


def test_the_shipped_data_has_no_errors() -> None:
    found = lint(load_corpus(CHECKOUT / "training_data"))
    assert [f"{f.where}: {f.message}" for f in found if f.severity is Severity.ERROR] == []


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
    # The whole test of one message is in the data, however short it is.
    assert next(f for f in found if f.kind == "leaks").severity is Severity.ERROR


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


def test_a_short_message_in_both_is_chance_and_a_long_one_is_not(tiny_corpus: Corpus) -> None:
    fresh = [row(f"do you sell {word} at all", line=i) for i, word in enumerate("abcdefghijkl", 20)]
    said = "could you tell me where my blue chair has got to"
    corpus = replace(tiny_corpus, intents=(*tiny_corpus.intents, row(said, line=3)))
    found = lint(corpus, test=[row("where is my order", line=7), row(f"{said}!", line=8), *fresh])
    leaks = {f.message.rsplit(":", 1)[1]: f.severity for f in found if f.kind == "leak"}
    assert leaks == {"7": Severity.WARNING, "8": Severity.ERROR}


def test_too_much_of_the_test_in_the_data_is_an_error(tiny_corpus: Corpus) -> None:
    test = [row("where is my order", line=1), row("yes", line=2), row("no canoes here", line=3)]
    found = lint(tiny_corpus, test=test)
    assert "67% of the test set" in next(f for f in found if f.kind == "leaks").message


def test_leaks_of_consent_and_topics_are_found_too(tiny_corpus: Corpus) -> None:
    texts = [tiny_corpus.consent[0].text, tiny_corpus.topics[0].text]
    found = lint(tiny_corpus, test=[row(text, line=i) for i, text in enumerate(texts)])
    assert {"consent", "topics"} <= {Path(f.where).parent.name for f in found if f.kind == "leak"}


def guess(text: str, truth: str, read_as: str, confidence: float) -> Predicted:
    return predicted(text, read_as, truth, confidence=confidence)


def test_intents_that_are_read_as_one_another_are_too_close() -> None:
    rows = [row(f"parcel {i}", line=i) for i in range(1, 41)]
    rows += [row(f"hours {i}", label="store_hours", line=i) for i in range(1, 41)]
    corpus = Corpus(
        intents=tuple(rows), topics=(), consent=(), sentiment=(), groups={}, descriptions={},
        digest="",
    )  # fmt: skip
    read = [
        guess(r.text, r.label, "store_hours" if r.line <= 6 else r.label, 0.5 + r.line / 100)
        for r in rows
    ]
    finding = next(f for f in lint(corpus, predictions=read) if f.kind == "too_close")
    assert "store_hours and track_order" in finding.message
    assert "6 of their 80 utterances" in finding.message
    assert finding.where == "x.yaml:6"
    fewer = [p for p in read if p.right] + [p for p in read if not p.right][:3]
    assert "too_close" not in kinds(lint(corpus, predictions=fewer))


def test_the_same_words_with_two_consent_labels_conflict(tiny_corpus: Corpus) -> None:
    twice = replace(tiny_corpus.consent[0], label="opt_in", line=99)
    found = lint(replace(tiny_corpus, consent=(*tiny_corpus.consent, twice)))
    assert any(f.kind == "conflict" and f.where.endswith(":99") for f in found)


def test_an_opt_out_that_is_another_intent_is_warned_of(tiny_corpus: Corpus) -> None:
    said = next(r for r in tiny_corpus.intents if r.label == "track_order")
    also = replace(tiny_corpus.consent[0], text=said.text, label="opt_out", line=77)
    found = lint(replace(tiny_corpus, consent=(*tiny_corpus.consent, also)))
    finding = next(f for f in found if f.kind == "conflict")
    assert finding.severity is Severity.WARNING
    assert finding.where.endswith(":77")


def test_every_finding_about_lines_names_one(tiny_data: Path) -> None:
    add(tiny_data, "store_hours", *(f"what time do you open on {day}" for day in
        ("monday", "tuesday", "friday", "saturday")))  # fmt: skip
    for finding in lint(load_corpus(tiny_data)):
        assert finding.where.rsplit(":", 1)[1].isdigit(), finding

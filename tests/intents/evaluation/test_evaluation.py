import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.corpus.data import Corpus, load_corpus
from intents.corpus.subset import subset
from intents.corpus.written_test import read_test
from intents.encoders.encoder import Encoder
from intents.errors import VersionError
from intents.evaluation.evaluate import curve_of, evaluate_held_out, evaluate_on, explain
from intents.evaluation.learning_curve import (
    CURVE,
    LearningCurve,
    Point,
    learning_curve,
    read_curve,
)
from intents.evaluation.threshold_curves import consent_curves, topic_curves
from intents.figures.curves import (
    confidence_histogram,
    coverage,
    out_of_scope_curve,
    reliability,
    threshold_curve,
    too_close_curve,
    too_low_curve,
)
from intents.figures.head_figures import SeveralJudged
from intents.figures.metrics import Metrics, Predicted
from intents.figures.neighbours import VECTORS, Neighbours
from intents.report.page import render_report, write_report
from intents.training.train import build
from intents.understanding import Understander
from intents.versions.manifest import Manifest
from intents.versions.registry import Registry
from tests.intents.predictions import many, predicted

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def registry(models_dir: Path, tiny_version: Manifest, tmp_path: Path) -> Registry:
    shutil.copytree(models_dir, tmp_path / "models")
    return Registry(tmp_path / "models")


@pytest.fixture
def test_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "test"
    folder.mkdir()
    rows = {
        "intents": [
            {"text": "where is my order now", "intent": "track_order", "labelled_one": "track_order",
             "labelled_two": "track_order"},
            {"text": "hello <b>there</b>", "intent": "deny", "labelled_one": "deny",
             "labelled_two": "greeting"},
        ],
        "consent": [{"text": "stop texting me", "consent": "opt_out"},
                    {"text": "what a nice day", "consent": "opt_out"}],
        "topics": [{"text": "my lawyer will write", "topics": ["legal_threat"]},
                   {"text": "it is sunny", "topics": ["minor"]}],
        "sentiment": [{"text": "this is awful", "sentiment": "positive", "frustration": 1.0}],
        "several": [{"text": "where is it and when do you open",
                     "intents": ["track_order", "store_hours"]}],
    }  # fmt: skip
    for name, lines in rows.items():
        body = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(body)
    return folder


# ── curves ───────────────────────────────────────────────────────────────────────────────────────

PREDICTIONS = st.lists(
    st.builds(
        predicted,
        st.text(max_size=5),
        st.sampled_from(["a", "b", "out_of_scope"]),
        st.sampled_from(["a", "b", "out_of_scope"]),
        confidence=st.floats(0, 1),
    ),
    min_size=1,
    max_size=40,
)


@given(rows=PREDICTIONS)
@settings(max_examples=60, deadline=None)
def test_every_message_is_in_every_curve(rows: list[Predicted]) -> None:
    right = sum(p.right for p in rows)
    assert sum(b.messages for b in reliability(rows)) == len(rows)
    bins = confidence_histogram(rows)
    assert (sum(b.right for b in bins), sum(b.wrong for b in bins)) == (right, len(rows) - right)
    last = coverage(rows)[-1]
    assert (last.coverage, last.precision) == (1.0, pytest.approx(right / len(rows), abs=1e-4))
    first = too_low_curve(rows)[0]
    assert first.believed == 1.0
    assert first.wasted == 0.0
    shares = [p.believed for p in too_low_curve(rows)]
    assert shares == sorted(shares, reverse=True)
    recalls = [p.recall for p in out_of_scope_curve(rows)]
    assert recalls == sorted(recalls, reverse=True)


def test_a_threshold_curve_by_hand() -> None:
    points = threshold_curve(np.array([0.1, 0.4, 0.8]), np.array([False, True, True]))
    at = {p.threshold: p for p in points}
    assert (at[0.4].recall, at[0.4].false_alarms, at[0.4].precision) == (1.0, 0.0, 1.0)
    assert (at[0.8].recall, at[0.1].false_alarms) == (0.5, 1.0)


def test_too_close_looks_only_at_messages_above_too_low() -> None:
    rows = [predicted("x", "a", confidence=0.2), predicted("y", "a", confidence=0.9)]
    assert [p.threshold for p in too_close_curve(rows, too_low=0.5)] == [0.85]
    assert too_close_curve(rows, too_low=0.95) == []


def test_topics_and_consent_have_curves_with_their_threshold(
    tiny_corpus: Corpus, encoder: Encoder
) -> None:
    built = build(tiny_corpus, encoder, seed=0, progress=lambda *_: None)
    topics, consent = topic_curves(built), consent_curves(built)
    assert set(topics) == {topic.topic for topic in built.parameters.topics}
    assert set(consent) == {"obey", "ask"}
    for curve in (*topics.values(), *consent.values()):
        assert curve.at_chosen in curve.points


# ── tests that were written apart ────────────────────────────────────────────────────────────────


def test_a_folder_is_judged_with_every_head(understander: Understander, test_folder: Path) -> None:
    test = read_test(test_folder)
    result = evaluate_on(understander, test)
    assert len(test.rows) == 8
    assert result.metrics.accuracy == 0.5
    assert [p.text for p in result.errors] == ["hello <b>there</b>"]
    assert result.metrics.consent is not None
    assert result.metrics.consent.opt_outs == 2
    assert {t.topic for t in result.metrics.topics} >= {"legal_threat", "minor"}
    assert result.metrics.sentiment is not None
    assert result.metrics.sentiment.frustration_error > 0.2
    assert len(result.several) == 1
    assert result.agreement is not None
    assert result.agreement.agreed == 0.5
    assert 0 <= result.agreement.kappa < 1


@pytest.mark.parametrize("part", ["intents", "consent", "topics", "sentiment", "several"])
def test_a_file_alone_is_known_by_its_fields(
    understander: Understander, test_folder: Path, part: str
) -> None:
    test = read_test(test_folder / f"{part}.jsonl")
    assert len(getattr(test, part)) == len(test.rows) > 0
    assert render_report(evaluate_on(understander, test)).endswith("</html>")


def test_wishes_are_found_only_if_all_are_and_no_other() -> None:
    row = SeveralJudged(text="x", truth=("a", "b"), candidates=("c", "a", "b"), parts=("b", "a"))
    assert (row.first_right, row.all_among_three, row.all_found) == (False, True, True)
    assert not replace(row, parts=("a",)).all_found


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def test_the_report_shows_what_was_measured(
    registry: Registry, tiny_version: Manifest, encoder: Encoder, tmp_path: Path
) -> None:
    held_out = evaluate_held_out(registry, tiny_version.version)
    neighbours = Neighbours.of_version(registry.path(tiny_version.version), encoder)
    curve = LearningCurve(
        data_sha256="x",
        held_out=("ann",),
        points=(Point(writers=1, messages=9, accuracy=0.5, low=0.2, high=0.8),),
    )
    full = replace(explain(held_out, neighbours), curve=curve)
    page = write_report(full, tmp_path / "report")
    text = page.read_text(encoding="utf-8")
    for title in ("Confusion matrix", "Most often confused", "and why", "Style and length",
                  "Learning curve", "Sensitive topics", "Consent"):  # fmt: skip
        assert title in text
    assert 'src="http' not in text
    assert Metrics.read(tmp_path / "report" / "metrics.json") == full.metrics
    body = json.loads((tmp_path / "report" / "report.json").read_text())
    assert body["learning_curve"]["points"][0]["writers"] == 1
    assert len(body["errors"]) == min(len(full.errors), 60)
    assert (tmp_path / "report" / "errors.jsonl").exists()


def test_what_customers_wrote_cannot_run_in_the_report(
    understander: Understander, test_folder: Path
) -> None:
    page = render_report(evaluate_on(understander, read_test(test_folder)))
    assert "hello &lt;b&gt;there" in page
    assert "hello <b>there" not in page


# ── why ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_nearest_training_messages_of_a_held_out_error_are_others(
    registry: Registry, tiny_version: Manifest, encoder: Encoder
) -> None:
    folder = registry.path(tiny_version.version)
    neighbours = Neighbours.of_version(folder, encoder)
    rows = neighbours.rows[:5]
    for row, near in zip(rows, neighbours.of_training(rows), strict=True):
        assert near
        assert all(n.writer != row.writer for n in near)
        assert [n.similarity for n in near] == sorted((n.similarity for n in near), reverse=True)


def test_a_new_text_finds_its_like_and_vectors_are_kept(
    registry: Registry, tiny_version: Manifest, encoder: Encoder
) -> None:
    folder = registry.path(tiny_version.version)
    (folder / VECTORS).unlink(missing_ok=True)
    seen: list[str] = []
    first = Neighbours.of_version(folder, encoder, progress=lambda stage, *_: seen.append(stage))
    again = Neighbours.of_version(folder, encoder, progress=lambda stage, *_: seen.append("again"))
    assert "encoding training messages" in seen
    assert "again" not in seen
    near = again.of_texts(["where is my order"])[0]
    assert (near[0].text, near[0].intent, near[0].where) == (
        "where is my order",
        "track_order",
        "track_order.yaml:5",
    )
    assert near[0].similarity == pytest.approx(1, abs=0.01)
    assert first.of_texts([]) == []


def test_vectors_cut_short_are_made_again(
    registry: Registry, tiny_version: Manifest, encoder: Encoder
) -> None:
    folder = registry.path(tiny_version.version)
    (folder / VECTORS).write_bytes(b"\x93NUMPY")
    assert Neighbours.of_version(folder, encoder).of_texts(["hi"])[0]


# ── the learning curve ───────────────────────────────────────────────────────────────────────────


def test_more_writers_are_added_point_by_point(tiny_corpus: Corpus, encoder: Encoder) -> None:
    curve = learning_curve(tiny_corpus, encoder, most_orders=2)
    writers = sorted({row.writer for row in tiny_corpus.intents})
    assert [p.writers for p in curve.points] == list(range(1, len(writers)))
    assert [p.messages for p in curve.points] == sorted(p.messages for p in curve.points)
    assert all(0 <= p.low <= p.accuracy <= p.high <= 1 for p in curve.points)
    assert curve.rising_by == round(curve.points[-1].accuracy - curve.points[-2].accuracy, 4)


def test_the_last_point_is_what_training_measured(
    tiny_corpus: Corpus, encoder: Encoder, registry: Registry, tiny_version: Manifest
) -> None:
    """With all other writers learnt from, the curve ends at the held-out accuracy."""
    writers = len({row.writer for row in tiny_corpus.intents})
    curve = learning_curve(tiny_corpus, encoder, most_orders=writers)
    measured = evaluate_held_out(registry, tiny_version.version).metrics
    # The space is fitted on the intents alone here, in training on all heads' texts.
    assert curve.points[-1].accuracy == pytest.approx(measured.accuracy, abs=0.08)


def test_the_curve_is_kept_beside_its_version_and_only_for_its_data(
    registry: Registry, tiny_version: Manifest, encoder: Encoder, tiny_data: Path
) -> None:
    version = tiny_version.version
    assert curve_of(registry, version) is None
    made = curve_of(registry, version, training_data=TINY, encoder=encoder)
    assert made is not None
    assert curve_of(registry, version) == made
    path = registry.path(version) / CURVE
    assert read_curve(path, data_sha256="other") is None
    path.unlink()
    (tiny_data / "intents/conversation/deny.yaml").unlink()
    with pytest.raises(VersionError, match="other data"):
        curve_of(registry, version, training_data=tiny_data)
    path.write_text("{")
    with pytest.raises(VersionError, match="unreadable"):
        curve_of(registry, version)


def test_one_writer_gives_no_curve(tiny_corpus: Corpus, encoder: Encoder) -> None:
    alone = tuple(replace(row, writer="ann") for row in tiny_corpus.intents)
    curve = learning_curve(replace(tiny_corpus, intents=alone, consent=()), encoder)
    assert curve.points == ()
    assert curve.rising_by is None


def test_a_subset_is_another_data_set() -> None:
    corpus = load_corpus(TINY)
    small = subset(corpus, intents=("track_order", "deny"), every=2)
    assert {row.label for row in small.intents} == {"track_order", "deny"}
    assert set(small.groups) == {"track_order", "deny"}
    assert small.digest != corpus.digest
    assert len(small.consent) == (len(corpus.consent) + 1) // 2


def test_confusions_name_their_most_confident_messages(
    registry: Registry, tiny_version: Manifest
) -> None:
    rows = many("a", ["b", "b", "b", "b"], confidence=0.6)
    held_out = evaluate_held_out(registry, tiny_version.version)
    found = replace(
        held_out, predictions=(*rows, predicted("sure", "b", "a", confidence=0.99))
    ).confusions()
    assert (found[0].truth, found[0].predicted, found[0].messages) == ("a", "b", 5)
    assert found[0].examples[0].text == "sure"

import json
import shutil
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from intents.errors import GateError, TrainingDataError
from intents.evaluation.examining import Examined
from intents.evaluation.gate import LIVE, SHARED, WRITTEN, judge_examined, judge_predictions
from intents.evaluation.promotion import Verdict, judge, keep_verdict, promote, read_verdict
from intents.figures.head_figures import ConsentJudged, TopicJudged
from intents.figures.metrics import Metrics, Predicted, figures, read_predictions, write_predictions
from intents.training.train import train
from intents.versions.manifest import Manifest
from intents.versions.registry import METRICS, PREDICTIONS, Registry
from tests.intents.predictions import many

TINY = Path(__file__).parents[1] / "tiny"


def examined(
    predictions: list[Predicted],
    *,
    consent: tuple[ConsentJudged, ...] = (),
    topics: tuple[TopicJudged, ...] = (),
) -> Examined:
    return Examined(
        version="v",
        test="test",
        metrics=figures(predictions, measured_on="test"),
        predictions=tuple(predictions),
        consent=consent,
        topics=topics,
    )


def reasons(old: Examined, new: Examined, kind: str = WRITTEN) -> str:
    found = judge_examined(kind, old, new)
    assert found is not None
    return "; ".join(found.reasons)


def guesses(right: int, wrong: int) -> list[str]:
    return ["a"] * right + ["b"] * wrong


GOOD = many("a", guesses(450, 50)) + many("b", ["b"] * 400)


def test_the_same_readings_pass() -> None:
    assert reasons(examined(GOOD), examined(GOOD)) == ""


def test_a_loss_that_chance_explains_passes_and_a_larger_one_does_not() -> None:
    slightly = many("a", guesses(446, 54)) + many("b", ["b"] * 400)
    worse = many("a", guesses(420, 80)) + many("b", ["b"] * 400)
    assert reasons(examined(GOOD), examined(slightly)) == ""
    assert "accuracy falls" in reasons(examined(GOOD), examined(worse))


def test_a_loss_is_not_refused_where_too_few_messages_can_show_one() -> None:
    old = many("a", guesses(9, 1)) + many("b", ["b"] * 9)
    new = many("a", guesses(8, 2)) + many("b", ["b"] * 9)
    assert reasons(examined(old), examined(new), LIVE) == ""


def test_many_changes_to_and_fro_leave_a_large_loss_open() -> None:
    old = many("a", ["a"] * 60 + ["b"] * 60 + ["a"] * 180) + many("b", ["b"] * 20)
    new = many("a", ["b"] * 60 + ["a"] * 58 + ["b"] * 2 + ["a"] * 180) + many("b", ["b"] * 20)
    assert "not ruled out" in reasons(examined(old), examined(new))


def test_a_collapsing_intent_is_named_although_the_rest_improves() -> None:
    old = many("a", ["b"] * 20 + ["a"] * 300) + many("c", ["c"] * 12)
    new = many("a", ["a"] * 320) + many("c", ["c"] * 4 + ["a"] * 8)
    said = reasons(examined(old), examined(new))
    assert "c collapses" in said
    assert "8 of 12 messages lost, most to a" in said


def test_an_intent_of_few_messages_may_move() -> None:
    old = many("a", ["a"] * 300) + many("c", ["c"] * 4)
    new = many("a", ["a"] * 300) + many("c", ["c"] * 2 + ["a"] * 2)
    assert "collapses" not in reasons(examined(old), examined(new))


def test_lost_calibration_is_refused() -> None:
    sure = many("a", guesses(450, 50), confidence=0.9)
    boastful = [replace(p, confidence=0.999) for p in sure]
    assert "calibration error rises" in reasons(examined(sure), examined(boastful))
    assert reasons(examined(boastful), examined(sure)) == ""


def said(text: str, truth: str, read: str) -> ConsentJudged:
    return ConsentJudged(text=text, truth=truth, read=read, score=0.9)


@pytest.mark.parametrize(
    ("missed", "obeyed", "reason"),
    [
        (0, 0, ""),
        (1, 1, ""),
        (2, 0, "2 more of 40 are missed, among them 'no more 0'"),
        (0, 2, "2 more of 40 messages are obeyed as opt-outs wrongly"),
    ],
)
def test_opt_outs_are_held(missed: int, obeyed: int, reason: str) -> None:
    def rows(missed: int, obeyed: int) -> tuple[ConsentJudged, ...]:
        outs = [
            said(f"no more {i}", "opt_out", "none" if i < missed else "unsure") for i in range(40)
        ]
        rest = [said(f"hi {i}", "none", "opt_out" if i < obeyed else "none") for i in range(40)]
        return (*outs, *rest)

    old, new = examined(GOOD, consent=rows(0, 0)), examined(GOOD, consent=rows(missed, obeyed))
    assert reason in reasons(old, new)
    assert bool(reasons(old, new)) is bool(reason)


def test_topics_are_held() -> None:
    def rows(found: int) -> tuple[TopicJudged, ...]:
        return tuple(
            TopicJudged(text=str(i), truth=("minor",), found=("minor",) if i < found else ())
            for i in range(50)
        )

    old = examined(GOOD, topics=rows(48))
    assert reasons(old, examined(GOOD, topics=rows(47))) == ""
    assert "recall falls from 96.0% to 80.0%" in reasons(old, examined(GOOD, topics=rows(40)))


@pytest.mark.parametrize(
    ("kind", "messages", "better"), [(LIVE, 299, False), (LIVE, 300, True), (WRITTEN, 900, False)]
)
def test_better_is_claimed_only_from_300_live_labels(
    kind: str, messages: int, *, better: bool
) -> None:
    old = many("a", ["b"] * 60 + ["a"] * (messages - 60))
    new = many("a", ["a"] * messages)
    found = judge_predictions(kind, "x", old, new)
    assert found is not None
    assert found.better is better
    assert "a gain is shown" in found.sentence
    assert ("only from 300" in found.sentence) is (kind == LIVE and messages < 300)


def test_versions_without_a_message_in_common_cannot_be_judged() -> None:
    assert judge_predictions(SHARED, "x", many("a", ["a"]), many("b", ["b"])) is None


# ── with real versions ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def registry(models_dir: Path, tiny_version: Manifest, tmp_path: Path) -> Registry:
    """Two versions of the tiny data, the first of them active."""
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    (folder / "active.json").unlink(missing_ok=True)
    registry = Registry(folder)
    registry.activate(tiny_version.version)
    train(training_data=TINY, models_dir=folder, name="other", seed=1)
    return registry


@pytest.fixture
def other(registry: Registry) -> str:
    return next(m.version for m in registry.versions() if m.version.startswith("other"))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / "test"
    folder.mkdir()
    rows = {
        "intents.jsonl": [
            {"text": "wheres my parcel got to", "intent": "track_order"},
            {"text": "cancel that order for me", "intent": "cancel_order"},
        ],
        "consent.jsonl": [{"text": "stop texting me", "consent": "opt_out"}],
        "topics.jsonl": [{"text": "my lawyer will write to you", "topics": ["legal_threat"]}],
        "sentiment.jsonl": [{"text": "lovely", "sentiment": "positive", "frustration": 0}],
    }
    for name, lines in rows.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_both_tests_are_read_with_both_versions_and_told(
    registry: Registry, other: str, written: Path
) -> None:
    seen: list[str] = []
    verdicts: list[Verdict] = []
    active = promote(
        registry,
        other,
        by="ann",
        written_test=written,
        live_test=written / "intents.jsonl",
        progress=lambda stage, done, total: seen.append(stage),
        told=verdicts.append,
    )
    assert active.version == other
    assert {stage.split()[0] for stage in seen} == {other, verdicts[0].against}
    assert [found.kind for found in verdicts[0].sets] == [WRITTEN, LIVE]
    assert "only from 300 live labels" in " ".join(verdicts[0].sentences)
    assert read_verdict(registry, other) == verdicts[0]
    assert "passed" in active.history[-1].verdict
    assert "written test set" in active.history[-1].verdict


def test_without_a_written_test_the_shared_held_out_messages_are_compared(
    registry: Registry, other: str, tmp_path: Path
) -> None:
    found = judge(registry, other, written_test=tmp_path / "none", live_test=None)
    assert [each.kind for each in found.sets] == [SHARED]
    assert found.passed


def test_harder_data_alone_is_no_reason(registry: Registry, other: str) -> None:
    path = registry.path(other)
    rows = read_predictions(path / PREDICTIONS)
    harder = many("track_order", ["cancel_order"] * 50)
    write_predictions([*rows, *harder], path / PREDICTIONS)
    metrics = Metrics.read(path / METRICS)
    replace(metrics, accuracy=0.4, macro_f1=0.4).write(path / METRICS)
    assert judge(registry, other).passed


def test_the_gate_refuses_with_every_reason_and_force_overrules_it(
    registry: Registry, other: str
) -> None:
    path = registry.path(other)
    rows = read_predictions(path / PREDICTIONS)
    spoilt = [replace(p, predicted="greeting") if p.truth == "track_order" else p for p in rows]
    write_predictions(spoilt, path / PREDICTIONS)
    metrics = Metrics.read(path / METRICS)
    replace(metrics, messages=900, calibration_error=0.3).write(path / METRICS)
    with pytest.raises(GateError, match="calibration error") as caught:
        promote(registry, other)
    assert "accuracy falls" in str(caught.value)
    verdict = read_verdict(registry, other)
    assert verdict is not None
    assert not verdict.passed
    assert registry.active().version != other
    active = promote(registry, other, force=True)
    assert active.version == other
    assert active.history[-1].verdict.startswith("forced; refused")


def test_a_first_version_is_judged_by_itself(registry: Registry, other: str) -> None:
    (registry.folder / "active.json").unlink()
    assert judge(registry, other).sets == ()


def test_an_active_version_that_cannot_run_is_noted_and_its_figures_used(
    registry: Registry, other: str, written: Path, tiny_version: Manifest
) -> None:
    (registry.path(tiny_version.version) / "arrays.npz").write_bytes(b"junk")
    found = judge(registry, other, written_test=written)
    assert "cannot be run here" in " ".join(found.notes)
    assert [each.kind for each in found.sets] == [SHARED]


def test_a_broken_test_file_is_named_with_its_line(
    registry: Registry, other: str, written: Path
) -> None:
    (written / "consent.jsonl").write_text('{"text": "a", "consent": "maybe"}\n')
    with pytest.raises(TrainingDataError, match=r"consent\.jsonl:1"):
        judge(registry, other, written_test=written)


def test_a_verdict_is_kept_and_read_again(registry: Registry, other: str) -> None:
    assert read_verdict(registry, other) is None
    verdict = judge(registry, other)
    keep_verdict(registry, verdict)
    assert read_verdict(registry, other) == verdict


def test_a_version_of_an_older_form_is_noted_and_not_run(
    registry: Registry, other: str, written: Path, tiny_version: Manifest
) -> None:
    """Its files are whole, but this program cannot run them."""
    folder = registry.path(tiny_version.version)
    shutil.copy(registry.path(other) / "parameters.json", folder / "parameters.json")
    graph = folder / "likeness.onnx"
    model = onnx.load(graph)
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name == model.graph.input[0].name:
                node.input[place] = "older"
    model.graph.input[0].name = "older"
    onnx.save(model, graph)
    registry.seal(folder, replace(tiny_version, artefacts={}), list(tiny_version.artefacts))
    found = judge(registry, other, written_test=written)
    assert "of a form that this program cannot run" in " ".join(found.notes)
    assert [each.kind for each in found.sets] == [SHARED]

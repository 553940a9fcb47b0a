import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.intents import app
from agent.cli.intents_baselines import print_baselines
from benchmarks import baselines_nlpjs
from benchmarks.baselines import MAKERS, Measured, ask, measure, row
from benchmarks.baselines_kinds import SkippedError
from benchmarks.baselines_linear import SentenceTransformerLogistic, TfidfLinear
from benchmarks.baselines_nlpjs import NlpJs
from benchmarks.baselines_semantic_router import SemanticRouterBaseline
from intents.corpus.data import OUT_OF_SCOPE, Corpus
from intents.corpus.labelled_files import write_labelled

TEXTS = ["where is my order", "track my parcel", "when do you open", "opening times please"]
LABELS = ["order", "order", "hours", "hours"]


def no_weights() -> Path:
    raise AssertionError("this baseline needs no weights")


def test_tf_idf_knows_what_it_was_trained_on() -> None:
    baseline = TfidfLinear.make(TEXTS, LABELS, no_weights)
    assert [baseline.classify(text)[0] for text in TEXTS] == LABELS
    assert all(0.5 < baseline.classify(text)[1] <= 1 for text in TEXTS)


def test_tf_idf_takes_more_than_two_intents(tiny_corpus: Corpus) -> None:
    rows = tiny_corpus.intents
    baseline = TfidfLinear.make([r.text for r in rows], [r.label for r in rows], no_weights)
    assert baseline.classify("cancel my order")[0] == "cancel_order"


def test_figures_are_in_scope_and_out_of_scope_has_no_example(
    tiny_corpus: Corpus, tmp_path: Path
) -> None:
    rows = tiny_corpus.intents
    found = measure("tf-idf", rows, rows, out_of_scope=OUT_OF_SCOPE, models_dir=tmp_path)
    assert found.accuracy is not None
    assert found.accuracy > 0.9
    assert found.out_of_scope_auroc is not None
    assert found.out_of_scope_auroc > 0.6
    assert found.skipped is None
    baseline = TfidfLinear.make(TEXTS, LABELS, no_weights)
    predictions, taken = ask(baseline, rows, out_of_scope="greeting")
    assert len(taken) == len(rows)
    marked = {row.text for row in rows if row.label == "greeting"}
    assert marked <= {p.text for p in predictions if p.truth == OUT_OF_SCOPE}


def test_what_is_not_installed_is_skipped_with_the_reason(
    tiny_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = measure("nlp.js", tiny_corpus.intents, (), out_of_scope=None, models_dir=tmp_path)
    assert found == Measured(name="nlp.js", skipped="Node is not installed")
    assert "skipped: Node is not installed" in row(found)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
@pytest.mark.parametrize("make", [SentenceTransformerLogistic.make, SemanticRouterBaseline.make])
def test_without_torch_the_encoders_are_skipped(make) -> None:
    with pytest.raises(SkippedError, match="make torch"):
        make(TEXTS, LABELS, no_weights)


def test_node_without_the_package_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines_nlpjs, "FOLDER", tmp_path)
    monkeypatch.delenv("NODE_PATH", raising=False)
    with pytest.raises(SkippedError, match=r"Node is not installed|npm install"):
        NlpJs.make(TEXTS, LABELS, no_weights)


def test_nlp_js_answers_over_its_pipe() -> None:
    try:
        baseline = NlpJs.make(TEXTS, LABELS, no_weights)
    except SkippedError as reason:
        pytest.skip(str(reason))
    label, confidence = baseline.classify("where is my order")
    baseline.close()
    assert label == "order"
    assert 0 < confidence <= 1


def test_the_command_adds_the_baselines(
    models_dir: Path, tiny_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTWISE_MODELS", str(models_dir))
    monkeypatch.setenv("TEXTWISE_ENCODER", "fast")
    wanted = {"track_order", "store_hours"}
    write_labelled([r for r in tiny_corpus.intents if r.label in wanted], tmp_path / "all.csv")
    path = str(tmp_path / "all.csv")
    result = CliRunner().invoke(
        app, ["benchmark", "--train", path, "--test", path, "--baselines", "--json"]
    )
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["baselines"]
    assert len(rows) == len(MAKERS)
    assert rows[0]["accuracy"] > 0.9
    assert all((r["skipped"] is None) == (r["accuracy"] is not None) for r in rows)


def test_the_table_shows_figures_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {
        "accuracy": 0.9134, "macro_f1": 0.9, "out_of_scope_auroc": None, "train_seconds": 3.0,
        "p50_ms": 1.0, "p99_ms": 2.0,
    }  # fmt: skip
    empty = dict.fromkeys(figures)
    print_baselines(
        [{"name": "one", "skipped": None, **figures}, {"name": "two", "skipped": "why", **empty}]
    )
    shown = capsys.readouterr().out
    assert "0.9134" in shown
    assert "two: skipped, why" in shown

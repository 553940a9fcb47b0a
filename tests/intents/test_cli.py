import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli.intents import app
from intents.versions.manifest import Manifest
from intents.versions.registry import Registry

TINY = Path(__file__).parent / "tiny"


@pytest.fixture
def home(
    models_dir: Path, tiny_version: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An environment of its own: a models folder with the tiny version, its data, nothing else."""
    shutil.copytree(models_dir, tmp_path / "models")
    shutil.copytree(TINY, tmp_path / "data")
    (tmp_path / "models" / "active.json").unlink(missing_ok=True)
    Registry(tmp_path / "models").activate(tiny_version.version)
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("TEXTWISE_TRAINING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TEXTWISE_ENCODER", "fast")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_classify_one_message_as_json(home: Path) -> None:
    result = run("classify", "where is order #48213", "--json")
    row = json.loads(result.stdout)
    assert result.exit_code == 0
    assert row["intent"] == "track_order"
    assert set(row) >= {
        "text", "intent", "confidence", "candidates", "out_of_scope", "out_of_scope_score",
        "sentiment", "sentiment_score", "frustration", "consent", "topics", "entities", "took_ms",
    }  # fmt: skip
    assert row["entities"] == [
        {"type": "order_number", "text": "48213", "value": "48213", "start": 16, "end": 21}
    ]
    assert row["consent"] is None


def test_classify_for_people(home: Path) -> None:
    result = run("classify", "stop texting me")
    assert result.exit_code == 0
    assert "opt_out" in result.stdout


@pytest.mark.parametrize(
    ("name", "body", "column"),
    [
        ("in.csv", "id,body\n1,hello\n2,\n", "body"),
        ("in.jsonl", '{"text": "hello"}\n{"text": ""}\n', "text"),
    ],
)
def test_classify_a_file_keeps_every_line(home: Path, name: str, body: str, column: str) -> None:
    (home / name).write_text(body)
    result = run("classify", "--input", name, "--text-column", column, "--output", "out.jsonl")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in (home / "out.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == ["hello", ""]
    assert rows[0]["intent"] == "greeting"
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["classify"], ["classify", "hi", "--input", "x.csv"]])
def test_classify_wants_a_text_or_a_file(home: Path, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_missing_column_is_an_error_with_its_line(home: Path) -> None:
    (home / "in.csv").write_text("a,b\n1,2\n")
    result = run("classify", "--input", "in.csv")
    assert result.exit_code == 2
    assert "in.csv:1" in result.stderr.replace("\n", "")


def test_train_names_the_version_and_its_figures(home: Path, tiny_version: Manifest) -> None:
    result = run("train", "--json")
    body = json.loads(result.stdout)
    assert result.exit_code == 0
    assert body["version"] == tiny_version.version
    assert 0 < body["metrics"]["accuracy"] <= 1


def test_train_on_wrong_data_fails_with_file_and_line(home: Path) -> None:
    (home / "data/intents/x.yaml").write_text("intent: x\n")
    result = run("train")
    assert result.exit_code == 2
    # The console may break a long path over two lines.
    assert "x.yaml:1" in result.stderr.replace("\n", "")


def test_train_promote_list_rollback(home: Path, tiny_version: Manifest) -> None:
    trained = run("train", "--name", "mine", "--seed", "3")
    version = trained.stdout.splitlines()[0]
    assert version.startswith("mine-")
    assert run("promote", version).exit_code == 0
    listed = {row["version"]: row["active"] for row in json.loads(run("list", "--json").stdout)}
    assert listed == {version: True, tiny_version.version: False}
    assert json.loads(run("rollback", "--json").stdout) == {"active": tiny_version.version}
    assert version in run("list").stdout
    assert run("rollback").exit_code == 2


def test_promote_of_nothing_is_refused(home: Path) -> None:
    result = run("promote", "fast-00000000")
    assert result.exit_code == 2
    assert "no version" in result.stderr


def test_evaluate_writes_a_report(home: Path, tiny_version: Manifest) -> None:
    result = run("evaluate", "--output", "report", "--json")
    body = json.loads(result.stdout)
    assert result.exit_code == 0
    assert body["metrics"]["measured_on"] == "held-out writers"
    assert (home / "report" / "report.html").exists()
    (home / "test.csv").write_text("query,label\nwhere is my order,track_order\nhi,deny\n")
    judged = run(
        "evaluate", "--test", "test.csv", "--text-column", "query", "--label-column", "label",
        "--json",
    )  # fmt: skip
    assert json.loads(judged.stdout)["metrics"]["accuracy"] == 0.5
    assert "weakest intents" in run("evaluate").stdout


def test_compare_two_versions(home: Path, tiny_version: Manifest) -> None:
    other = json.loads(run("train", "--name", "mine", "--json").stdout)["version"]
    body = json.loads(run("compare", tiny_version.version, other, "--json").stdout)
    assert body["only_a"] == body["only_b"] == 0
    assert body["p_value"] == 1.0
    (home / "test.jsonl").write_text('{"text": "where is my order", "intent": "track_order"}\n')
    told = run("compare", tiny_version.version, other, "--test", "test.jsonl")
    assert "No difference is shown" in told.stdout


def test_benchmark(home: Path) -> None:
    assert run("data", "export", "all.csv").exit_code == 0
    result = run(
        "benchmark", "--train", "all.csv", "--test", "all.csv", "--out-of-scope", "out_of_scope",
        "--json",
    )  # fmt: skip
    body = json.loads(result.stdout)
    assert body["accuracy"] > 0.9
    assert body["out_of_scope_auroc"] > 0.5
    assert body["train_seconds"] > 0


def test_validate_passes_sound_data_and_fails_a_conflict(home: Path) -> None:
    sound = run("data", "validate")
    assert sound.exit_code == 0
    assert "0 errors" in sound.stdout
    path = home / "data/intents/conversation/deny.yaml"
    path.write_text(path.read_text() + "  dee: [where is my order]\n")
    result = run("data", "validate", "--json")
    assert result.exit_code == 1
    kinds = [finding["kind"] for finding in json.loads(result.stdout)]
    assert kinds[0] == "conflict"


def test_validate_finds_leaks_into_a_test_set(home: Path) -> None:
    (home / "test.csv").write_text("text,intent\nwhere is my order,track_order\n")
    result = run("data", "validate", "--test", "test.csv")
    assert result.exit_code == 1
    assert "test.csv:2" in result.stdout


def test_export_and_import_again(home: Path) -> None:
    assert run("data", "export", "nlu.yml").exit_code == 0
    known = json.loads(run("data", "import", "nlu.yml", "--json").stdout)
    assert known["added"] == 0
    (home / "new.csv").write_text("text,intent\ncan i pay by check,pay\n")
    assert "1 added" in run("data", "import", "new.csv").stdout
    assert (home / "data/intents/imported/pay.yaml").exists()
    assert run("data", "import", "missing.csv").exit_code == 2

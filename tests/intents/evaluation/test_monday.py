"""The Monday in docs/models.md, command by command, on the tiny data."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.intents import app
from intents.training.train import train
from intents.versions.manifest import Manifest
from intents.versions.registry import Registry

PAGE = Path(__file__).resolve().parents[3] / "docs/models.md"
TINY = Path(__file__).parents[1] / "tiny"


def monday() -> tuple[str, list[str]]:
    """Return the CSV and the commands of the section."""
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("## A data scientist's Monday")[1].split("\n## ")[0]
    blocks = re.findall(r"```(sh|csv)\n(.*?)```", section, re.DOTALL)
    table = next(body for kind, body in blocks if kind == "csv")
    commands = [line for kind, body in blocks if kind == "sh" for line in body.splitlines()]
    return table, commands


@pytest.fixture
def shop(
    models_dir: Path, tiny_version: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    shutil.copytree(models_dir, tmp_path / "models")
    shutil.copytree(TINY, tmp_path / "training_data")
    (tmp_path / "models" / "active.json").unlink(missing_ok=True)
    Registry(tmp_path / "models").activate(tiny_version.version)
    test = tmp_path / "training_data" / "test"
    test.mkdir()
    rows = [
        {"text": "wheres my parcel got to", "intent": "track_order"},
        {"text": "cancel that order for me", "intent": "cancel_order"},
    ]
    (test / "intents.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("TEXTWISE_TRAINING_DATA", str(tmp_path / "training_data"))
    monkeypatch.setenv("TEXTWISE_ENCODER", "fast")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_of_the_page_lead_from_a_pair_to_a_promoted_version_and_back(
    shop: Path, tiny_version: Manifest
) -> None:
    table, commands = monday()
    (shop / "monday.csv").write_text(table)
    registry = Registry(shop / "models")
    active: list[str | None] = []
    said: dict[str, str] = {}
    for command in commands:
        words = shlex.split(command)
        assert words[:2] == ["textwise", "intents"]
        result = CliRunner().invoke(app, words[2:])
        assert result.exit_code == 0, f"{command}: {result.output}"
        said[command] = result.output
        active.append(registry.active().version)
    new = max(m.version for m in registry.versions() if m.version != tiny_version.version)
    old = tiny_version.version
    assert active == [old] * 8 + [new, old, new]
    assert "6 added" in said["textwise intents data import monday.csv"]
    assert "not worse" in said["textwise intents promote newest"].replace("\n", " ")
    assert (shop / "models" / old / "report" / "report.html").is_file()
    assert (shop / "models" / new / "verdict.json").is_file()


def test_versions_have_names_for_their_part(shop: Path, tiny_version: Manifest) -> None:
    assert CliRunner().invoke(app, ["evaluate", "--version", "previous"]).exit_code == 2
    other = train(training_data=TINY, models_dir=shop / "models", name="other", seed=1)
    Registry(shop / "models").activate(other.version)
    for name, version in (("previous", tiny_version.version), ("newest", other.version)):
        result = CliRunner().invoke(app, ["evaluate", "--version", name, "--no-why", "--json"])
        assert json.loads(result.stdout)["version"] == version


def test_a_refusal_names_the_reason_and_changes_nothing(shop: Path, tiny_version: Manifest) -> None:
    rows = [{"text": f"wheres parcel {i}", "intent": "track_order"} for i in range(40)]
    test = shop / "training_data" / "test" / "intents.jsonl"
    test.write_text("".join(json.dumps(row) + "\n" for row in rows))
    less = shutil.copytree(shop / "training_data", shop / "less")
    path = less / "intents/orders/track_order.yaml"
    path.write_text(
        "intent: track_order\ndescription: x\nutterances:\n  ann: [zork, frotz]\n  bob: [xyzzy]\n"
    )
    assert CliRunner().invoke(app, ["train", "--data", str(less)]).exit_code == 0
    result = CliRunner().invoke(app, ["promote", "newest"])
    assert result.exit_code == 2
    assert "track_order collapses" in result.stderr.replace("\n", " ")
    assert "compare active" in result.stderr.replace("\n", " ")
    assert Registry(shop / "models").active().version == tiny_version.version


def test_a_learning_curve_is_measured_once(shop: Path, tiny_version: Manifest) -> None:
    assert CliRunner().invoke(app, ["evaluate", "--learning-curve", "--no-why"]).exit_code == 0
    kept = shop / "models" / tiny_version.version / "learning_curve.json"
    assert json.loads(kept.read_text())["points"]
    page = shop / "models" / tiny_version.version / "report" / "report.html"
    assert 'id="curve"' in page.read_text(encoding="utf-8")


def test_a_folder_of_tests_is_judged(shop: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "--test", "training_data/test", "--json"])
    body = json.loads(result.stdout)
    assert body["metrics"]["messages"] == 2
    assert body["report"].endswith("report-test/report.html")

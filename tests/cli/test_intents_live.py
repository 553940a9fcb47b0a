"""``textwise intents shadow``, ``gate`` and ``data label``, as typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli.intents_label import matching
from agent.cli.main import app
from agent.foundation import lay_foundation
from agent.settings import load_settings
from intents.types import Doubt
from intents.versions.registry import Registry
from tests.agent.learning.house import ADA, Learner
from tests.api.trained import add_version
from tests.conftest import FakeClock

RUN = CliRunner()


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Learner:
    """A home with two versions, and a way to let texts arrive."""
    models = tmp_path / "models"
    add_version(models, "fake-1")
    add_version(models, "fake-2", right=10)
    Registry(models).activate("fake-1", by="test")
    for name, value in (("HOME", tmp_path / "home"), ("MODELS", models),
                        ("TRAINING_DATA", tmp_path / "training_data"), ("DATABASE_URL", "")):  # fmt: skip
        monkeypatch.setenv(f"TEXTWISE_{name}", str(value))
    return Learner(lay_foundation(load_settings(), clock=clock).database, clock, tmp_path / "home")


def run(*words: str, keys: str = "") -> Result:
    result = RUN.invoke(app, ["intents", *words], input=keys)
    assert result.exit_code == 0, result.output
    return result


def unsure(learner: Learner, *texts: str) -> None:
    for text in texts:
        learner.turn(text, intent="product_info", doubt=Doubt.TOO_LOW, confidence=0.3)
    learner.observer.look()


def test_a_shadow_is_set_listed_and_unset(learner: Learner) -> None:
    assert json.loads(run("shadow", "--list", "--json").stdout) == {"shadow": None}

    run("shadow", "fake-2")

    assert json.loads(run("shadow", "--list", "--json").stdout)["shadow"] == "fake-2"
    run("shadow", "--off")
    assert "No version reads along." in run("shadow").stdout


@pytest.mark.parametrize("words", [("no-such",), ("fake-1",), ("fake-2", "--off")])
def test_a_shadow_that_makes_no_sense_is_refused(learner: Learner, words: tuple[str, ...]) -> None:
    result = RUN.invoke(app, ["intents", "shadow", *words])

    assert result.exit_code == 2
    assert "Error" in result.output


def test_the_gate_is_asked_without_changing_anything(learner: Learner) -> None:
    verdict = json.loads(run("gate", "fake-2", "--json").stdout)

    assert verdict["against"] == "fake-1"
    assert verdict["passed"] is True
    assert Registry(load_settings().models).active().version == "fake-1"


def test_labels_are_given_with_one_key_and_exported(learner: Learner) -> None:
    unsure(learner, "do you engrave", "rent skis", "sell kayaks")

    result = run("data", "label", "--by", "Robin", keys="1ou2osq")

    assert "do you engrave" in result.stdout
    counts = json.loads(run("data", "label", "--json").stdout)["counts"]
    assert (counts["worth"]["labelled"], counts["worth"]["skipped"]) == (2, 1)
    exported = json.loads(run("data", "label", "--export", "--json").stdout)
    assert exported["utterances"] == 2
    files = sorted(p.name for p in (learner.folder / "labels/intents").iterdir())
    assert files == ["out_of_scope.yaml", "product_info.yaml"]


def test_an_intent_is_searched_for_by_a_part_of_its_name(learner: Learner) -> None:
    unsure(learner, "where is it")

    run("data", "label", keys="/track\nq")

    with learner.database.read() as uow:
        assert uow.labels.counts()["worth"].labelled == 1


def test_erasing_a_customer_takes_their_words_out_of_the_files(learner: Learner) -> None:
    unsure(learner, "do you engrave")
    run("data", "label", keys="1q")
    assert list((learner.folder / "labels/intents").iterdir())

    assert RUN.invoke(app, ["customers", "erase", ADA, "--yes"]).exit_code == 0

    assert not list((learner.folder / "labels/intents").iterdir())


@pytest.mark.parametrize(
    ("part", "found"),
    [("track", ["track_order", "track_refund"]), ("order track", ["track_order"]),
     ("Track Order", ["track_order"]), ("xyz", [])],
)  # fmt: skip
def test_matching_names_have_every_word(part: str, found: list[str]) -> None:
    assert list(matching(part, ("track_order", "track_refund", "get_refund"))) == found

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intents.corpus.data import load_corpus
from intents.corpus.labelled_files import read_labelled, write_labelled
from intents.encoders.encoder import Encoder
from intents.errors import TrainingDataError, VersionError
from intents.evaluation.benchmark import run_benchmark
from intents.training.train import ensure_trained, train
from intents.understanding import Understander
from intents.versions.manifest import Manifest
from intents.versions.registry import Registry

TINY = Path(__file__).parents[1] / "tiny"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def own_models(models_dir: Path, tiny_version: Manifest, tmp_path: Path) -> Path:
    """A models folder with the tiny version, that a test may change."""
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    (folder / "active.json").unlink(missing_ok=True)
    return folder


def with_more(tiny_data: Path) -> Path:
    path = tiny_data / "intents/conversation/deny.yaml"
    path.write_text(path.read_text() + "  dee: [nuh uh, forget it then]\n")
    return tiny_data


def test_unchanged_data_gives_the_same_version(own_models: Path, tiny_version: Manifest) -> None:
    stages: list[str] = []
    again = train(
        training_data=TINY,
        models_dir=own_models,
        progress=lambda stage, _done, _total: stages.append(stage),
    )
    assert again == tiny_version
    assert "encoding messages" not in stages


def test_training_twice_gives_the_same_artefacts(own_models: Path, tiny_version: Manifest) -> None:
    shutil.rmtree(own_models / tiny_version.version)
    assert train(training_data=TINY, models_dir=own_models).artefacts == tiny_version.artefacts


def test_changed_data_or_seed_or_name_gives_another_version(
    own_models: Path, tiny_version: Manifest, tiny_data: Path
) -> None:
    changed = train(training_data=with_more(tiny_data), models_dir=own_models)
    named = train(training_data=TINY, models_dir=own_models, name="mine", seed=1)
    assert len({tiny_version.version, changed.version, named.version}) == 3
    assert named.version.startswith("mine-")


def test_too_little_data_is_refused(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "intents"
    folder.mkdir()
    body = "intent: a\ndescription: b\nutterances:\n  ann: [one, two]\n"
    (folder / "a.yaml").write_text(body)
    with pytest.raises(TrainingDataError, match="at least two intents"):
        train(training_data=tmp_path, models_dir=models_dir)
    (folder / "b.yaml").write_text("intent: c\ndescription: b\nutterances:\n  ann: [three]\n")
    with pytest.raises(TrainingDataError, match="too few utterances"):
        train(training_data=tmp_path, models_dir=models_dir)


def test_a_failed_training_leaves_nothing_behind(own_models: Path, tiny_data: Path) -> None:
    before = sorted(p.name for p in own_models.iterdir())

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "writing the version":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(training_data=with_more(tiny_data), models_dir=own_models, progress=stop)
    assert sorted(p.name for p in own_models.iterdir()) == before


def test_a_small_shop_without_writers_topics_or_consent_can_train(
    models_dir: Path, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "intents"
    folder.mkdir(parents=True)
    texts = {
        "hours": ["when do you open", "opening times", "are you open now", "till when today"],
        "order": ["where is my order", "track my parcel", "did it ship", "any news on my box"],
        "thanks": ["thank you", "thanks a lot", "cheers mate", "much appreciated"],
    }
    for name, lines in texts.items():
        body = "".join(f"  - {line}\n" for line in lines)
        (folder / f"{name}.yaml").write_text(
            f"intent: {name}\ndescription: x\nutterances:\n  shop:\n{body}"
        )
    manifest = train(training_data=tmp_path / "data", models_dir=models_dir, name="shop")
    understander = Understander.load(models_dir, version=manifest.version)
    read = understander.understand("has my parcel shipped")
    assert read.intent == "order"
    assert read.topics == ()
    assert understander.understand("STOP").consent is None or manifest.messages["consent"] == 0


def test_make_run_trains_once_and_promotes(own_models: Path, tiny_version: Manifest) -> None:
    assert ensure_trained(models_dir=own_models, training_data=TINY) == tiny_version.version
    registry = Registry(own_models)
    assert registry.active().version == tiny_version.version
    before = registry.active()
    assert ensure_trained(models_dir=own_models, training_data=TINY) == tiny_version.version
    assert registry.active() == before


def test_make_run_trains_again_after_the_data_changed(
    own_models: Path, tiny_version: Manifest, tiny_data: Path
) -> None:
    ensure_trained(models_dir=own_models, training_data=TINY)
    version = ensure_trained(models_dir=own_models, training_data=with_more(tiny_data))
    assert version != tiny_version.version
    assert Registry(own_models).active().version == version


def test_promotion_and_rollback_are_kept_as_history(
    own_models: Path, tiny_version: Manifest
) -> None:
    registry = Registry(own_models)
    other = train(training_data=TINY, models_dir=own_models, name="other", seed=1)
    registry.activate(tiny_version.version, by="ann", now=NOW)
    registry.activate(other.version, by="bob", now=NOW)
    assert registry.active_version() == other.version
    assert registry.rollback(by="cid", now=NOW).version == tiny_version.version
    history = registry.active().history
    assert [(c.action, c.version, c.by) for c in history] == [
        ("promote", tiny_version.version, "ann"),
        ("promote", other.version, "bob"),
        ("rollback", tiny_version.version, "cid"),
    ]
    with pytest.raises(VersionError, match="no earlier version"):
        registry.rollback()


@pytest.mark.parametrize("file", ["arrays.npz", "vocabulary.json", "likeness.onnx"])
@pytest.mark.parametrize("harm", [Path.unlink, lambda p: p.write_bytes(b"junk")])
def test_a_broken_version_is_refused(
    own_models: Path, tiny_version: Manifest, file: str, harm: Callable[[Path], object]
) -> None:
    harm(own_models / tiny_version.version / file)
    with pytest.raises(VersionError, match=file):
        Understander.load(own_models, version=tiny_version.version)
    with pytest.raises(VersionError, match="broken"):
        Registry(own_models).activate(tiny_version.version)


def test_a_broken_manifest_or_active_file_is_named(
    own_models: Path, tiny_version: Manifest
) -> None:
    (own_models / "active.json").write_text("{")
    with pytest.raises(VersionError, match=r"active\.json"):
        Understander.load(own_models)
    (own_models / tiny_version.version / "manifest.json").write_text("{}")
    with pytest.raises(VersionError, match=r"manifest\.json"):
        Registry(own_models).verify(tiny_version.version)


def test_without_an_active_version_it_says_which_command_makes_one(own_models: Path) -> None:
    with pytest.raises(VersionError) as caught:
        Understander.load(own_models)
    assert "textwise intents train" in caught.value.hint


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden"])
def test_a_version_name_cannot_leave_the_folder(own_models: Path, name: str) -> None:
    with pytest.raises(VersionError):
        Registry(own_models).manifest(name)


def test_a_benchmark_tells_out_of_scope_without_an_example(
    encoder: Encoder, tmp_path: Path
) -> None:
    csv = tmp_path / "all.csv"
    write_labelled(load_corpus(TINY).intents, csv)
    known = read_labelled(csv)
    result = run_benchmark([encoder], known, known, out_of_scope="out_of_scope")
    assert result.intents == len({row.label for row in known}) - 1
    assert result.accuracy > 0.9
    assert result.out_of_scope_auroc is not None
    assert result.out_of_scope_auroc > 0.7
    assert 0 < result.p50_ms <= result.p99_ms

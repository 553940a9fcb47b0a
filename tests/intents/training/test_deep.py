import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from agent.cli.intents import app
from intents.corpus.data import Corpus, Labelled
from intents.encoders.encoder import Encoder
from intents.encoders.encoder_export import export_encoder
from intents.encoders.weights import FAST, find_weights, sha256_of
from intents.encoders.weights import FILES as PUBLISHED
from intents.errors import DeepModeError, VersionError
from intents.evaluation.benchmark import run_benchmark
from intents.evaluation.evaluate import evaluate_held_out
from intents.reading.calibration import Integers, softmax
from intents.reading.deep import DEEP_FOLDER, FILES, HEAD, TunedHead, TunedModel
from intents.reading.parameters import IntentParameters, Parameters, TunedParameters
from intents.reading.readers import DeepReader, SingleReader, open_reader, read_parameters
from intents.reading.readings import averaged
from intents.training.building import build
from intents.training.deep_training import Deep, deepen, held_out_rows, tuned_encoder
from intents.training.deep_tuning import Steps, TorchTuner
from intents.training.fitting import tuned_intent_parameters
from intents.training.train import ensure_trained, train
from intents.understanding import Understander
from intents.versions.manifest import DEEP_FORM, Manifest
from intents.versions.registry import CARD, MANIFEST, PARAMETERS, PREDICTIONS, Registry

TINY = Path(__file__).parents[1] / "tiny"
TEXTS = ["where is my order", "cancel the lamp please", "when do you open", "stop texting me", "hi"]

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch: make torch")
without_torch = pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")


@dataclass(frozen=True)
class MeansTuner:
    """Leaves the encoder as it is; its head compares with the mean vector of each class."""

    encoder: Encoder

    def libraries(self) -> Mapping[str, str]:
        return {"means": "1"}

    def tune(
        self,
        weights: Path,
        texts: Sequence[str],
        truth: Integers,
        *,
        labels: int,
        target: Path,
        seed: int,
        epochs: int,
        progress: Steps,
    ) -> TunedHead:
        target.mkdir()
        for name in PUBLISHED:
            shutil.copyfile(weights / name, target / name)
        vectors = self.encoder.encode(texts)
        means = [vectors[truth == label].mean(axis=0) for label in range(labels)]
        progress(epochs, epochs)
        return TunedHead(np.array(means, np.float32), np.zeros(labels, np.float32))


@pytest.fixture(scope="module")
def deep_models(
    models_dir: Path, tiny_version: Manifest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A models folder with the tiny version, for the versions of this module."""
    folder = tmp_path_factory.mktemp("deep") / "models"
    shutil.copytree(models_dir / "encoders", folder / "encoders")
    shutil.copytree(models_dir / tiny_version.version, folder / tiny_version.version)
    return folder


@pytest.fixture(scope="module")
def deep(deep_models: Path, encoder: Encoder) -> Deep:
    return Deep(models_dir=deep_models, epochs=2, tuner=MeansTuner(encoder))


@pytest.fixture(scope="module")
def deep_version(deep_models: Path, deep: Deep) -> Manifest:
    return train(training_data=TINY, models_dir=deep_models, deep=deep)


@pytest.fixture(scope="module")
def half(
    deep_models: Path, deep_version: Manifest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The deep version's files, with a share that so little data would not give it."""
    folder = tmp_path_factory.mktemp("half") / "version"
    shutil.copytree(deep_models / deep_version.version, folder)
    known = read_parameters(folder)
    assert known.intents.tuned is not None
    intents = replace(known.intents, tuned=replace(known.intents.tuned, weight=0.5))
    replace(known, intents=intents).write(folder / PARAMETERS)
    return folder


@pytest.fixture
def own_models(deep_models: Path, deep_version: Manifest, tmp_path: Path) -> Path:
    """A models folder with the deep version, that a test may change."""
    folder = tmp_path / "models"
    shutil.copytree(deep_models, folder)
    (folder / "active.json").unlink(missing_ok=True)
    return folder


def rows(*writers: str, labels: Sequence[str] = ("a",)) -> list[Labelled]:
    return [
        Labelled(text=str(i), label=labels[i % len(labels)], writer=w, path=Path("x"), line=i)
        for i, w in enumerate(writers)
    ]


# What calibration holds out


def test_about_a_fifth_is_held_out_and_whole_writers_at_that() -> None:
    examples = rows(*(f"writer {i % 10}" for i in range(200)))
    held = held_out_rows(examples, seed=0)
    inside = {examples[i].writer for i in held}
    outside = {e.writer for i, e in enumerate(examples) if i not in set(held)}
    assert len(held) == 40
    assert not inside & outside


def test_without_writers_a_fifth_of_each_label_is_held_out() -> None:
    examples = rows(*[""] * 100, labels=("a", "b"))
    held = held_out_rows(examples, seed=3)
    labels = [examples[i].label for i in held]
    assert (labels.count("a"), labels.count("b")) == (10, 10)


def test_the_seed_chooses_who_is_held_out() -> None:
    examples = rows(*(f"writer {i % 10}" for i in range(200)))
    first, again, other = (held_out_rows(examples, seed=seed).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_writer_of_half_the_messages_is_not_held_out() -> None:
    examples = rows(*["much"] * 50, *["little"] * 25, *["some"] * 25)
    for seed in range(5):
        held = held_out_rows(examples, seed=seed)
        assert "much" not in {examples[i].writer for i in held}


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60), st.integers(0, 9))
def test_some_messages_are_held_out_and_some_are_left(writers: list[str], seed: int) -> None:
    held = held_out_rows(rows(*writers), seed=seed)
    assert 0 < len(held) < len(writers)
    assert len(set(held.tolist())) == len(held)


# How the tuned encoder's opinion counts

SCORES = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 1.0]], np.float32)
LOGITS = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 4.0]], np.float32)


def test_probabilities_are_averaged_by_the_share() -> None:
    found = averaged(SCORES, 0.5, LOGITS, TunedParameters(temperature=2.0, weight=0.25))
    expected = 0.75 * softmax(SCORES, 0.5) + 0.25 * softmax(LOGITS, 2.0)
    assert found == pytest.approx(expected)
    assert found.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("logits", "tuned"), [(None, TunedParameters(temperature=1.0, weight=0.5)), (LOGITS, None)]
)
def test_without_a_tuned_opinion_the_scores_speak_alone(
    logits: np.ndarray | None, tuned: TunedParameters | None
) -> None:
    assert averaged(SCORES, 0.5, logits, tuned) == pytest.approx(softmax(SCORES, 0.5))


@pytest.mark.parametrize(("good", "least", "most"), [("logits", 0.6, 1.0), ("scores", 0.0, 0.4)])
def test_the_better_model_gets_the_larger_share(good: str, least: float, most: float) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 400)
    clear = np.eye(4, dtype=np.float32)[truth] + rng.normal(0, 0.3, (400, 4)).astype(np.float32)
    vague = rng.normal(0, 1, (400, 4)).astype(np.float32)
    scores, logits = (vague, clear) if good == "logits" else (clear, vague)
    base = IntentParameters(labels=tuple("abcd"), temperature=0.3, too_low=0.5, too_close=0.1)
    found = tuned_intent_parameters(base, scores, logits, truth)
    assert found.tuned is not None
    assert least <= found.tuned.weight <= most
    assert found.temperature == base.temperature


# The version


def test_a_deep_version_says_how_it_was_made(
    deep_models: Path, deep_version: Manifest, tiny_version: Manifest
) -> None:
    made = deep_version.deep
    assert made is not None
    assert deep_version.version.startswith("fast-deep-")
    assert (made.tuned, made.epochs) == ("fast", 2)
    assert 0 < made.held_out <= made.messages / 3
    assert deep_version.recipe["form"] == DEEP_FORM
    assert deep_version.libraries["means"] == "1"
    assert {f"{DEEP_FOLDER}/{name}" for name in FILES} <= set(deep_version.artefacts)
    assert tiny_version.deep is None
    card = (deep_models / deep_version.version / CARD).read_text()
    assert "tuned for 2 epochs" in card


def test_it_is_trained_once(deep_models: Path, deep_version: Manifest, deep: Deep) -> None:
    assert train(training_data=TINY, models_dir=deep_models, deep=deep) == deep_version
    longer = train(training_data=TINY, models_dir=deep_models, deep=replace(deep, epochs=3))
    assert longer.version != deep_version.version


def test_intents_are_averaged_and_all_else_is_untouched(
    deep_models: Path, half: Path, tiny_version: Manifest, encoder: Encoder
) -> None:
    whole = Understander.of_folder(half, encoder, version="half")
    plain = Understander.load(deep_models, version=tiny_version.version)
    a, b = whole.understand_batch(TEXTS), plain.understand_batch(TEXTS)
    assert [x.candidates for x in a] != [x.candidates for x in b]
    for field in ("out_of_scope_score", "topics", "sentiment_score", "frustration", "consent"):
        assert [getattr(x, field) for x in a] == [getattr(x, field) for x in b], field


def test_the_reader_adds_the_logits_of_the_encoder_in_the_folder(
    half: Path, encoder: Encoder
) -> None:
    reader = open_reader(half, [encoder], read_parameters(half))
    assert isinstance(reader, DeepReader)
    assert reader.encoder is encoder
    logits = np.stack([raw.tuned for raw in reader.score(TEXTS) if raw.tuned is not None])
    assert logits == pytest.approx(TunedModel.read(half / DEEP_FOLDER).logits(TEXTS), abs=1e-5)
    assert all(raw.tuned is None for raw in reader.score_quickly(TEXTS))
    assert reader.score([]) == []


def test_an_encoder_without_a_share_is_not_asked(
    deep_models: Path, deep_version: Manifest, encoder: Encoder
) -> None:
    folder = deep_models / deep_version.version
    known = read_parameters(folder)
    silent = replace(known.intents, tuned=TunedParameters(temperature=1.0, weight=0.0))
    reader = open_reader(folder, [encoder], replace(known, intents=silent))
    assert isinstance(reader, SingleReader)


def test_figures_are_of_messages_that_no_part_had_seen(
    deep_models: Path, deep_version: Manifest
) -> None:
    assert deep_version.deep is not None
    found = evaluate_held_out(Registry(deep_models), deep_version.version)
    lines = (deep_models / deep_version.version / PREDICTIONS).read_text().splitlines()
    assert found.metrics.messages == len(found.predictions) == deep_version.deep.held_out
    assert len(lines) == deep_version.deep.messages
    assert len({p.writer for p in found.predictions}) == 1


def test_what_trained_on_a_fifth_less_is_calibrated_on_that_fifth(
    tiny_corpus: Corpus, encoder: Encoder, deep: Deep, tmp_path: Path
) -> None:
    seen: list[list[str]] = []

    @dataclass(frozen=True)
    class Noting(MeansTuner):
        def tune(self, weights: Path, texts: Sequence[str], *args, **options) -> TunedHead:
            seen.append(list(texts))
            return super().tune(weights, texts, *args, **options)

    stages: list[str] = []
    built = deepen(
        build(tiny_corpus, encoder, seed=0),
        [encoder],
        replace(deep, tuner=Noting(encoder)),
        scratch=tmp_path,
        seed=0,
        progress=lambda stage, _done, _total: stages.append(stage),
    )
    assert built.deep is not None
    held = {built.examples.intents[i].text for i in built.deep.held_out}
    everything = {e.text for e in built.examples.intents}
    assert set(seen[0]) == everything - held
    assert set(seen[1]) == everything
    assert [stage[:20] for stage in stages] == ["fine-tuning, 1 of 2:", "fine-tuning, 2 of 2:"]
    assert {path.name for path in built.deep.folder.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [Path.unlink, lambda p: p.write_bytes(b"junk")])
def test_a_broken_deep_version_is_refused(
    own_models: Path, deep_version: Manifest, name: str, harm: Callable[[Path], object]
) -> None:
    folder = own_models / deep_version.version
    harm(folder / DEEP_FOLDER / name)
    with pytest.raises(VersionError, match=name):
        Understander.load(own_models, version=deep_version.version)
    with pytest.raises(VersionError):
        TunedModel.read(folder / DEEP_FOLDER)


def test_a_head_of_another_encoder_is_refused(own_models: Path, deep_version: Manifest) -> None:
    folder = own_models / deep_version.version / DEEP_FOLDER
    (folder / HEAD).unlink()
    TunedHead(np.zeros((8, 7), np.float32), np.zeros(8, np.float32)).write(folder)
    with pytest.raises(VersionError, match="does not fit"):
        TunedModel.read(folder)


def test_a_version_of_before_the_deep_mode_still_loads(
    own_models: Path, tiny_version: Manifest
) -> None:
    folder = own_models / tiny_version.version
    parameters = json.loads((folder / PARAMETERS).read_text())
    manifest = json.loads((folder / MANIFEST).read_text())
    del parameters["intents"]["tuned"], manifest["deep"]
    (folder / PARAMETERS).write_text(json.dumps(parameters))
    manifest["artefacts"][PARAMETERS] = sha256_of(folder / PARAMETERS)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    old = Understander.load(own_models, version=tiny_version.version)
    assert old.understand("where is my order").intent == "track_order"


def test_a_version_of_an_unknown_form_is_refused(own_models: Path, deep_version: Manifest) -> None:
    path = own_models / deep_version.version / MANIFEST
    body = json.loads(path.read_text())
    body["recipe"]["form"] = DEEP_FORM + 1
    path.write_text(json.dumps(body))
    with pytest.raises(VersionError, match="another release"):
        Understander.load(own_models, version=deep_version.version)


def test_make_run_leaves_an_active_deep_version_in_place(
    own_models: Path, deep_version: Manifest
) -> None:
    Registry(own_models).activate(deep_version.version, by="tests")
    kept = ensure_trained(models_dir=own_models, training_data=TINY)
    assert kept == deep_version.version
    assert Registry(own_models).active_version() == deep_version.version


def test_of_every_tier_the_fast_encoder_is_tuned(encoder: Encoder) -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

    for names, tuned in (
        (["fast"], "fast"), (["accurate"], "fast"), (["fast", "accurate"], "fast"),
        (["org/model"], "org/model"),
    ):  # fmt: skip
        assert tuned_encoder([Named(name) for name in names]) == tuned  # type: ignore[misc]


def test_a_deep_benchmark_names_the_share(
    tiny_corpus: Corpus, encoder: Encoder, deep: Deep
) -> None:
    messages = tiny_corpus.intents
    found = run_benchmark([encoder], messages, messages, out_of_scope="out_of_scope", deep=deep)
    assert found.deep_share is not None
    assert 0 <= found.deep_share <= 1
    assert found.accuracy > 0.9


# The command


@pytest.fixture
def home(deep_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEXTWISE_MODELS", str(deep_models))
    monkeypatch.setenv("TEXTWISE_TRAINING_DATA", str(TINY))
    monkeypatch.setenv("TEXTWISE_ENCODER", "fast")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@without_torch
def test_without_torch_it_says_what_to_install(home: Path) -> None:
    with pytest.raises(DeepModeError, match="torch"):
        TorchTuner().libraries()
    result = CliRunner().invoke(app, ["train", "--deep"])
    assert result.exit_code == 2
    assert "make torch" in result.stderr


def test_epochs_are_of_the_deep_mode_only(home: Path) -> None:
    result = CliRunner().invoke(app, ["train", "--epochs", "2"])
    assert result.exit_code == 2
    assert "--deep" in result.stderr


@needs_torch
@pytest.mark.torch
def test_the_command_trains_a_deep_version(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TINY / "intents" / "orders", tmp_path / "data" / "intents" / "orders")
    monkeypatch.setenv("TEXTWISE_TRAINING_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["train", "--deep", "--epochs", "1", "--json"])
    assert result.exit_code == 0, result.stderr
    body = json.loads(result.stdout)
    assert body["version"].startswith("fast-deep-")


# Fine-tuning itself


@needs_torch
@pytest.mark.torch
def test_fine_tuning_learns_and_the_same_seed_gives_the_same_weights(
    deep_models: Path, tiny_corpus: Corpus, tmp_path: Path
) -> None:
    weights = find_weights("fast", deep_models, scratch=tmp_path).folder
    chosen = [row for row in tiny_corpus.intents if row.label in {"track_order", "store_hours"}]
    texts = [row.text for row in chosen]
    truth = np.array([row.label == "store_hours" for row in chosen], np.int64)
    steps: list[tuple[int, int]] = []

    def tune(name: str) -> TunedHead:
        # One thread: two that wait for each other crawl where cores are shared.
        return TorchTuner(threads=1).tune(
            weights,
            texts,
            truth,
            labels=2,
            target=tmp_path / name,
            seed=4,
            epochs=6,
            progress=lambda done, total: steps.append((done, total)),
        )

    first, second = tune("first"), tune("second")
    files = [tmp_path / name / "model.safetensors" for name in ("first", "second")]
    assert sha256_of(files[0]) == sha256_of(files[1]) != FAST.sha256
    assert np.array_equal(first.weights, second.weights)
    assert steps[-1][0] == steps[-1][1]
    exported = tmp_path / "exported"
    exported.mkdir()
    export_encoder(tmp_path / "first", exported, name="tuned", weights_sha256="")
    first.write(exported)
    guess = TunedModel.read(exported).logits(texts).argmax(axis=1)
    assert (guess == truth).mean() > 0.9


def test_parameters_keep_the_share(
    tmp_path: Path, deep_models: Path, deep_version: Manifest
) -> None:
    known = read_parameters(deep_models / deep_version.version)
    known.write(tmp_path / PARAMETERS)
    assert Parameters.read(tmp_path / PARAMETERS) == known

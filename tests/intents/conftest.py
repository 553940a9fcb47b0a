"""A tiny version, trained once a session on the real encoder, and the shipped one where present."""

import shutil
from pathlib import Path

import pytest

from intents.corpus.data import Corpus, load_corpus
from intents.encoders.encoder import Encoder, load_encoder
from intents.encoders.encoder_export import prepare_encoder
from intents.errors import WeightsError
from intents.training.train import train
from intents.understanding import Understander
from intents.versions.manifest import Manifest
from intents.versions.registry import Registry

CHECKOUT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder that holds nothing but the exported encoder."""
    folder = tmp_path_factory.mktemp("models")
    try:
        prepare_encoder(folder)
    except WeightsError as error:
        pytest.skip(f"no encoder weights: {error}")
    return folder


@pytest.fixture(scope="session")
def encoder(models_dir: Path) -> Encoder:
    return load_encoder(models_dir)


@pytest.fixture(scope="session")
def tiny_corpus() -> Corpus:
    return load_corpus(TINY)


@pytest.fixture
def tiny_data(tmp_path: Path) -> Path:
    """A copy of the tiny training data that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "training_data"))


@pytest.fixture(scope="session")
def tiny_version(models_dir: Path) -> Manifest:
    manifest = train(training_data=TINY, models_dir=models_dir)
    Registry(models_dir).activate(manifest.version, by="tests")
    return manifest


@pytest.fixture(scope="session")
def understander(models_dir: Path, tiny_version: Manifest) -> Understander:
    return Understander.load(models_dir)


@pytest.fixture(scope="session")
def shipped() -> Understander:
    """The shipped model, where `make run` or `textwise intents train` has made it."""
    models = CHECKOUT / "models"
    if Registry(models).active().version is None:
        pytest.skip("no trained version in models/: run textwise intents train --promote")
    return Understander.load(models)

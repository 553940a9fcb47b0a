"""Builds a cross-encoder's ONNX graph from its file of layers.

The word vectors are the fast encoder's, or stand in the same file: then it is whole, and brings
its configuration and its tokenizer too.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.encoders.architectures import EncoderShape
from intents.encoders.graph import Graph, as_floats, attention_bias, embed, layer, model_of
from intents.encoders.quantise import dequantised, quantised
from intents.errors import WeightsError

if TYPE_CHECKING:
    from onnx import ModelProto

_WORDS = "embeddings.word_embeddings.weight"
_STEPS = ".steps"
"""Stands behind the name of an int8 matrix's steps."""
_DISTANCES = "encoder.relative_attention_bias.weight"
"""A table of a few hundred numbers: not worth rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What a file brings that needs no published encoder beside it.

    ``config`` is the published ``config.json`` with as many layers as there are, ``tokenizer`` the
    published ``tokenizer.json``.
    """

    config: str
    tokenizer: str

    @classmethod
    def read(cls, layers: Path) -> "Whole | None":
        """Read them; None where the file holds layers alone.

        Raises:
            WeightsError: the file is missing or none of that kind.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(layers, framework="np") as file:
                told = file.metadata() or {}
        except (OSError, SafetensorError) as error:
            raise WeightsError(f"{layers} holds no layers: {error}") from None
        return cls(**told) if told.keys() >= {"config", "tokenizer"} else None


def save_layers(
    weights: dict[str, NDArray[np.float32]], target: Path, *, whole: Whole | None = None
) -> None:
    """Write what training has changed: matrices as int8 with a step a row, the rest at half.

    With ``whole`` the word vectors are written too, as int8.
    """
    from safetensors.numpy import save_file

    kept: dict[str, NDArray[np.generic]] = {}
    for name, value in weights.items():
        if name == _WORDS and whole is None:
            continue
        matrix = value.ndim == 2 and name.startswith("encoder.")  # noqa: PLR2004 - a matrix
        if name == _WORDS or (matrix and name != _DISTANCES):
            kept[name], kept[name + _STEPS] = quantised(value)
        else:
            kept[name] = value.astype(np.float16)
    save_file(
        {name: np.ascontiguousarray(value) for name, value in kept.items()},
        target,
        metadata=None if whole is None else {"config": whole.config, "tokenizer": whole.tokenizer},
    )


def read_layers(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read what ``save_layers`` has written, as float32.

    Raises:
        WeightsError: the file is none of that kind.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} holds no layers: {error}") from None
    return {
        name: dequantised(value, stored[name + _STEPS])
        if name + _STEPS in stored
        else value.astype(np.float32)
        for name, value in stored.items()
        if not name.endswith(_STEPS)
    }


def published_form(
    layers: Path, words: Path, target: Path
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Write an encoder as encoders are published; return the head's weights and bias.

    ``words`` is the fast encoder's folder as published, whose word vectors are taken.

    Raises:
        WeightsError: the layers are none, or lack the head.
    """
    from safetensors import safe_open
    from safetensors.numpy import save_file

    weights = read_layers(layers)
    with safe_open(words / "model.safetensors", framework="np") as file:
        weights[_WORDS] = file.get_tensor(_WORDS)
    try:
        head = weights.pop("head.weight"), weights.pop("head.bias")
    except KeyError as error:
        raise WeightsError(f"{layers}: the weights lack {error}.") from None
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        (target / name).write_bytes((words / name).read_bytes())
    save_file(
        {name: np.ascontiguousarray(v) for name, v in weights.items()}, target / "model.safetensors"
    )
    return head


def export_cross_encoder(layers: Path, words: Path, target: Path) -> None:
    """Write the graph of layers alone; ``words`` is the fast encoder's folder as published.

    Inputs ``input_ids``, ``attention_mask`` and ``token_type_ids`` are ``(n, tokens) int64``;
    the output ``scores`` is ``(n, 1) float32``, log-odds.

    Raises:
        WeightsError: a weight is missing.
    """
    from safetensors import safe_open

    weights = read_layers(layers)
    with safe_open(words / "model.safetensors", framework="np") as file:
        weights[_WORDS] = file.get_tensor(_WORDS)
    _write(layers, EncoderShape.read(words / "config.json"), weights, target)


def export_whole(layers: Path, whole: Whole, target: Path) -> None:
    """Write the graph of a file that brings its own words; inputs and output are the same.

    ``token_type_ids`` is no input where the architecture tells its two texts apart otherwise.

    Raises:
        WeightsError: a weight is missing, or the configuration names no known architecture.
    """
    shape = EncoderShape.of(json.loads(whole.config), named=str(layers))
    _write(layers, shape, read_layers(layers), target, small_words=True)


def _write(
    layers: Path,
    shape: EncoderShape,
    weights: dict[str, NDArray[np.float32]],
    target: Path,
    *,
    small_words: bool = False,
) -> None:
    import onnx

    try:
        model = _build(Graph(weights, int8=True, small_words=small_words), shape)
    except KeyError as error:
        raise WeightsError(f"{layers}: the weights lack {error}.") from None
    onnx.save(model, target)


def _build(graph: Graph, shape: EncoderShape) -> "ModelProto":
    segments = shape.architecture.segments
    hidden = embed(graph, shape, segments=segments)
    mask = as_floats(graph)
    bias = attention_bias(graph, shape, mask)
    for number in range(shape.layers):
        hidden = layer(graph, shape, hidden, bias, f"encoder.layer.{number}")
    wide = graph.one("Unsqueeze", mask, graph.integers(2))
    total = graph.one("ReduceSum", graph.one("Mul", hidden, wide), graph.integers(1), keepdims=0)
    tokens = graph.one("ReduceSum", mask, graph.integers(1), keepdims=1)
    mean = graph.one("Div", total, tokens)
    score = graph.product(mean, graph.weights["head.weight"].T, "head")
    graph.one("Add", score, graph.constant("head.offset", graph.weights["head.bias"]))
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    return model_of(graph, inputs=inputs if segments else inputs[:-1], output="scores", sizes=(1,))

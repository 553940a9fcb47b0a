"""Builds a sentence encoder's ONNX graph from its safetensors, without torch.

As sentence-transformers runs them: mean pooling over the attention mask, then L2 norm. The last
three layers are pooled, since the middle layers add to what the last one knows of an intent (issue
3 has the figures).
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.encoders.architectures import EncoderShape
from intents.encoders.graph import Graph, as_floats, attention_bias, embed, layer, model_of
from intents.errors import WeightsError

if TYPE_CHECKING:
    from onnx import ModelProto

POOLED_LAYERS = 3
"""How many of the last layers are pooled; the first of them is the sentence embedding."""


def build_graph(
    shape: EncoderShape, weights: dict[str, NDArray[np.float32]], *, int8: bool = False
) -> "ModelProto":
    """Return the graph, in fp32 or with int8 products.

    Inputs ``input_ids`` and ``attention_mask`` are ``(n, tokens) int64``; the output ``pooled`` is
    ``(n, 3, hidden) float32``: the last, the one before it and the third last layer, each
    mean-pooled and of length 1. ``pooled[:, 0]`` is what sentence-transformers returns.
    """
    graph = Graph(weights, int8)
    hidden = embed(graph, shape)
    floats = as_floats(graph)
    bias = attention_bias(graph, shape, floats)
    mask = graph.one("Unsqueeze", floats, graph.integers(2))
    pooled: list[str] = []
    for number in range(shape.layers):
        hidden = layer(graph, shape, hidden, bias, f"encoder.layer.{number}")
        if number >= shape.layers - POOLED_LAYERS:
            pooled.insert(0, _pool(graph, hidden, mask))
    graph.node("Concat", *pooled, axis=1)
    return model_of(
        graph,
        inputs=("input_ids", "attention_mask"),
        output="pooled",
        sizes=(POOLED_LAYERS, shape.hidden),
    )


def _pool(graph: Graph, hidden: str, mask: str) -> str:
    """Mean over the unmasked tokens, then length 1: ``(n, 1, hidden)``.

    The L2 norm makes the division by the number of tokens needless.
    """
    total = graph.one("ReduceSum", graph.one("Mul", hidden, mask), graph.integers(1), keepdims=1)
    return graph.one("LpNormalization", total, axis=-1, p=2)


def export_onnx(folder: Path, target: Path, *, int8: bool = False) -> None:
    """Write the graph of the model in ``folder`` to ``target``.

    Raises:
        WeightsError: the folder's files are missing or do not fit each other.
    """
    import onnx
    from safetensors.numpy import load_file

    shape = EncoderShape.read(folder / "config.json")
    try:
        model = build_graph(shape, load_file(folder / "model.safetensors"), int8=int8)
    except KeyError as error:
        raise WeightsError(f"{folder}: the weights lack {error}.") from None
    onnx.save(model, target)

"""Builds an encoder's ONNX graph from its safetensors, without torch.

The shape is BERT's (Devlin et al. 2019) as sentence-transformers runs it: mean pooling over the
attention mask, then L2 norm. The last three layers are pooled, since the middle layers add to
what the last one knows of an intent (issue 3 has the figures).
"""

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from intents.errors import WeightsError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

OPSET = 20
IR_VERSION = 10
POOLED_LAYERS = 3
"""How many of the last layers are pooled; the first of them is the sentence embedding."""

_MASKED = -10_000.0
"""Added to a masked attention score before the softmax, as in BERT's own code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """The sizes in a model's ``config.json``."""

    layers: int
    heads: int
    hidden: int
    norm_epsilon: float

    @classmethod
    def read(cls, config: Path) -> "EncoderShape":
        """Read them.

        Raises:
            WeightsError: the file is missing or names an architecture that is not BERT.
        """
        try:
            values = json.loads(config.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WeightsError(
                f"The encoder's configuration {config} is unreadable: {error}"
            ) from None
        if values.get("model_type") != "bert" or values.get("hidden_act") != "gelu":
            raise WeightsError(
                f"{config} describes a {values.get('model_type')!r} model; only BERT is supported.",
                hint="Use a sentence-transformers model built on BERT, such as all-MiniLM-L6-v2.",
            )
        return cls(
            layers=int(values["num_hidden_layers"]),
            heads=int(values["num_attention_heads"]),
            hidden=int(values["hidden_size"]),
            norm_epsilon=float(values["layer_norm_eps"]),
        )


@dataclass(slots=True)
class _Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    weights: dict[str, NDArray[np.float32]]
    nodes: "list[NodeProto]" = field(default_factory=list)
    constants: "dict[str, TensorProto]" = field(default_factory=dict)

    def node(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"{op}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names

    def one(self, op: str, *inputs: str, **attributes: Any) -> str:
        return self.node(op, *inputs, **attributes)[0]

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant("int_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self.constant(f"float_{value}", np.array(value, np.float32))

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, *names: str) -> str:
        """``x @ W.T + b``; several layers of the same input become one product."""
        matrix = np.concatenate([self.weights[f"{n}.weight"] for n in names]).T
        bias = np.concatenate([self.weights[f"{n}.bias"] for n in names])
        product = self.one("MatMul", x, self.constant(f"{names[0]}.matrix", matrix))
        return self.one("Add", product, self.constant(f"{names[0]}.offset", bias))

    def norm(self, x: str, name: str, epsilon: float) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.one("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)


def build_graph(shape: EncoderShape, weights: dict[str, NDArray[np.float32]]) -> "ModelProto":
    """Return the fp32 graph.

    Inputs ``input_ids`` and ``attention_mask`` are ``(n, tokens) int64``; the output ``pooled`` is
    ``(n, 3, hidden) float32``: the last, the one before it and the third last layer, each
    mean-pooled and of length 1. ``pooled[:, 0]`` is what sentence-transformers returns.
    """
    graph = _Graph(weights)
    hidden = _embed(graph, shape)
    floats = graph.one("Cast", "attention_mask", to=1)
    inverse = graph.one("Sub", graph.number(1.0), floats)
    bias = graph.one("Mul", inverse, graph.number(_MASKED))
    bias = graph.one("Unsqueeze", bias, graph.integers(1, 2))
    mask = graph.one("Unsqueeze", floats, graph.integers(2))
    pooled: list[str] = []
    for layer in range(shape.layers):
        hidden = _layer(graph, shape, hidden, bias, f"encoder.layer.{layer}")
        if layer >= shape.layers - POOLED_LAYERS:
            pooled.insert(0, _pool(graph, hidden, mask))
    graph.node("Concat", *pooled, axis=1)
    return _model(graph, shape)


def _embed(graph: _Graph, shape: EncoderShape) -> str:
    words = graph.one("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    # Every token is of the first segment, so its vector can be added to the positions beforehand.
    positions = (
        graph.weights["embeddings.position_embeddings.weight"]
        + graph.weights["embeddings.token_type_embeddings.weight"][0]
    )
    table = graph.constant("positions", positions)
    length = graph.one("Shape", "input_ids", start=1, end=2)
    used = graph.one("Slice", table, graph.integers(0), length, graph.integers(0))
    total = graph.one("Add", words, used)
    return graph.norm(total, "embeddings.LayerNorm", shape.norm_epsilon)


def _layer(graph: _Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
    attended = _attention(graph, shape, x, bias, name)
    attended = graph.linear(attended, f"{name}.attention.output.dense")
    x = graph.norm(
        graph.one("Add", attended, x), f"{name}.attention.output.LayerNorm", shape.norm_epsilon
    )
    inner = graph.one("Gelu", graph.linear(x, f"{name}.intermediate.dense"))
    inner = graph.linear(inner, f"{name}.output.dense")
    return graph.norm(graph.one("Add", inner, x), f"{name}.output.LayerNorm", shape.norm_epsilon)


def _attention(graph: _Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    joint = graph.linear(x, *parts)
    size = shape.hidden // shape.heads
    joint = graph.one("Reshape", joint, graph.integers(0, 0, 3, shape.heads, size))
    query, key, value = (
        graph.one("Squeeze", part, graph.integers(2))
        for part in graph.node("Split", joint, outputs=3, axis=2, num_outputs=3)
    )
    query = graph.one("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.one("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.one("Transpose", value, perm=[0, 2, 1, 3])
    scores = graph.one("MatMul", query, key)
    scores = graph.one("Mul", scores, graph.number(float(size**-0.5)))
    weights = graph.one("Softmax", graph.one("Add", scores, bias), axis=-1)
    mixed = graph.one("Transpose", graph.one("MatMul", weights, value), perm=[0, 2, 1, 3])
    return graph.one("Reshape", mixed, graph.integers(0, 0, shape.hidden))


def _pool(graph: _Graph, hidden: str, mask: str) -> str:
    """Mean over the unmasked tokens, then length 1: ``(n, 1, hidden)``.

    The L2 norm makes the division by the number of tokens needless.
    """
    total = graph.one("ReduceSum", graph.one("Mul", hidden, mask), graph.integers(1), keepdims=1)
    return graph.one("LpNormalization", total, axis=-1, p=2)


def _model(graph: _Graph, shape: EncoderShape) -> "ModelProto":
    from onnx import TensorProto, checker, helper

    graph.nodes[-1].output[0] = "pooled"
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    out = helper.make_tensor_value_info(
        "pooled", TensorProto.FLOAT, ["n", POOLED_LAYERS, shape.hidden]
    )
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", ids, [out], list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="textwise",
    )
    checker.check_model(model)
    return model


def export_onnx(folder: Path, target: Path) -> None:
    """Write the fp32 graph of the model in ``folder`` to ``target``.

    Raises:
        WeightsError: the folder's files are missing or do not fit each other.
    """
    import onnx
    from safetensors.numpy import load_file

    shape = EncoderShape.read(folder / "config.json")
    try:
        model = build_graph(shape, load_file(folder / "model.safetensors"))
    except KeyError as error:
        raise WeightsError(f"{folder}: the weights lack {error}.") from None
    onnx.save(model, target)


def quantise(source: Path, target: Path) -> None:
    """Write the int8 form of a graph: weights per channel, activations by the range of each text.

    Per tensor instead of per channel costs accuracy (cosine .969 instead of .993 to fp32).
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # It advises shape inference first; this graph has fixed shapes, so that changes nothing.
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=False,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)

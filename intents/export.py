"""Builds an encoder's ONNX graph from its safetensors, without torch.

The shape is BERT's (Devlin et al. 2019) or MPNet's (Song et al. 2020) as sentence-transformers runs
them: mean pooling over the attention mask, then L2 norm. The last three layers are pooled, since
the middle layers add to what the last one knows of an intent (issue 3 has the figures).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from intents.architectures import MAX_TOKENS, EncoderShape, relative_buckets
from intents.errors import WeightsError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

OPSET = 20
IR_VERSION = 10
POOLED_LAYERS = 3
"""How many of the last layers are pooled; the first of them is the sentence embedding."""

_LARGEST, _ZERO = 127.0, 128.0
"""The largest step of a signed byte, and what stands for 0 in an unsigned one."""

_TINY = 1e-9
_FLOAT, _UINT8 = 1, 2
"""ONNX's numbers for these types."""

_MASKED = -10_000.0
"""Added to a masked attention score before the softmax, as in BERT's own code."""


@dataclass(slots=True)
class _Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    weights: dict[str, NDArray[np.float32]]
    int8: bool
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
        product = (
            self._int8_product(x, matrix, names[0])
            if self.int8
            else self.product(x, matrix, names[0])
        )
        return self.one("Add", product, self.constant(f"{names[0]}.offset", bias))

    def product(self, x: str, matrix: NDArray[np.float32], name: str) -> str:
        return self.one("MatMul", x, self.constant(f"{name}.matrix", matrix))

    def _int8_product(self, x: str, matrix: NDArray[np.float32], name: str) -> str:
        """The product in int8: weights scaled per output, activations per token.

        One step for all tokens, as dynamic quantisation has it, is spoilt by the one token that
        carries a huge value (MPNet: cosine .05 to .91 to fp32; per token .996). It also makes a
        text's vectors the same alone and in a batch.
        """
        steps = np.maximum(np.abs(matrix).max(axis=0), _TINY) / _LARGEST
        small = np.rint(matrix / steps).astype(np.int8)
        largest = self.one("ReduceMax", self.one("Abs", x), self.integers(-1), keepdims=1)
        step = self.one("Div", self.one("Max", largest, self.number(_TINY)), self.number(_LARGEST))
        rounded = self.one("Round", self.one("Div", x, step))
        # MLAS is quickest at unsigned times signed: 128 stands for zero.
        tokens = self.one("Cast", self.one("Add", rounded, self.number(_ZERO)), to=_UINT8)
        zero = self.constant("zero", np.array(_ZERO, np.uint8))
        whole = self.one("MatMulInteger", tokens, self.constant(f"{name}.matrix", small), zero)
        scaled = self.one("Mul", self.one("Cast", whole, to=_FLOAT), step)
        steps_name = self.constant(f"{name}.steps", steps.astype(np.float32))
        return self.one("Mul", scaled, steps_name)

    def rows(self, name: str, table: NDArray[np.float32]) -> str:
        """A table that rows are looked up in; at half precision where weights are int8."""
        return self.constant(name, table.astype(np.float16) if self.int8 else table)

    def floats(self, x: str) -> str:
        return self.one("Cast", x, to=_FLOAT)

    def norm(self, x: str, name: str, epsilon: float) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.one("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)


def build_graph(
    shape: EncoderShape, weights: dict[str, NDArray[np.float32]], *, int8: bool = False
) -> "ModelProto":
    """Return the graph, in fp32 or with int8 products.

    Inputs ``input_ids`` and ``attention_mask`` are ``(n, tokens) int64``; the output ``pooled`` is
    ``(n, 3, hidden) float32``: the last, the one before it and the third last layer, each
    mean-pooled and of length 1. ``pooled[:, 0]`` is what sentence-transformers returns.
    """
    graph = _Graph(weights, int8)
    hidden = _embed(graph, shape)
    floats = graph.one("Cast", "attention_mask", to=_FLOAT)
    inverse = graph.one("Sub", graph.number(1.0), floats)
    bias = graph.one("Mul", inverse, graph.number(_MASKED))
    bias = graph.one("Unsqueeze", bias, graph.integers(1, 2))
    if shape.architecture.relative:
        bias = graph.one("Add", bias, _relative_bias(graph))
    mask = graph.one("Unsqueeze", floats, graph.integers(2))
    pooled: list[str] = []
    for layer in range(shape.layers):
        hidden = _layer(graph, shape, hidden, bias, f"encoder.layer.{layer}")
        if layer >= shape.layers - POOLED_LAYERS:
            pooled.insert(0, _pool(graph, hidden, mask))
    graph.node("Concat", *pooled, axis=1)
    return _model(graph, shape)


def _embed(graph: _Graph, shape: EncoderShape) -> str:
    words = graph.rows("words", graph.weights["embeddings.word_embeddings.weight"])
    words = graph.floats(graph.one("Gather", words, "input_ids"))
    positions = graph.weights["embeddings.position_embeddings.weight"]
    positions = positions[shape.architecture.first_position :]
    if shape.architecture.segments:
        # Every token is of the first segment: its vector can be added beforehand.
        positions = positions + graph.weights["embeddings.token_type_embeddings.weight"][0]
    table = graph.constant("positions", positions)
    used = graph.one("Slice", table, graph.integers(0), _length(graph), graph.integers(0))
    total = graph.one("Add", words, used)
    return graph.norm(total, "embeddings.LayerNorm", shape.norm_epsilon)


def _length(graph: _Graph) -> str:
    return graph.one("Shape", "input_ids", start=1, end=2)


def _relative_bias(graph: _Graph) -> str:
    """Return ``(1, heads, tokens, tokens)``: what the distance of two tokens adds to their score.

    The table for the longest text is laid down once and cut to the text's length.
    """
    weight = graph.weights["encoder.relative_attention_bias.weight"]
    table = weight[relative_buckets(MAX_TOKENS)].transpose(2, 0, 1)[None]
    full = graph.constant("relative_bias", table)
    length = _length(graph)
    ends = graph.one("Concat", length, length, axis=0)
    return graph.one("Slice", full, graph.integers(0, 0), ends, graph.integers(2, 3))


def _layer(graph: _Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
    attended = _attention(graph, shape, x, bias, name)
    known = shape.architecture
    attended = graph.linear(attended, f"{name}.{known.attention_output}")
    x = graph.norm(
        graph.one("Add", attended, x), f"{name}.{known.attention_norm}", shape.norm_epsilon
    )
    inner = graph.one("Gelu", graph.linear(x, f"{name}.intermediate.dense"))
    inner = graph.linear(inner, f"{name}.output.dense")
    return graph.norm(graph.one("Add", inner, x), f"{name}.output.LayerNorm", shape.norm_epsilon)


def _attention(graph: _Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
    parts = [f"{name}.{part}" for part in shape.architecture.query_key_value]
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

"""The layers of BERT and MPNet as ONNX nodes, laid from published weights without torch.

The shapes are those of Devlin et al. (2019) and Song et al. (2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from intents.encoders.architectures import MAX_TOKENS, EncoderShape, relative_buckets
from intents.encoders.quantise import LARGEST, TINY, ZERO, quantised

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

OPSET = 20
IR_VERSION = 10

_FLOAT = 1
"""ONNX's number for this type."""

_OWN = "com.microsoft"
"""Where ONNX Runtime keeps operators that ONNX has not."""

_MASKED = -10_000.0
"""Added to a masked attention score before the softmax, as in BERT's own code."""


@dataclass(slots=True)
class Graph:
    """Collects nodes and constants; every method returns the name of what it made.

    ``int8`` rounds what is multiplied, ``small_words`` the word vectors too.
    """

    weights: dict[str, NDArray[np.float32]]
    int8: bool
    small_words: bool = False
    nodes: "list[NodeProto]" = field(default_factory=list)
    constants: "dict[str, TensorProto]" = field(default_factory=dict)

    def node(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node; return the names of its outputs."""
        from onnx import helper

        names = [f"{op}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names

    def one(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of one output."""
        return self.node(op, *inputs, **attributes)[0]

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add an array, once by its name."""
        from onnx import numpy_helper

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, *values: int) -> str:
        """Add a vector of int64."""
        return self.constant("int_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        """Add a float32 scalar."""
        return self.constant(f"float_{value}", np.array(value, np.float32))

    def weight(self, name: str) -> str:
        """Add a weight as it was published."""
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
        """``x @ matrix`` in float32."""
        return self.one("MatMul", x, self.constant(f"{name}.matrix", matrix))

    def _int8_product(self, x: str, matrix: NDArray[np.float32], name: str) -> str:
        """The product in int8: weights scaled per output, activations per token.

        One step for all tokens, as dynamic quantisation has it, is spoilt by the one token that
        carries a huge value (MPNet: cosine .05 to .91 to fp32; per token .996). It also makes a
        text's vectors the same alone and in a batch.
        """
        small, steps = quantised(matrix.T)
        inside, outside = matrix.shape
        flat = self.one("Reshape", x, self.integers(-1, inside))
        largest = self.one("ReduceMax", self.one("Abs", flat), self.integers(-1), keepdims=0)
        step = self.one("Div", self.one("Max", largest, self.number(TINY)), self.number(LARGEST))
        # MLAS is quickest at unsigned times signed: 128 stands for zero.
        zero = self.constant("zero", np.array(ZERO, np.uint8))
        zeros = self.one("Expand", zero, self.one("Shape", step))
        tokens = self.one("QuantizeLinear", flat, step, zeros, axis=0)
        matrix_name = self.constant(f"{name}.matrix", small.T)
        steps_name = self.constant(f"{name}.steps", steps)
        # This node knows one step for all tokens; each token's own is multiplied in after it.
        scaled = self.one(
            "MatMulIntegerToFloat", tokens, matrix_name, self.number(1.0), steps_name, zero,
            domain=_OWN,
        )  # fmt: skip
        product = self.one("Mul", scaled, self.one("Unsqueeze", step, self.integers(-1)))
        outer = self.one("Shape", x, start=0, end=-1)
        shape = self.one("Concat", outer, self.integers(outside), axis=0)
        return self.one("Reshape", product, shape)

    def rows(self, name: str, table: NDArray[np.float32], ids: str) -> str:
        """Rows of a table as float32; kept at half precision, or in bytes, where that is wanted."""
        if self.small_words:
            small, steps = quantised(table)
            found = self.floats(self.one("Gather", self.constant(name, small), ids))
            step = self.one("Gather", self.constant(f"{name}.steps", steps[:, None]), ids)
            return self.one("Mul", found, step)
        kept = table.astype(np.float16) if self.int8 else table
        return self.floats(self.one("Gather", self.constant(name, kept), ids))

    def floats(self, x: str) -> str:
        """Cast to float32."""
        return self.one("Cast", x, to=_FLOAT)

    def norm(self, x: str, name: str, epsilon: float) -> str:
        """Layer normalisation with published weights."""
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.one("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)


def embed(graph: Graph, shape: EncoderShape, *, segments: bool = False) -> str:
    """Lay down the embedding of ``input_ids``, normed: ``(n, tokens, hidden)``.

    ``segments``: the graph has an input ``token_type_ids`` that tells two texts apart; without it
    every token is of the first.
    """
    vectors = graph.weights["embeddings.word_embeddings.weight"]
    words = graph.rows("words", vectors, "input_ids")
    positions = graph.weights["embeddings.position_embeddings.weight"]
    positions = positions[shape.architecture.first_position :]
    kinds = graph.weights.get("embeddings.token_type_embeddings.weight")
    if shape.architecture.segments and kinds is not None and not segments:
        # Every token is of the first segment: its vector can be added beforehand.
        positions = positions + kinds[0]
    table = graph.constant("positions", positions)
    used = graph.one("Slice", table, graph.integers(0), _length(graph), graph.integers(0))
    total = graph.one("Add", words, used)
    if segments and kinds is not None:
        told = graph.one("Gather", graph.constant("segments", kinds), "token_type_ids")
        total = graph.one("Add", total, told)
    return graph.norm(total, "embeddings.LayerNorm", shape.norm_epsilon)


def as_floats(graph: Graph) -> str:
    """Return the attention mask ``(n, tokens)`` as floats."""
    return graph.one("Cast", "attention_mask", to=_FLOAT)


def attention_bias(graph: Graph, shape: EncoderShape, mask: str) -> str:
    """Return what is added to attention scores: the mask, and where MPNet has it the distance."""
    inverse = graph.one("Sub", graph.number(1.0), mask)
    bias = graph.one("Mul", inverse, graph.number(_MASKED))
    bias = graph.one("Unsqueeze", bias, graph.integers(1, 2))
    if shape.architecture.relative:
        bias = graph.one("Add", bias, _relative_bias(graph))
    return bias


def _length(graph: Graph) -> str:
    return graph.one("Shape", "input_ids", start=1, end=2)


def _relative_bias(graph: Graph) -> str:
    """Return ``(1, heads, tokens, tokens)``: what the distance of two tokens adds to their score.

    The table for the longest text is laid down once and cut to the text's length.
    """
    weight = graph.weights["encoder.relative_attention_bias.weight"]
    table = weight[relative_buckets(MAX_TOKENS)].transpose(2, 0, 1)[None]
    full = graph.constant("relative_bias", table)
    length = _length(graph)
    ends = graph.one("Concat", length, length, axis=0)
    return graph.one("Slice", full, graph.integers(0, 0), ends, graph.integers(2, 3))


def layer(graph: Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
    """Lay down one transformer layer on ``x``, under the name its weights have."""
    attended = _attention(graph, shape, x, bias, name)
    known = shape.architecture
    attended = graph.linear(attended, f"{name}.{known.attention_output}")
    x = graph.norm(
        graph.one("Add", attended, x), f"{name}.{known.attention_norm}", shape.norm_epsilon
    )
    inner = graph.one("Gelu", graph.linear(x, f"{name}.intermediate.dense"))
    inner = graph.linear(inner, f"{name}.output.dense")
    return graph.norm(graph.one("Add", inner, x), f"{name}.output.LayerNorm", shape.norm_epsilon)


def _attention(graph: Graph, shape: EncoderShape, x: str, bias: str, name: str) -> str:
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


def model_of(
    graph: Graph, *, inputs: Sequence[str], output: str, sizes: Sequence[int]
) -> "ModelProto":
    """Close the graph: the last node becomes ``output``, ``(n, *sizes) float32``."""
    from onnx import TensorProto, checker, helper

    graph.nodes[-1].output[0] = output
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"]) for name in inputs
    ]
    out = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", *sizes])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", ids, [out], list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(_OWN, 1)],
        ir_version=IR_VERSION,
        producer_name="textwise",
    )
    checker.check_model(model)
    return model

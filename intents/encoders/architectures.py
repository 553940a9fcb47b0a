"""What BERT and MPNet name differently, and where their positions come in."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.errors import WeightsError

MAX_TOKENS = 256
"""As in all-MiniLM-L6-v2's ``sentence_bert_config.json``; all-mpnet-base-v2 would take 384."""

_BUCKETS = 32
_MOST_DISTANCE = 128
"""Both as in MPNet's own code (Song et al. 2020, after T5's relative positions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The names of a layer's weights, and how positions enter.

    ``first_position`` is the row of the position table that the first token takes; ``segments``
    says that a vector of the token's segment is added; ``relative`` that attention scores are
    shifted by the distance of two tokens.
    """

    query_key_value: tuple[str, str, str]
    attention_output: str
    attention_norm: str
    first_position: int
    segments: bool
    relative: bool


ARCHITECTURES = {
    "bert": Architecture(
        query_key_value=(
            "attention.self.query", "attention.self.key", "attention.self.value",
        ),
        attention_output="attention.output.dense",
        attention_norm="attention.output.LayerNorm",
        first_position=0,
        segments=True,
        relative=False,
    ),
    "mpnet": Architecture(
        query_key_value=("attention.attn.q", "attention.attn.k", "attention.attn.v"),
        attention_output="attention.attn.o",
        attention_norm="attention.LayerNorm",
        first_position=2,
        segments=False,
        relative=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """The architecture and the sizes in a model's ``config.json``."""

    architecture: Architecture
    layers: int
    heads: int
    hidden: int
    norm_epsilon: float

    @classmethod
    def read(cls, config: Path) -> "EncoderShape":
        """Read them.

        Raises:
            WeightsError: the file is missing or names an architecture that is not known.
        """
        try:
            values = json.loads(config.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WeightsError(
                f"The encoder's configuration {config} is unreadable: {error}"
            ) from None
        return cls.of(values, named=str(config))

    @classmethod
    def of(cls, values: Mapping[str, Any], *, named: str) -> "EncoderShape":
        """Take them from what a ``config.json`` holds; ``named`` is told where it cannot be.

        Raises:
            WeightsError: it names an architecture that is not known.
        """
        architecture = ARCHITECTURES.get(values.get("model_type", ""))
        if architecture is None or values.get("hidden_act") != "gelu":
            raise WeightsError(
                f"{named} describes a {values.get('model_type')!r} model; "
                "only BERT and MPNet are supported.",
                hint="Use a sentence-transformers model built on one of them, such as "
                "all-MiniLM-L6-v2 or all-mpnet-base-v2.",
            )
        return cls(
            architecture=architecture,
            layers=int(values["num_hidden_layers"]),
            heads=int(values["num_attention_heads"]),
            hidden=int(values["hidden_size"]),
            norm_epsilon=float(values["layer_norm_eps"]),
        )


def relative_buckets(length: int) -> NDArray[np.int64]:
    """Return the bucket ``(length, length)`` of each pair: the looking token, the seen one.

    Half of the buckets are for tokens before, half for those behind; near distances have one each,
    far ones share them by the logarithm.
    """
    places = np.arange(length)
    distance = places[:, None] - places[None, :]
    half, near = _BUCKETS // 2, _BUCKETS // 4
    far = np.maximum(np.abs(distance), 1)
    steps = np.log(far / near) / math.log(_MOST_DISTANCE / near) * (half - near)
    shared = np.minimum(near + np.maximum(steps, 0).astype(np.int64), half - 1)
    bucket = np.where(np.abs(distance) < near, np.abs(distance), shared)
    return np.asarray(bucket + half * (distance < 0), np.int64)

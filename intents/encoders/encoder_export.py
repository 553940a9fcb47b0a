"""Exports an encoder from its published weights to ONNX: once, in int8 where that stays close."""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

from intents.encoders.architectures import EncoderShape
from intents.encoders.sessions import open_session, open_tokenizer
from intents.encoders.weights import find_weights, folder_name, sha256_of
from intents.errors import WeightsError

LEAST_COSINE = 0.99
"""The int8 graph is served only if its embeddings are at least this close to fp32 in the mean."""

EXPORTED = ("model.onnx", "tokenizer.json", "encoder.json")

_EXPORT_FORM = 3
"""Raised when the graph changes, so that older exports are made again."""

_PROBES = (
    "where is my order", "WHERES MY STUFF??", "I want to return the blue jacket please.",
    "do you have these in a 9 wide", "please stop texting me", "thank you, you were great",
    "the zipper broke after two days and nobody answers me", "how much is shipping to Alaska",
    "Can I move my appointment from Tuesday at 3 to Thursday morning? My son has a fever.",
    "my card was charged twice for order 48213", "is this a real person or a bot",
    "what time do you open on Sunday and is there parking nearby",
    "I ordered three weeks ago, the tracking page has not moved, and the wedding is on Saturday.",
    "does the membership get me free delivery on small orders too",
    "the left one is bigger than the right one, can someone fix that",
    "40 of these for our company picnic, what would that cost us",
)  # fmt: skip
"""Ordinary messages of ordinary length, on which the int8 graph is compared with fp32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderCard:
    """What an exported encoder is; stored beside it as ``encoder.json``."""

    name: str
    weights_sha256: str
    onnx_sha256: str
    tokenizer_sha256: str
    dimension: int
    quantised: bool
    cosine_to_fp32: float
    form: int = _EXPORT_FORM

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read the card of an export; None if there is none that can be read."""
        try:
            return cls(**json.loads((folder / "encoder.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def outdated(self) -> bool:
        """Whether the export is of a form before; it runs, but slower than made again."""
        return self.form != _EXPORT_FORM


def prepare_encoder(models_dir: Path, name: str = "fast") -> Path:
    """Return the folder of the exported encoder; build it from the weights if it is missing.

    Raises:
        WeightsError: no weights, wrong weights, or the folder cannot be written.
    """
    folder = models_dir / "encoders" / folder_name(name)
    card = EncoderCard.read(folder)
    if card is not None and not card.outdated and _complete(folder):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            weights = find_weights(name, models_dir, scratch=Path(scratch))
            export_encoder(weights.folder, Path(scratch), name=name, weights_sha256=weights.sha256)
            for file in EXPORTED:
                (Path(scratch) / file).replace(folder / file)
    except OSError as error:
        raise WeightsError(
            f"The encoder cannot be written to {folder}: {error.strerror or error}.",
            hint="Free some disk space (200 MB), or set TEXTWISE_MODELS to a folder you may write.",
        ) from None
    return folder


def _complete(folder: Path) -> bool:
    return all((folder / file).is_file() for file in ("model.onnx", "tokenizer.json"))


def export_encoder(weights: Path, target: Path, *, name: str, weights_sha256: str) -> None:
    """Write the files of ``EXPORTED``: in int8, or in fp32 if that strays too far from it.

    ``weights`` holds a model as published. The graph that is not served is left in ``target`` too.

    Raises:
        WeightsError: the model's files are missing or do not fit each other.
    """
    from intents.encoders.export import export_onnx

    plain, small = target / "fp32.onnx", target / "int8.onnx"
    shutil.copyfile(weights / "tokenizer.json", target / "tokenizer.json")
    export_onnx(weights, plain)
    export_onnx(weights, small, int8=True)
    cosine = _mean_cosine(plain, small, target / "tokenizer.json")
    quantised = cosine >= LEAST_COSINE
    (small if quantised else plain).replace(target / "model.onnx")
    card = EncoderCard(
        name=name,
        weights_sha256=weights_sha256,
        onnx_sha256=sha256_of(target / "model.onnx"),
        tokenizer_sha256=sha256_of(target / "tokenizer.json"),
        dimension=EncoderShape.read(weights / "config.json").hidden,
        quantised=quantised,
        cosine_to_fp32=round(cosine, 4),
    )
    (target / "encoder.json").write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")


def _mean_cosine(plain: Path, small: Path, tokenizer: Path) -> float:
    tokens = open_tokenizer(tokenizer)
    sessions = [open_session(path) for path in (plain, small)]
    cosines = []
    for text in _PROBES:
        ids = np.array([tokens.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        exact, close = (session.run(["pooled"], feed)[0][0, 0] for session in sessions)
        cosines.append(float(exact @ close))
    return float(np.mean(cosines))

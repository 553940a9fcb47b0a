"""A cross-encoder: reads two texts together and scores how they belong to each other.

Where a sentence encoder gives each text a vector by itself, this one lets every word of the one
look at every word of the other (Nogueira and Cho 2019). It is slower, so it reads only what a
search has found. Its layers come as a file of int8 weights; the word vectors are those of the fast
encoder, which were left as they are in training, or stand in the file too.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from intents.encoders.sessions import open_session, open_tokenizer
from intents.encoders.weights import FAST, find_weights, sha256_of
from intents.errors import WeightsError
from intents.normalise import clean
from intents.recent import Recent

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MOST_TOKENS = 112
"""Of both texts together; what is longer is cut at the end of the longer one."""

_FORM = 2
"""Raised when the graph changes, so that older exports are made again."""
_PAIRS_A_BATCH = 4
"""Pairs of like length that are read in one go; more outgrow the cache."""
_REMEMBERED = 4_096
"""Pairs whose log-odds are kept: a question is read again where its first answer is put aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEncoderCard:
    """What an exported cross-encoder was made of; stored beside it as ``card.json``."""

    layers_sha256: str
    words_sha256: str
    form: int = _FORM

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read the card of an export; None if there is none that can be read."""
        try:
            return cls(**json.loads((folder / "card.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


class CrossEncoder:
    """Scores pairs of texts. Thread-safe."""

    def __init__(self, *, session: "InferenceSession", tokenizer: "Tokenizer") -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = frozenset(each.name for each in session.get_inputs())
        self._recent: Recent[tuple[str, str], float] = Recent(_REMEMBERED)
        tokenizer.enable_truncation(MOST_TOKENS)

    def score(self, first: str, seconds: Sequence[str]) -> list[float]:
        """Return a log-odds for each of ``seconds`` beside ``first``."""
        return self._recent.of([(clean(first), clean(second)) for second in seconds], self._read)

    def _read(self, pairs: list[tuple[str, str]]) -> list[float]:
        read = self._tokenizer.encode_batch(pairs)
        order = sorted(range(len(read)), key=lambda i: len(read[i].ids))
        out = np.zeros(len(read), np.float32)
        for start in range(0, len(order), _PAIRS_A_BATCH):
            rows = order[start : start + _PAIRS_A_BATCH]
            out[rows] = self._run([(read[i].ids, read[i].type_ids) for i in rows])
        return [float(value) for value in out]

    def _run(self, pairs: Sequence[tuple[list[int], list[int]]]) -> NDArray[np.float32]:
        longest = max(len(ids) for ids, _ in pairs)
        tokens, kinds, mask = (np.zeros((len(pairs), longest), np.int64) for _ in range(3))
        for row, (ids, types) in enumerate(pairs):
            tokens[row, : len(ids)], kinds[row, : len(ids)], mask[row, : len(ids)] = ids, types, 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": kinds}
        known = {name: value for name, value in feed.items() if name in self._inputs}
        scores: NDArray[np.float32] = self._session.run(["scores"], known)[0][:, 0]
        return scores


def load_cross_encoder(layers: Path, models_dir: Path) -> CrossEncoder:
    """Load the cross-encoder whose layers are in ``layers``; put it together first if need be.

    Raises:
        WeightsError: the layers or the word vectors are missing or damaged.
    """
    folder = models_dir / "encoders" / f"cross-{layers.stem}"
    wanted = CrossEncoderCard(layers_sha256=_hash(layers), words_sha256=FAST.sha256)
    if CrossEncoderCard.read(folder) != wanted or not (folder / "model.onnx").is_file():
        _export(layers, folder, wanted, models_dir)
    return CrossEncoder(
        session=open_session(folder / "model.onnx"),
        tokenizer=open_tokenizer(folder / "tokenizer.json"),
    )


def _hash(layers: Path) -> str:
    try:
        return sha256_of(layers)
    except OSError as error:
        raise WeightsError(
            f"The cross-encoder's layers {layers} cannot be read: {error.strerror}.",
            hint="Restore the file from the repository.",
        ) from None


def _export(layers: Path, folder: Path, card: CrossEncoderCard, models_dir: Path) -> None:
    from intents.encoders.cross_encoder_export import Whole, export_cross_encoder, export_whole

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            place = Path(scratch)
            whole = Whole.read(layers)
            if whole is not None:
                export_whole(layers, whole, place / "model.onnx")
                (place / "tokenizer.json").write_text(whole.tokenizer, encoding="utf-8")
            else:
                words = find_weights(FAST.name, models_dir, scratch=place).folder
                export_cross_encoder(layers, words, place / "model.onnx")
                (place / "tokenizer.json").write_bytes((words / "tokenizer.json").read_bytes())
            (place / "card.json").write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")
            # The card last: an export that was broken off is made again.
            for file in ("model.onnx", "tokenizer.json", "card.json"):
                (place / file).replace(folder / file)
    except OSError as error:
        raise WeightsError(
            f"The cross-encoder cannot be written to {folder}: {error.strerror or error}.",
            hint="Free some disk space (100 MB), or set TEXTWISE_MODELS to a folder you may write.",
        ) from None

"""The sentence encoder: exported once to ONNX, run by ONNX Runtime, no torch."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from intents.errors import WeightsError
from intents.normalise import clean
from intents.weights import find_weights, folder_name, sha256_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""As in all-MiniLM-L6-v2's ``sentence_bert_config.json``."""

LEAST_COSINE = 0.99
"""The int8 graph is served only if its embeddings are at least this close to fp32 in the mean."""

_EXPORT_FORM = 1
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
        """Read the card of an export; None if there is none, or one in another form."""
        try:
            values = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            card = cls(**values)
        except (OSError, ValueError, TypeError):
            return None
        return card if card.form == _EXPORT_FORM else None


class Encoder:
    """Turns texts into vectors. Thread-safe.

    One text always gives the same vectors, alone or in a batch: a batch is run text by text on
    ``threads`` threads, which is as fast as padding it.
    """

    def __init__(
        self,
        *,
        session: "InferenceSession",
        tokenizer: "Tokenizer",
        card: EncoderCard,
        threads: int,
    ) -> None:
        self.card = card
        self.dimension = card.dimension
        self._session = session
        self._tokenizer = tokenizer
        self._threads = threads

    @property
    def name(self) -> str:
        """The name that settings call it by."""
        return self.card.name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(n, dimension) float32``, each row of length 1."""
        return np.ascontiguousarray(self.pooled(texts)[:, 0])

    def pooled(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return ``(n, 3, dimension) float32``: the last three layers, each pooled and of length 1.

        ``progress`` is called with the number of texts done so far.
        """
        out = np.empty((len(texts), 3, self.dimension), np.float32)
        for row, vectors in enumerate(self._run_all(texts)):
            out[row] = vectors
            if progress is not None:
                progress(row + 1)
        return out

    def _run_all(self, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        if self._threads == 1 or len(texts) == 1:
            yield from map(self._run, texts)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(self._run, texts)

    def _run(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(clean(text)).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        pooled: NDArray[np.float32] = self._session.run(["pooled"], feed)[0][0]
        return pooled


def load_encoder(models_dir: Path, name: str = "fast", *, threads: int = 1) -> Encoder:
    """Load an exported encoder; export it first if that has not happened yet.

    Raises:
        WeightsError: no weights, or damaged ones.
    """
    folder = prepare_encoder(models_dir, name)
    card = EncoderCard.read(folder)
    if card is None:
        raise WeightsError(f"The export in {folder} is unreadable.", hint=f"Delete {folder}.")
    for file, expected in (
        ("model.onnx", card.onnx_sha256), ("tokenizer.json", card.tokenizer_sha256)
    ):  # fmt: skip
        if sha256_of(folder / file) != expected:
            raise WeightsError(
                f"{folder / file} has changed since it was exported.", hint=f"Delete {folder}."
            )
    return _open(folder, card, threads=threads)


def prepare_encoder(models_dir: Path, name: str = "fast") -> Path:
    """Return the folder of the exported encoder; build it from the weights if it is missing.

    Raises:
        WeightsError: no weights, wrong weights, or the folder cannot be written.
    """
    folder = models_dir / "encoders" / folder_name(name)
    if EncoderCard.read(folder) is not None and _complete(folder):
        return folder
    weights = find_weights(name, models_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _export(weights.folder, Path(scratch), name=name, weights_sha256=weights.sha256)
            for file in ("model.onnx", "tokenizer.json", "encoder.json"):
                (Path(scratch) / file).replace(folder / file)
    except OSError as error:
        raise WeightsError(
            f"The encoder cannot be written to {folder}: {error.strerror or error}.",
            hint="Free some disk space (200 MB), or set TEXTWISE_MODELS to a folder you may write.",
        ) from None
    return folder


def _complete(folder: Path) -> bool:
    return all((folder / file).is_file() for file in ("model.onnx", "tokenizer.json"))


def _export(weights: Path, target: Path, *, name: str, weights_sha256: str) -> None:
    from intents.export import EncoderShape, export_onnx, quantise

    plain, small = target / "fp32.onnx", target / "int8.onnx"
    shutil.copyfile(weights / "tokenizer.json", target / "tokenizer.json")
    export_onnx(weights, plain)
    quantise(plain, small)
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
    tokens = _tokenizer(tokenizer)
    sessions = [_session(path) for path in (plain, small)]
    cosines = []
    for text in _PROBES:
        ids = np.array([tokens.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        exact, close = (session.run(["pooled"], feed)[0][0, 0] for session in sessions)
        cosines.append(float(exact @ close))
    return float(np.mean(cosines))


def _open(folder: Path, card: EncoderCard, *, threads: int) -> Encoder:
    return Encoder(
        session=_session(folder / "model.onnx"),
        tokenizer=_tokenizer(folder / "tokenizer.json"),
        card=card,
        threads=threads,
    )


def _tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    # The published file pads every text to 128 tokens, which would cost five times the time.
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session(path: Path) -> "InferenceSession":
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # An idle pool of spinning threads would burn a core of the service.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

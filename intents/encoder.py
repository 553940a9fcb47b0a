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

from intents.architectures import MAX_TOKENS, EncoderShape
from intents.errors import WeightsError
from intents.normalise import clean
from intents.weights import find_weights, folder_name, sha256_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

LEAST_COSINE = 0.99
"""The int8 graph is served only if its embeddings are at least this close to fp32 in the mean."""

_TOKENS_A_BATCH = 512
_MOST_PADDING = 2
"""Tokens. Sixteen short messages together take half the time each that they take alone; a batch
of long ones outgrows the cache and gains nothing."""

_EXPORT_FORM = 2
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

    A text's vectors are the same alone and in a batch (to the last bits of a float): activations
    are quantised token by token. Texts of like length are run together, on ``threads`` threads.
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
        self._pad = tokenizer.token_to_id("[PAD]") or tokenizer.token_to_id("<pad>") or 0

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
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(map(clean, texts)))]
        batches = _batches([len(tokens) for tokens in ids])
        done = 0
        for rows, vectors in self._run_all(ids, batches):
            out[rows] = vectors
            done += len(rows)
            if progress is not None:
                progress(done)
        return out

    def _run_all(
        self, ids: Sequence[list[int]], batches: Sequence[list[int]]
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        def run(rows: list[int]) -> tuple[list[int], NDArray[np.float32]]:
            return rows, self._run([ids[row] for row in rows])

        if self._threads == 1 or len(batches) < 2:  # noqa: PLR2004 - one batch needs one thread
            yield from map(run, batches)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(run, batches)

    def _run(self, ids: Sequence[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, ids))
        tokens = np.full((len(ids), longest), self._pad, np.int64)
        mask = np.zeros_like(tokens)
        for row, each in enumerate(ids):
            tokens[row, : len(each)] = each
            mask[row, : len(each)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask}
        pooled: NDArray[np.float32] = self._session.run(["pooled"], feed)[0]
        return pooled


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Put rows of like length together: few enough tokens a batch, little padding."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        last = batches[-1] if batches else None
        fits = (
            last is not None
            and (len(last) + 1) * lengths[row] <= _TOKENS_A_BATCH
            and lengths[row] <= lengths[last[0]] + _MOST_PADDING
        )
        if last is not None and fits:
            last.append(row)
        else:
            batches.append([row])
    return batches


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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            weights = find_weights(name, models_dir, scratch=Path(scratch))
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
    from intents.export import export_onnx

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


def _open(folder: Path, card: EncoderCard, *, threads: int) -> Encoder:
    return Encoder(
        session=open_session(folder / "model.onnx"),
        tokenizer=open_tokenizer(folder / "tokenizer.json"),
        card=card,
        threads=threads,
    )


def open_tokenizer(path: Path) -> "Tokenizer":
    """Open a published tokenizer, without its padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    # The published file pads every text to 128 tokens, which would cost five times the time.
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def open_session(path: Path) -> "InferenceSession":
    """Open a graph on one thread that does not spin."""
    import onnxruntime as ort

    # It would write a device id of its own into the home folder.
    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # An idle pool of spinning threads would burn a core of the service.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

"""The sentence encoder: exported once to ONNX, run by ONNX Runtime, no torch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.encoders.encoder_export import EncoderCard, prepare_encoder
from intents.encoders.sessions import open_session, open_tokenizer
from intents.encoders.weights import sha256_of
from intents.errors import WeightsError
from intents.normalise import clean
from intents.recent import FEW, Recent

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_TOKENS_A_BATCH = 512
_MOST_PADDING = 2
"""Tokens. Sixteen short messages together take half the time each that they take alone; a batch
of long ones outgrows the cache and gains nothing."""
_REMEMBERED = 512
"""Texts whose vectors are kept, about 5 KB each."""


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
        self.threads = threads
        self._recent: Recent[str, NDArray[np.float32]] = Recent(_REMEMBERED)
        self._pad = tokenizer.token_to_id("[PAD]") or tokenizer.token_to_id("<pad>") or 0
        self._unknown = tokenizer.token_to_id("[UNK]") or tokenizer.token_to_id("<unk>")

    @property
    def name(self) -> str:
        """The name that settings call it by."""
        return self.card.name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(n, dimension) float32``, each row of length 1."""
        return np.ascontiguousarray(self.pooled(texts)[:, 0])

    def is_word(self, text: str) -> bool:
        """Whether a lower-case text is a word of the tokenizer's, not put together of pieces."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return len(ids) == 1 and ids[0] != self._unknown

    def pooled(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return ``(n, 3, dimension) float32``: the last three layers, each pooled and of length 1.

        ``progress`` is called with the number of texts done so far.
        """
        if 0 < len(texts) <= FEW and progress is None:
            return np.stack(self._recent.of(texts, lambda missing: list(self._pooled(missing))))
        return self._pooled(texts, progress)

    def _pooled(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
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

        if self.threads == 1 or len(batches) < 2:  # noqa: PLR2004 - one batch needs one thread
            yield from map(run, batches)
            return
        with ThreadPoolExecutor(self.threads) as pool:
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
    return open_encoder(prepare_encoder(models_dir, name), threads=threads)


def open_encoder(folder: Path, *, threads: int = 1) -> Encoder:
    """Open the export in a folder, after checking its files' hashes.

    Raises:
        WeightsError: a file is missing, or has changed.
    """
    card = EncoderCard.read(folder)
    if card is None:
        raise WeightsError(f"The export in {folder} is unreadable.", hint=f"Delete {folder}.")
    for file, expected in (
        ("model.onnx", card.onnx_sha256), ("tokenizer.json", card.tokenizer_sha256)
    ):  # fmt: skip
        path = folder / file
        if not path.is_file() or sha256_of(path) != expected:
            state = "has changed since it was exported" if path.is_file() else "is missing"
            raise WeightsError(f"{path} {state}.", hint=f"Delete {folder}.")
    return Encoder(
        session=open_session(folder / "model.onnx"),
        tokenizer=open_tokenizer(folder / "tokenizer.json"),
        card=card,
        threads=threads,
    )

"""The training messages nearest to a message: why a version read it as it did.

The training messages stand beside the version in ``predictions.jsonl``; their vectors in
``vectors.npy``, row by row, made on the first question and kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from intents.encoders.encoder import Encoder
from intents.figures.metrics import Predicted, read_predictions
from intents.reading.calibration import Floats
from intents.reading.scoring import Heads
from intents.versions.registry import PREDICTIONS

VECTORS = "vectors.npy"
MOST_NEAR = 3
_BLOCK_ROWS = 256

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A training message near another: its label, ``file:line``, writer, and cosine similarity."""

    text: str
    intent: str
    writer: str
    where: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A version's training messages and their vectors ``(n, k)``, each of length 1."""

    rows: tuple[Predicted, ...]
    vectors: Floats
    encoder: Encoder
    heads: Heads

    @classmethod
    def of_version(
        cls,
        folder: Path,
        encoder: Encoder,
        *,
        progress: Progress = lambda _stage, _done, _total: None,
    ) -> Self:
        """Load them from a version's folder, encoding the training messages if nobody has yet.

        Raises:
            VersionError: a file of the version is missing or broken.
        """
        rows = tuple(read_predictions(folder / PREDICTIONS))
        heads = Heads.read(folder)
        vectors = _stored(folder / VECTORS, len(rows))
        if vectors is None:
            pooled = encoder.pooled(
                [row.text for row in rows],
                progress=lambda done: progress("encoding training messages", done, len(rows)),
            )
            vectors = heads.space.projection(pooled)
            write_vectors(vectors, folder / VECTORS)
        return cls(rows, _unit(vectors), encoder, heads)

    def of_texts(self, texts: Sequence[str], *, most: int = MOST_NEAR) -> list[tuple[Near, ...]]:
        """Return for each text the nearest training messages, the nearest first."""
        if not texts:
            return []
        vectors = _unit(self.heads.space.projection(self.encoder.pooled(texts)))
        allowed = np.ones((len(texts), len(self.rows)), bool)
        return self._nearest(vectors, allowed, most)

    def of_training(
        self, predictions: Sequence[Predicted], *, most: int = MOST_NEAR
    ) -> list[tuple[Near, ...]]:
        """Return the same for training messages, from those of other writers only.

        The model that judged such a message saw no line of its writer.
        """
        places = {(row.text, row.truth): place for place, row in enumerate(self.rows)}
        own = [places[p.text, p.truth] for p in predictions]
        writers = np.array([row.writer for row in self.rows])
        several = len(set(writers)) > 1
        allowed = np.array(
            [
                writers != self.rows[i].writer if several else np.arange(len(writers)) != i
                for i in own
            ],
            bool,
        ).reshape(len(own), len(self.rows))
        return self._nearest(self.vectors[own], allowed, most)

    def _nearest(
        self, vectors: Floats, allowed: NDArray[np.bool_], most: int
    ) -> list[tuple[Near, ...]]:
        found: list[tuple[Near, ...]] = []
        for start in range(0, len(vectors), _BLOCK_ROWS):
            part = slice(start, start + _BLOCK_ROWS)
            cosines = np.where(allowed[part], vectors[part] @ self.vectors.T, -np.inf)
            for row in cosines:
                best = np.argsort(-row, kind="stable")[:most]
                found.append(tuple(self._near(int(i), float(row[i])) for i in best if row[i] > -1))
        return found

    def _near(self, place: int, cosine: float) -> Near:
        row = self.rows[place]
        return Near(
            text=row.text,
            intent=row.truth,
            writer=row.writer,
            where=row.where,
            similarity=round(cosine, 3),
        )


def write_vectors(vectors: Floats, path: Path) -> None:
    """Keep ``vectors (n, k)``, in the order of ``predictions.jsonl``, as float16."""
    np.save(path, vectors.astype(np.float16), allow_pickle=False)


def _stored(path: Path, rows: int) -> Floats | None:
    """Return the vectors kept; None where there are none that fit."""
    if not path.is_file():
        return None
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # cut short while being written: they are made again
    return vectors.astype(np.float32) if len(vectors) == rows else None


def _unit(vectors: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return np.asarray(vectors / lengths, np.float32)

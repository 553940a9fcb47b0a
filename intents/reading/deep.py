"""The deep mode at serving: a version's own fine-tuned encoder, and the head that reads from it.

It stands in ``deep/`` of the version's folder, since it belongs to no other. Its probabilities for
the intents are averaged with those of the other model; everything else is read as ever. Neither
torch nor scikit-learn is needed here.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from intents.encoders.encoder import Encoder, open_encoder
from intents.encoders.encoder_export import EXPORTED
from intents.errors import VersionError, WeightsError
from intents.reading.calibration import Floats

DEEP_FOLDER = "deep"
HEAD = "head.npz"
FILES = (*EXPORTED, HEAD)


@dataclass(frozen=True, slots=True)
class TunedHead:
    """``weights (labels, dimension)`` and ``bias (labels,)``: a linear layer on the embedding."""

    weights: Floats
    bias: Floats

    def logits(self, vectors: Floats) -> Floats:
        """Return ``(n, labels)`` of embeddings ``(n, dimension)`` of length 1."""
        return np.asarray(vectors @ self.weights.T + self.bias, np.float32)

    def write(self, folder: Path) -> None:
        """Write it into the folder."""
        np.savez(folder / HEAD, weights=self.weights, bias=self.bias)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it.

        Raises:
            VersionError: it is missing or broken.
        """
        path = folder / HEAD
        try:
            # Opened here: a broken archive would leave NumPy's own handle open.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return cls(stored["weights"], stored["bias"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise VersionError(
                f"{path} is unreadable: {error}",
                hint="Train again: textwise intents train --deep",
            ) from None


@dataclass(frozen=True, slots=True)
class TunedModel:
    """A fine-tuned encoder with its head."""

    encoder: Encoder
    head: TunedHead

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the logits of each intent ``(n, labels)``."""
        return self.head.logits(self.encoder.encode(texts))

    @classmethod
    def read(cls, folder: Path, *, threads: int = 1) -> Self:
        """Open the model in a folder.

        Raises:
            VersionError: a file is missing or has changed.
        """
        head = TunedHead.read(folder)
        try:
            encoder = open_encoder(folder, threads=threads)
        except WeightsError as error:
            raise VersionError(
                str(error), hint="Train again: textwise intents train --deep"
            ) from None
        if head.weights.shape[1] != encoder.dimension:
            raise VersionError(f"The head in {folder} does not fit its encoder.")
        return cls(encoder, head)

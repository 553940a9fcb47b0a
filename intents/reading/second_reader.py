"""The second reader: an encoder tuned to hear what must not be missed in a customer's text.

It was fine-tuned on the shipped sentences about sensitive topics, texting and feelings together
(``benchmarks/fit_second_reader.py``), and is asked where the first reading leaves doubt. Its layers
come with the program as a small file of int8 weights; the word vectors are those of the fast
encoder, which were left as they are in tuning.

What it says of sentences that it has learnt from is worth nothing for calibration. Beside the
layers therefore stands what one said that had not seen them, for the sentences of the writers that
were left out, and a mark for each sentence that is no evidence at all.
"""

import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from intents.corpus.data import CONSENT_LABELS
from intents.encoders.encoder_export import EXPORTED, EncoderCard, export_encoder
from intents.encoders.weights import FAST, find_weights, sha256_of
from intents.errors import VersionError, WeightsError
from intents.normalise import key
from intents.reading.calibration import Floats, Integers, sigmoid, softmax
from intents.reading.deep import FILES, TunedHead, TunedModel
from intents.types import Sentiment

LAYERS = Path(__file__).with_name("second_reader.safetensors")
SEEN = Path(__file__).with_name("second_reader.npz")

SENTIMENTS = tuple(Sentiment)

Marks = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Which logits are whose: topics, consent labels, sentiments, frustration, in this order."""

    topics: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.topics) + len(CONSENT_LABELS) + len(SENTIMENTS) + 1

    def parts(self, logits: Floats) -> tuple[Floats, Floats, Floats]:
        """Cut ``(n, count)`` into topics, consent, and sentiment with frustration last."""
        first, second = len(self.topics), len(self.topics) + len(CONSENT_LABELS)
        return logits[:, :first], logits[:, first:second], logits[:, second:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the second reader says of messages, as chances in [0, 1].

    ``topics (n, topics)``, ``consent (n, 4)``, ``sentiment (n, 4)`` with frustration last.
    """

    topics: Floats
    consent: Floats
    sentiment: Floats

    @classmethod
    def of(cls, logits: Floats, outputs: Outputs) -> Self:
        """Read logits ``(n, count)``."""
        topics, consent, feelings = outputs.parts(logits)
        frustration = sigmoid(feelings[:, -1:].astype(np.float64))
        sentiment = np.concatenate([softmax(feelings[:, :-1], 1.0), frustration], axis=1)
        return cls(
            topics=np.asarray(sigmoid(topics.astype(np.float64)), np.float32),
            consent=np.asarray(softmax(consent, 1.0), np.float32),
            sentiment=np.asarray(sentiment, np.float32),
        )


@dataclass(frozen=True, slots=True)
class SecondReader:
    """Reads messages by the tuned encoder."""

    model: TunedModel
    outputs: Outputs

    def read(self, texts: Sequence[str]) -> Said:
        """Return what it says of each."""
        return Said.of(self.model.logits(texts), self.outputs)


@dataclass(frozen=True, slots=True)
class Seen:
    """Marks of the sentences learnt from, and the logits ``(k, count)`` of those ``left_out``.

    ``learnt (n,)`` and ``left_out (k,)`` are sorted marks; the latter's logits come from a reader
    that had not seen these sentences, so that they are evidence all the same.
    """

    learnt: Marks
    left_out: Marks
    logits: Floats
    outputs: Outputs

    @classmethod
    def read(cls, path: Path = SEEN) -> Self:
        """Read them.

        Raises:
            WeightsError: the file is missing or broken.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                outputs = Outputs(topics=tuple(json.loads(str(stored["topics"]))))
                logits = stored["logits"].astype(np.float32)
                return cls(stored["learnt"], stored["left_out"], logits, outputs)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise WeightsError(
                f"{path} is unreadable: {error}", hint="Restore the file from the repository."
            ) from None

    def write(self, path: Path) -> None:
        """Write them."""
        np.savez_compressed(
            path,
            learnt=self.learnt,
            left_out=self.left_out,
            logits=self.logits.astype(np.float16),
            topics=json.dumps(self.outputs.topics),
        )

    def evidence(self, texts: Sequence[str], reader: SecondReader) -> tuple[Integers, Said]:
        """Return the rows of which a fair opinion can be had, in order, with the opinions."""
        marks = marks_of(texts)
        strange = ~np.isin(marks, self.learnt)
        place = np.searchsorted(self.left_out, marks).clip(max=max(len(self.left_out) - 1, 0))
        kept = np.zeros(len(marks), bool)
        if len(self.left_out):
            kept = self.left_out[place] == marks
        logits = np.zeros((len(marks), self.outputs.count), np.float32)
        logits[kept] = self.logits[place[kept]]
        new = [int(row) for row in np.flatnonzero(strange & ~kept)]
        if new:
            logits[new] = reader.model.logits([texts[row] for row in new])
        rows = np.flatnonzero(strange | kept)
        return rows, Said.of(logits[rows], self.outputs)


def marks_of(texts: Sequence[str]) -> Marks:
    """Return a number for each text ``(n,)``, the same for texts that read the same."""
    return np.fromiter(map(_mark, texts), np.uint64, len(texts))


def _mark(text: str) -> int:
    return int.from_bytes(sha256(key(text).encode()).digest()[:8], "big")


def layers_sha256() -> str:
    """Return the hash of the layers that come with the program.

    Raises:
        WeightsError: they cannot be read.
    """
    try:
        return sha256_of(LAYERS)
    except OSError as error:
        raise WeightsError(
            f"The second reader's layers {LAYERS} cannot be read: {error.strerror}.",
            hint="Restore the file from the repository.",
        ) from None


def load_second_reader(models_dir: Path, *, threads: int = 1) -> SecondReader:
    """Load the second reader; put it together first if that has not happened yet.

    Raises:
        WeightsError: the layers or the word vectors are missing or damaged.
    """
    digest = layers_sha256()
    folder = models_dir / "encoders" / f"second-reader-{digest[:8]}"
    try:
        card = EncoderCard.read(folder)
        outdated = card is not None and card.outdated
        if outdated or not all((folder / name).is_file() for name in FILES):
            _export(folder, models_dir, digest)
        model = TunedModel.read(folder, threads=threads)
    except VersionError as error:
        raise WeightsError(str(error), hint=f"Delete {folder}.") from None
    except OSError as error:
        raise WeightsError(
            f"The second reader cannot be written to {folder}: {error.strerror or error}.",
            hint="Free some disk space (150 MB), or set TEXTWISE_MODELS to a folder you may write.",
        ) from None
    return SecondReader(model, Seen.read().outputs)


def _export(folder: Path, models_dir: Path, digest: str) -> None:
    """Restore the published form from layers and word vectors, and export that."""
    from intents.encoders.cross_encoder_export import published_form

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        whole, exported = Path(scratch) / "whole", Path(scratch) / "exported"
        exported.mkdir()
        words = find_weights(FAST.name, models_dir, scratch=Path(scratch))
        head = published_form(LAYERS, words.folder, whole)
        export_encoder(whole, exported, name="second reader", weights_sha256=digest)
        TunedHead(*head).write(exported)
        # The head last: an export that was broken off is made again.
        for name in (*EXPORTED, *sorted(set(FILES) - set(EXPORTED))):
            (exported / name).replace(folder / name)

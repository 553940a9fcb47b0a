"""A version's models with their encoders: texts in, raw scores out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from intents.encoders.encoder import Encoder, load_encoder
from intents.errors import VersionError
from intents.reading.deep import DEEP_FOLDER, TunedModel
from intents.reading.mixing import (
    about_texts,
    asked_for,
    doubtful_consent,
    doubtful_feeling,
    doubtful_topics,
    second,
)
from intents.reading.parameters import Parameters
from intents.reading.scoring import Raw, Scorer
from intents.reading.second_reader import SecondReader, layers_sha256, load_second_reader
from intents.recent import FEW, Recent
from intents.versions.registry import PARAMETERS

MIXED = "mixed"
ACCURATE_FOLDER = "accurate"
"""Of a mixed version: the accurate model's files; the fast one's stand beside it."""
_REMEMBERED = 512
"""Messages whose raw scores are kept, about 1 KB each."""


def tiers(encoder: str) -> tuple[str, ...]:
    """Return the encoders that a setting names: both for ``mixed``, else the one."""
    return ("fast", "accurate") if encoder == MIXED else (encoder,)


def retrieval_encoder(encoder: str) -> str:
    """Return the encoder that finds passages: its ranking was fitted on the fast one's cosines."""
    return "fast" if encoder in {MIXED, "accurate"} else encoder


class Encoders:
    """The encoders of one models folder, each loaded once."""

    def __init__(self, models_dir: Path, *, threads: int = 1) -> None:
        self._folder = models_dir
        self._threads = threads
        self._loaded: dict[str, Encoder] = {}
        self._second: SecondReader | None = None

    def get(self, name: str) -> Encoder:
        """Return an encoder; export it first if that has not happened yet.

        Raises:
            WeightsError: no weights, or damaged ones.
        """
        if name not in self._loaded:
            self._loaded[name] = load_encoder(self._folder, name, threads=self._threads)
        return self._loaded[name]

    def of(self, encoder: str) -> tuple[Encoder, ...]:
        """Return the encoders that a setting, or a version's manifest, names."""
        return tuple(self.get(name) for name in tiers(encoder))

    def second(self) -> SecondReader:
        """Return the second reader; put it together first if that has not happened yet.

        Raises:
            WeightsError: no weights, or damaged ones.
        """
        if self._second is None:
            self._second = load_second_reader(self._folder, threads=self._threads)
        return self._second


class Reader(Protocol):
    """Scores messages."""

    @property
    def encoder(self) -> Encoder:
        """The encoder that reads every message."""
        ...

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
        ...

    def score_quickly(self, texts: Sequence[str]) -> list[Raw]:
        """Return the same by the quickest model alone: for what only helps to decide."""
        ...


@dataclass(frozen=True, slots=True)
class SingleReader:
    """One model on one encoder."""

    encoder: Encoder
    scorer: Scorer
    recent: Recent[str, Raw] = field(default_factory=lambda: Recent(_REMEMBERED))

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
        if len(texts) <= FEW:
            return self.recent.of(texts, self._score)
        return self._score(texts)

    def _score(self, texts: Sequence[str]) -> list[Raw]:
        return self.scorer.score(self.encoder.pooled(texts), texts)

    def score_quickly(self, texts: Sequence[str]) -> list[Raw]:
        """Return the same."""
        return self.score(texts)


@dataclass(frozen=True, slots=True)
class MixedReader:
    """The fast model for all messages, averaged with the accurate one where it leaves doubt."""

    fast: SingleReader
    accurate: SingleReader
    parameters: Parameters

    @property
    def encoder(self) -> Encoder:
        """The fast encoder."""
        return self.fast.encoder

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
        found = self.score_quickly(texts)
        if not found:
            return []
        asked = asked_for(np.stack([raw.scores for raw in found]), self.parameters)
        places = [int(place) for place in np.flatnonzero(asked)]
        if places:
            again = self.accurate.score([texts[place] for place in places])
            for place, raw in zip(places, again, strict=True):
                found[place] = _mean(found[place], raw)
        return found

    def score_quickly(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the fast model says."""
        return self.fast.score(texts)


@dataclass(frozen=True, slots=True)
class DeepReader:
    """The models of any tier, and beside them a fine-tuned encoder for the intents."""

    base: Reader
    tuned: TunedModel

    @property
    def encoder(self) -> Encoder:
        """The encoder of the base, which was not fine-tuned."""
        return self.base.encoder

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
        found = self.base.score(texts)
        logits = self.tuned.logits(texts)
        return [replace(raw, tuned=row) for raw, row in zip(found, logits, strict=True)]

    def score_quickly(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the base's quickest model says."""
        return self.base.score_quickly(texts)


@dataclass(frozen=True, slots=True)
class SecondedReader:
    """The models of any tier, and the second reader for what must not be missed.

    It is asked where the base leaves doubt about topics, texting or feelings.
    """

    base: Reader
    second: SecondReader
    parameters: Parameters

    @property
    def encoder(self) -> Encoder:
        """The encoder of the base."""
        return self.base.encoder

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
        return self._seconded(texts, self.base.score(texts))

    def score_quickly(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the base's quickest model says."""
        return self.base.score_quickly(texts)

    def _seconded(self, texts: Sequence[str], found: list[Raw]) -> list[Raw]:
        shares = self.parameters.second
        if not found or shares is None:
            return found
        of, scores = self.parameters.columns, np.stack([raw.scores for raw in found])
        feelings = slice(of.sentiment.start, of.frustration.stop)
        about = about_texts(scores[:, of.consent])
        asked = (
            doubtful_topics(scores[:, of.topics], shares.bounds),
            doubtful_consent(about, shares.bounds),
            doubtful_feeling(scores[:, of.frustration][:, 0], shares.bounds),
        )
        rows = [int(row) for row in np.flatnonzero(np.any(asked, axis=0))]
        if not rows:
            return found
        said = self.second.read([texts[row] for row in rows])
        for columns, opinion, where, share in (
            (of.topics, said.topics, asked[0], shares.topics),
            (of.consent, said.consent, asked[1], shares.consent),
            (feelings, said.sentiment, asked[2], shares.sentiment),
        ):
            scores[rows, columns] = second(scores[rows, columns], opinion, where[rows], share)
        for row in rows:
            found[row] = replace(found[row], scores=scores[row])
        return found


def _mean(first: Raw, second: Raw) -> Raw:
    scores = np.asarray((first.scores + second.scores) / 2, np.float32)
    return Raw(scores, (first.nearness + second.nearness) / 2)


def open_reader(
    folder: Path,
    encoders: Sequence[Encoder],
    parameters: Parameters,
    second: SecondReader | None = None,
) -> Reader:
    """Open the models in a version's folder, on the encoders that it was trained on.

    ``second`` is needed by versions that were trained beside it.

    Raises:
        VersionError: a file is missing or broken, or the version needs another second reader.
    """
    base = _open_base(folder, encoders, parameters)
    if parameters.second is not None:
        if second is None or parameters.second.layers_sha256 != layers_sha256():
            raise VersionError(
                f"The version in {folder} was trained beside another second reader.",
                hint="Train again: textwise intents train",
            )
        base = SecondedReader(base, second, parameters)
    tuned = parameters.intents.tuned
    if tuned is None or tuned.weight == 0:
        return base
    return DeepReader(base, TunedModel.read(folder / DEEP_FOLDER, threads=base.encoder.threads))


def _open_base(folder: Path, encoders: Sequence[Encoder], parameters: Parameters) -> Reader:
    fast = SingleReader(encoders[0], Scorer.read(folder))
    if parameters.mixing is None:
        return fast
    if len(encoders) < 2:  # noqa: PLR2004 - mixing takes two
        raise VersionError(f"The version in {folder} needs both encoders.")
    return MixedReader(
        fast, SingleReader(encoders[1], Scorer.read(folder / ACCURATE_FOLDER)), parameters
    )


def read_parameters(folder: Path) -> Parameters:
    """Read a version's parameters.

    Raises:
        VersionError: they are missing or broken.
    """
    return Parameters.read(folder / PARAMETERS)


def weights_of(encoders: Sequence[Encoder]) -> str:
    """Return the hash that a manifest holds: of each encoder's weights, joined by ``+``."""
    return "+".join(encoder.card.weights_sha256 for encoder in encoders)

"""A version's models with their encoders: texts in, raw scores out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from intents.deep import DEEP_FOLDER, TunedModel
from intents.encoder import Encoder, load_encoder
from intents.errors import VersionError
from intents.mixing import asked_for
from intents.parameters import Parameters
from intents.registry import PARAMETERS
from intents.scoring import Raw, Scorer

MIXED = "mixed"
ACCURATE_FOLDER = "accurate"
"""Of a mixed version: the accurate model's files; the fast one's stand beside it."""


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

    def score(self, texts: Sequence[str]) -> list[Raw]:
        """Return what the heads say of each message."""
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


def _mean(first: Raw, second: Raw) -> Raw:
    scores = np.asarray((first.scores + second.scores) / 2, np.float32)
    return Raw(scores, (first.nearness + second.nearness) / 2)


def open_reader(folder: Path, encoders: Sequence[Encoder], parameters: Parameters) -> Reader:
    """Open the models in a version's folder, on the encoders that it was trained on.

    Raises:
        VersionError: a file is missing or broken.
    """
    base = _open_base(folder, encoders, parameters)
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

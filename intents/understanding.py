"""The facade of this room: a message goes in, an ``Understanding`` comes out."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from intents import consent as consent_words
from intents.calibration import Floats
from intents.data import OUT_OF_SCOPE
from intents.encoder import Encoder, load_encoder
from intents.entities import EntityReader
from intents.errors import VersionError
from intents.normalise import clean
from intents.parameters import Parameters
from intents.reading import Reading, read
from intents.registry import PARAMETERS, Registry
from intents.scoring import Scorer
from intents.types import (
    Candidate,
    ConsentReading,
    Doubt,
    Expected,
    Sentiment,
    Understanding,
)


class Understander:
    """Understands messages with one trained version. Thread-safe, and never raises on a text."""

    def __init__(
        self,
        *,
        version: str,
        encoder: Encoder,
        scorer: Scorer,
        parameters: Parameters,
        entities: EntityReader,
    ) -> None:
        self.version = version
        self.encoder = encoder
        self.parameters = parameters
        self._scorer = scorer
        self._entities = entities

    @classmethod
    def load(
        cls,
        models_dir: Path,
        *,
        encoder: str = "fast",
        version: str | None = None,
        product_names: Sequence[str] = (),
        threads: int = 1,
    ) -> Self:
        """Load a version, the active one by default, after checking its files' hashes.

        Raises:
            VersionError: no such version, a broken one, or one trained on another encoder.
            WeightsError: the encoder's weights are missing or wrong.
        """
        registry = Registry(models_dir)
        manifest = registry.verify(version or registry.active_version())
        model = load_encoder(models_dir, encoder, threads=threads)
        if manifest.weights_sha256 != model.card.weights_sha256:
            raise VersionError(
                f"The version {manifest.version} was trained on the encoder {manifest.encoder!r}, "
                f"not on {encoder!r}.",
                hint="Set TEXTWISE_ENCODER to that one, or train: textwise intents train",
            )
        return cls.of_folder(
            registry.path(manifest.version),
            encoder=model,
            version=manifest.version,
            product_names=product_names,
        )

    @classmethod
    def of_folder(
        cls, folder: Path, *, encoder: Encoder, version: str, product_names: Sequence[str] = ()
    ) -> Self:
        """Load the artefacts in a folder, unchecked: for what was trained a moment ago."""
        return cls(
            version=version,
            encoder=encoder,
            scorer=Scorer.read(folder),
            parameters=Parameters.read(folder / PARAMETERS),
            entities=EntityReader.load(product_names),
        )

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names in messages from now on, instead of those given before."""
        self._entities.know_products(names)

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        """Read everything out of one message. ``expected`` says what a question waits for."""
        started = time.perf_counter()
        pooled = self.encoder.pooled([text])[0]
        return self._of(text, pooled, expected, started)

    def understand_batch(self, texts: Sequence[str]) -> list[Understanding]:
        """Read many messages, encoding ``threads`` of them at a time.

        ``took_ms`` is each one's share of the encoding plus its own reading.
        """
        started = time.perf_counter()
        vectors = self.encoder.pooled(texts)
        share = (time.perf_counter() - started) / max(len(texts), 1)
        return [
            self._of(text, pooled, None, time.perf_counter() - share)
            for text, pooled in zip(texts, vectors, strict=True)
        ]

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Return only what a message says about texting, with its probability.

        The webhook asks this before a message is queued.
        """
        word = consent_words.word_reading(text)
        if word is not None:
            return word, 1.0
        if self.parameters.consent is None or not _has_words(text):
            return None, 0.0
        raw = self._scorer.score(self.encoder.pooled([text])[0], text)
        found, chance = self._consent(text, read(raw, self.parameters))
        # HELP in the customer's own words changes no consent; the turn sees to it.
        return (None, 0.0) if found is ConsentReading.HELP else (found, chance)

    def _of(
        self, text: str, pooled: Floats, expected: Expected | None, started: float
    ) -> Understanding:
        reading = read(self._scorer.score(pooled, text), self.parameters, expected)
        if not _has_words(text):
            reading = _wordless(reading)
        consent, chance = self._consent(text, reading)
        return Understanding(
            text=text,
            intent=reading.candidates[0].intent,
            confidence=reading.candidates[0].confidence,
            candidates=reading.candidates,
            doubt=reading.doubt,
            out_of_scope=reading.out_of_scope,
            out_of_scope_score=reading.out_of_scope_score,
            sentiment=reading.sentiment,
            sentiment_score=reading.sentiment_score,
            frustration=reading.frustration,
            consent=consent,
            consent_score=round(chance, 4),
            topics=reading.topics,
            entities=self._entities.read(text, expected),
            model_version=self.version,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _consent(self, text: str, reading: Reading) -> tuple[ConsentReading | None, float]:
        found: ConsentReading | None = None
        chance = 0.0
        if self.parameters.consent is not None:
            found, chance = consent_words.read_consent(
                text, reading.consent, self.parameters.consent
            )
        best = reading.candidates[0]
        if found is None and consent_words.asks_for_help(best.intent, best.confidence):
            return ConsentReading.HELP, best.confidence
        if found is None and consent_words.second_opinion(best.intent, best.confidence):
            return ConsentReading.UNSURE, best.confidence
        return found, chance


def _has_words(text: str) -> bool:
    """Whether there is a letter or a digit, and not mostly characters that stand for nothing."""
    seen = clean(text)
    words = sum(c.isalnum() for c in seen)
    broken = sum(c == "�" or (not c.isprintable() and not c.isspace()) for c in seen)
    return words > 0 and broken <= words


def _wordless(reading: Reading) -> Reading:
    """What can be said of a message without words: nothing, and that is said plainly."""
    return Reading(
        candidates=(Candidate(intent=OUT_OF_SCOPE, confidence=0.0),),
        doubt=Doubt.TOO_LOW,
        out_of_scope=True,
        out_of_scope_score=1.0,
        topics=(),
        consent=dict.fromkeys(reading.consent, 0.0),
        sentiment=Sentiment.NEUTRAL,
        sentiment_score=0.0,
        frustration=0.0,
    )

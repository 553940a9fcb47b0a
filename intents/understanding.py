"""The facade of this room: a message goes in, an ``Understanding`` comes out."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from intents.corpus.data import OUT_OF_SCOPE
from intents.encoders.encoder import Encoder
from intents.entities.finder import EntityReader
from intents.errors import VersionError
from intents.normalise import clean
from intents.reading import consent as consent_words
from intents.reading.expectation import answer_of
from intents.reading.parameters import Parameters
from intents.reading.parts import Clause, clauses, find_parts
from intents.reading.readers import Encoders, Reader, open_reader, read_parameters, weights_of
from intents.reading.readings import Reading, intent_chances, read
from intents.reading.scoring import Raw
from intents.reading.second_reader import SecondReader
from intents.types import (
    Candidate,
    ConsentReading,
    Doubt,
    Expected,
    Part,
    Sentiment,
    Understanding,
)
from intents.versions.manifest import FORMS
from intents.versions.registry import Registry


class Understander:
    """Understands messages with one trained version. Thread-safe, and never raises on a text."""

    def __init__(
        self,
        *,
        version: str,
        reader: Reader,
        parameters: Parameters,
        entities: EntityReader,
    ) -> None:
        self.version = version
        self.parameters = parameters
        self._reader = reader
        self._entities = entities

    @classmethod
    def load(
        cls,
        models_dir: Path,
        *,
        version: str | None = None,
        product_names: Sequence[str] = (),
        threads: int = 1,
        encoders: Encoders | None = None,
    ) -> Self:
        """Load a version, the active one by default, after checking its files' hashes.

        It brings its own choice of encoders; ``encoders`` holds those that are loaded already.

        Raises:
            VersionError: no such version, a broken one, or one trained on other weights.
            WeightsError: an encoder's weights are missing or wrong.
        """
        registry = Registry(models_dir)
        return cls.of_version(
            registry,
            version or registry.active_version(),
            encoders or Encoders(models_dir, threads=threads),
            product_names=product_names,
        )

    @classmethod
    def of_version(
        cls,
        registry: Registry,
        version: str,
        encoders: Encoders,
        *,
        product_names: Sequence[str] = (),
    ) -> Self:
        """Load a version of a registry; raises as ``load`` does."""
        manifest = registry.verify(version)
        if manifest.recipe.get("form") not in FORMS:
            raise VersionError(
                f"The version {manifest.version} was trained by another release of this program.",
                hint="Train again: textwise intents train --promote",
            )
        models = encoders.of(manifest.encoder)
        if manifest.weights_sha256 != weights_of(models):
            raise VersionError(
                f"The version {manifest.version} was trained on other weights of the encoder "
                f"{manifest.encoder!r}.",
                hint="Put those weights back, or train again: textwise intents train",
            )
        return cls.of_folder(
            registry.path(manifest.version),
            *models,
            version=manifest.version,
            second=encoders.second,
            product_names=product_names,
        )

    @classmethod
    def of_folder(
        cls,
        folder: Path,
        *encoders: Encoder,
        version: str,
        second: Callable[[], SecondReader] | None = None,
        product_names: Sequence[str] = (),
    ) -> Self:
        """Load the artefacts in a folder, unchecked: for what was trained a moment ago.

        ``second`` gives the second reader to a version that was trained beside it.
        """
        parameters = read_parameters(folder)
        beside = None if second is None or parameters.second is None else second()
        return cls(
            version=version,
            reader=open_reader(folder, encoders, parameters, beside),
            parameters=parameters,
            entities=EntityReader.load(product_names),
        )

    @property
    def encoder(self) -> Encoder:
        """The encoder that reads every message."""
        return self._reader.encoder

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names in messages from now on, instead of those given before."""
        self._entities.know_products(names)

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        """Read everything out of one message. ``expected`` says what a question waits for."""
        return self.understand_batch([text], [expected])[0]

    def understand_batch(
        self, texts: Sequence[str], expected: Sequence[Expected | None] = ()
    ) -> list[Understanding]:
        """Read many messages, encoding ``threads`` of them at a time.

        A message is read the same alone or among others. ``took_ms`` is each one's share of what is
        done for all together, plus its own reading.
        """
        started = time.perf_counter()
        waiting = list(expected) or [None] * len(texts)
        spans = [self._clauses(text) for text in texts]
        pieces = [text[a:b] for text, cuts in zip(texts, spans, strict=True) for a, b in cuts]
        raws = self._reader.score(texts)
        of_pieces = iter(self._reader.score_quickly(pieces))
        share = (time.perf_counter() - started) / max(len(texts), 1)
        return [
            self._of(text, raw, cuts, [next(of_pieces) for _ in cuts], awaited, share)
            for text, raw, cuts, awaited in zip(texts, raws, spans, waiting, strict=False)
        ]

    def _clauses(self, text: str) -> list[tuple[int, int]]:
        return [] if self.parameters.parts is None else clauses(text)

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Return only what a message says about texting, with its probability.

        The webhook asks this before a message is queued.
        """
        word = consent_words.word_reading(text)
        if word is not None:
            return word, 1.0
        if self.parameters.consent is None:
            return None, 0.0
        if not _has_words(text):
            return consent_words.wordless_reading(text)
        raw = self._reader.score([text])[0]
        found, chance = self._consent(text, read(raw, self.parameters))
        # HELP in the customer's own words changes no consent; the turn sees to it.
        return (None, 0.0) if found is ConsentReading.HELP else (found, chance)

    def _of(
        self,
        text: str,
        raw: Raw,
        spans: Sequence[tuple[int, int]],
        of_clauses: Sequence[Raw],
        expected: Expected | None,
        share_s: float,
    ) -> Understanding:
        started = time.perf_counter()
        reading = read(raw, self.parameters, expected)
        if not _has_words(text):
            reading = _wordless(reading)
        consent, chance = self._consent(text, reading)
        entities = self._entities.read(text, expected)
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
            entities=entities,
            model_version=self.version,
            parts=self._parts(text, raw, spans, of_clauses),
            answer=answer_of(
                text,
                expected,
                best=reading.candidates[0],
                doubt=reading.doubt,
                entities=entities,
            ),
            took_ms=round((time.perf_counter() - started + share_s) * 1000, 3),
        )

    def _parts(
        self,
        text: str,
        raw: Raw,
        spans: Sequence[tuple[int, int]],
        of_clauses: Sequence[Raw],
    ) -> tuple[Part, ...]:
        if self.parameters.parts is None or not spans:
            return ()
        read_clauses = [
            Clause(start, end, intent_chances(of_clause, self.parameters))
            for (start, end), of_clause in zip(spans, of_clauses, strict=True)
        ]
        whole = intent_chances(raw, self.parameters)
        return find_parts(text, whole, read_clauses, self.parameters)

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
        if found is None and consent_words.second_opinion(
            text, best.intent, best.confidence, reading.consent
        ):
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

"""The numbers that turn a version's raw scores into probabilities and decisions.

All are fitted on out-of-fold scores (whole writers held out) and stored in ``parameters.json``.
"""

from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from intents.errors import VersionError


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedParameters:
    """Of a deep version's fine-tuned encoder, whose opinion is averaged with that of the scores.

    ``temperature`` divides its logits before the softmax; ``weight`` in [0, 1] is its share.
    """

    temperature: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentParameters:
    """Of the intents.

    ``temperature`` divides the scores before the softmax; ``tuned`` is there in deep versions;
    ``slope`` and ``offset`` then correct the log odds of the best; ``too_low`` is a probability,
    ``too_close`` a difference of two.
    """

    labels: tuple[str, ...]
    temperature: float
    slope: float = 1.0
    offset: float = 0.0
    too_low: float
    too_close: float
    tuned: TunedParameters | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScopeParameters:
    """A logistic regression on the evidence that ``out_of_scope.evidence`` gives.

    ``means`` and ``scales`` standardise each piece; ``threshold`` is the probability from which a
    message counts as out of scope.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicParameters:
    """Platt scaling of one topic's score, and the probability from which it counts."""

    topic: str
    slope: float
    intercept: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentParameters:
    """Of consent.

    ``certain``: least P(opt_out) that is obeyed. ``unsure``: least P(opt_out or unsure) that earns
    a question. ``opt_in``: least P(opt_in) that is obeyed.
    """

    labels: tuple[str, ...]
    temperature: float
    certain: float
    unsure: float
    opt_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentParameters:
    """``knots`` map the raw frustration score (first of each pair) to a frustration in [0, 1]."""

    labels: tuple[str, ...]
    temperature: float
    knots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsParameters:
    """Whether a message holds several wishes: P = sigmoid(coefficients . evidence + intercept)."""

    coefficients: tuple[float, ...]
    intercept: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixingParameters:
    """When the mixed tier asks its accurate model too, in the fast model's raw scores.

    If the best intent leads the next by less than ``intent_margin``, if a topic's score reaches
    ``topic_from``, that of opt-out and unsure together ``consent_from``, or that of frustration
    ``feeling_from``.
    """

    intent_margin: float
    topic_from: float | None = None
    consent_from: float | None = None
    feeling_from: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondParameters:
    """Of the second reader, whose opinion counts where the first leaves doubt.

    ``topics``, ``consent`` and ``sentiment`` in [0, 1) are its shares; ``bounds`` say what doubt
    is, in the other model's raw scores (those of intents play no part). ``layers_sha256`` names the
    layers that the shares were fitted with.
    """

    layers_sha256: str
    topics: float
    consent: float
    sentiment: float
    bounds: MixingParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which outputs are whose."""

    intents: slice
    topics: slice
    consent: slice
    sentiment: slice
    frustration: slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Of all heads.

    The outputs stand in the order intents, topics, consent, sentiment, frustration. A head without
    training data is None, and has no outputs.
    """

    intents: IntentParameters
    out_of_scope: OutOfScopeParameters
    topics: tuple[TopicParameters, ...] = ()
    consent: ConsentParameters | None = None
    sentiment: SentimentParameters | None = None
    parts: PartsParameters | None = None
    mixing: MixingParameters | None = None
    second: SecondParameters | None = None

    @property
    def columns(self) -> Columns:
        """Which of the outputs are which head's."""
        sizes = (
            len(self.intents.labels),
            len(self.topics),
            len(self.consent.labels) if self.consent else 0,
            len(self.sentiment.labels) if self.sentiment else 0,
            1 if self.sentiment else 0,
        )
        ends = list(accumulate(sizes))
        starts = [0, *ends[:-1]]
        return Columns(
            **{
                name: slice(start, end)
                for name, start, end in zip(Columns.__dataclass_fields__, starts, ends, strict=True)
            }
        )

    @property
    def outputs(self) -> int:
        """How many columns the heads have together."""
        consent = len(self.consent.labels) if self.consent else 0
        sentiment = len(self.sentiment.labels) + 1 if self.sentiment else 0
        return len(self.intents.labels) + len(self.topics) + consent + sentiment

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_bytes(_ADAPTER.dump_json(self, indent=2) + b"\n")

    @classmethod
    def read(cls, path: Path) -> "Parameters":
        """Read them.

        Raises:
            VersionError: the file is missing or does not hold what is needed.
        """
        try:
            return _ADAPTER.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise VersionError(f"{path} is unreadable: {error}") from None

    def as_dict(self) -> dict[str, object]:
        """Return them as plain data, for a manifest."""
        return asdict(self)


_ADAPTER = TypeAdapter(Parameters)

"""What understanding one message yields. Standard library only, so that pure code may use it."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Sentiment(StrEnum):
    """The feeling towards the brand or the matter, as a human reader would name it."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class ConsentReading(StrEnum):
    """What a message says about texting itself."""

    OPT_OUT = "opt_out"
    UNSURE = "unsure"
    OPT_IN = "opt_in"
    HELP = "help"


class Doubt(StrEnum):
    """Why an intent is not simply believed.

    ``TOO_LOW``: the best candidate's probability is below its threshold.
    ``TOO_CLOSE``: the best two lie nearer to each other than the margin.
    """

    NONE = "none"
    TOO_LOW = "too_low"
    TOO_CLOSE = "too_close"


class EntityType(StrEnum):
    """Kinds of entity found in a message."""

    ORDER_NUMBER = "order_number"
    SIZE = "size"
    COLOR = "color"
    PRODUCT = "product"
    DATE_TIME = "date_time"
    MONEY = "money"
    EMAIL = "email"
    PHONE = "phone"
    QUANTITY = "quantity"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One intent with its calibrated probability in [0, 1]."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A span of the message: ``text == message[start:end]``; ``value`` is its normal form."""

    type: EntityType
    text: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """One sensitive topic with its calibrated probability in [0, 1]."""

    topic: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several wishes in a message: its words, its intent, and how sure that is."""

    text: str
    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the conversation waits for, so that an answer is not mistaken for a new intent.

    ``kind`` is ``yes_no``, ``choice`` (``options`` lists what was offered) or ``entity``
    (``entity_type`` says which).
    """

    kind: str
    options: tuple[str, ...] = ()
    entity_type: EntityType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Everything the models read out of one message.

    Probabilities (``confidence``, ``out_of_scope_score``, topics) are calibrated and lie in
    [0, 1]; ``sentiment_score`` is P(positive) - P(negative) in [-1, 1]; ``frustration`` lies in
    [0, 1] (0 none, 0.2 slight impatience, 0.4 annoyed, 0.6 clearly frustrated, 0.8 fed up, 1 at
    the end of their patience). ``candidates`` are the best intents, most probable first.
    ``topics`` holds those at or above their thresholds. ``parts`` are the wishes of a message that
    holds several, in its order; empty for one that holds a single wish. ``answer`` is what the
    message answers to the question that was ``Expected`` to be answered: ``yes``, ``no``, an option
    or an entity's value.
    """

    text: str
    intent: str
    confidence: float
    candidates: tuple[Candidate, ...]
    doubt: Doubt
    out_of_scope: bool
    out_of_scope_score: float
    sentiment: Sentiment
    sentiment_score: float
    frustration: float
    consent: ConsentReading | None
    consent_score: float
    topics: tuple[TopicScore, ...]
    entities: tuple[Entity, ...]
    model_version: str
    took_ms: float
    parts: tuple[Part, ...] = ()
    answer: str | None = None

    def entity(self, kind: EntityType) -> Entity | None:
        """Return the first entity of this kind, or None."""
        return next((e for e in self.entities if e.type is kind), None)

    def with_matter_of(
        self, other: "Understanding", *, parts: tuple[Part, ...] = ()
    ) -> "Understanding":
        """Return this reading with what another one takes the message to be about.

        Mood, consent, topics and entities stay. ``parts`` are the wishes that it then holds.
        """
        return replace(
            self,
            intent=other.intent,
            confidence=other.confidence,
            candidates=other.candidates,
            doubt=other.doubt,
            out_of_scope=other.out_of_scope,
            out_of_scope_score=other.out_of_scope_score,
            parts=parts,
        )

"""Words of learning from live messages: guesses, differences, label items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.ids import ConversationId, TurnId
from intents.types import Candidate, Doubt, Understanding

OUT_OF_SCOPE = "out_of_scope"
"""The label of a message that is about nothing the shop deals with."""


class LabelQueue(StrEnum):
    """Why a message is to be labelled.

    ``WORTH``: a label would teach the model something. ``BLIND``: chosen at random for the live
    test set, labelled without seeing the model's guess, never learnt from.
    """

    WORTH = "worth"
    BLIND = "blind"


class LabelState(StrEnum):
    """``SKIPPED``: a person could not tell."""

    WAITING = "waiting"
    LABELLED = "labelled"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a label is worth having."""

    CORRECTED = "corrected"
    ESCALATED = "escalated"
    DISAGREEMENT = "disagreement"
    TOO_CLOSE = "too_close"
    TOO_LOW = "too_low"
    OUT_OF_SCOPE = "out_of_scope"


UNSURE = frozenset({Reason.TOO_CLOSE, Reason.TOO_LOW, Reason.OUT_OF_SCOPE})
"""Reasons that say: nobody has taught the model this yet. Emerging topics are looked for here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What one version read out of a message; probabilities in [0, 1]."""

    intent: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    doubt: Doubt = Doubt.NONE
    out_of_scope: bool = False
    consent: str = ""
    topics: tuple[str, ...] = ()

    @classmethod
    def of(cls, read: Understanding) -> "Guess":
        """Keep what can be compared and shown."""
        return cls(
            intent=read.intent,
            confidence=read.confidence,
            candidates=read.candidates,
            doubt=read.doubt,
            out_of_scope=read.out_of_scope,
            consent=str(read.consent or ""),
            topics=tuple(sorted(score.topic for score in read.topics)),
        )

    @property
    def heard(self) -> str:
        """The intent that the agent would go by."""
        return OUT_OF_SCOPE if self.out_of_scope else self.intent


class Kind(StrEnum):
    """In what two versions differ on a message."""

    INTENT = "intent"
    OUT_OF_SCOPE = "out_of_scope"
    CONSENT = "consent"
    TOPICS = "topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A message that the live version and its shadow read differently; ``text`` is masked."""

    turn_id: TurnId
    conversation_id: ConversationId
    text: str
    kinds: tuple[Kind, ...]
    live: Guess
    shadow: Guess
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Messages that the live version heard as ``intent``: compared, and read differently."""

    intent: str
    compared: int
    differed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A message for a label queue, masked. ``value`` orders the queue, the highest first."""

    turn_id: TurnId
    conversation_id: ConversationId
    message_hash: str
    queue: LabelQueue
    text: str
    reasons: tuple[Reason, ...]
    value: float
    guess: Guess | None
    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelItem:
    """A message in a label queue. ``seen`` counts messages of the same words.

    ``second_label`` is that of a second person who labelled a blind message, not seeing the first.
    """

    id: str
    queue: LabelQueue
    state: LabelState
    turn_id: TurnId
    conversation_id: ConversationId
    message_hash: str
    text: str
    text_hash: str
    reasons: tuple[Reason, ...]
    value: float
    seen: int
    guess: Guess | None
    model_version: str
    created_at: datetime
    label: str = ""
    labelled_by: str = ""
    labelled_at: datetime | None = None
    second_label: str = ""
    second_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many items of a queue are in each state; ``second`` ones have two labels."""

    waiting: int = 0
    labelled: int = 0
    skipped: int = 0
    second: int = 0


class JobState(StrEnum):
    """``LOST``: the process that ran it is gone."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A long action of the console. ``subject`` says of what, ``result`` is its kind's JSON."""

    id: str
    kind: str
    subject: str
    state: JobState
    stage: str
    done: int
    total: int
    result: Mapping[str, object]
    error: str
    by: str
    started_at: datetime
    updated_at: datetime

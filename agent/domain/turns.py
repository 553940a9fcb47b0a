"""A turn's record and its trace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.ids import ConversationId, TurnId
from agent.domain.signals import Decision, Signals


class TurnState(StrEnum):
    """``COMPOSED``: the replies are in the outbox and the trace is written, in one commit."""

    CLAIMED = "claimed"
    COMPOSED = "composed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNote:
    """What a reply stands on, as the trace keeps it. ``score`` is the search's own."""

    source: str
    heading: str
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CutNote:
    """A claim that the guard took out, and why."""

    claim: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Which versions decided: schema of the signals, models, rules, knowledge.

    ``prompt`` is set where an LLM composed.
    """

    schema: int
    model: str
    rules: str
    knowledge: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything known and decided in a turn. Times in milliseconds, by stage."""

    versions: Versions
    signals_before: Signals
    decision_before: Decision
    signals_after: Signals
    decision_after: Decision
    evidence: tuple[EvidenceNote, ...] = ()
    cut: tuple[CutNote, ...] = ()
    took_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """A stored turn. ``result`` is the contract's ``turn`` object."""

    id: TurnId
    conversation_id: ConversationId
    state: TurnState
    attempts: int
    result: Mapping[str, Any]
    created_at: datetime
    trace: Trace | None = None

    @property
    def finished(self) -> bool:
        """Whether everything that comes of the turn is stored."""
        return self.state is not TurnState.CLAIMED

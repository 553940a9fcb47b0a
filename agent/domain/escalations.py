"""A case handed to a person."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.ids import ConversationId, EscalationId, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Why a person is needed, in which queue, and since when."""

    id: EscalationId
    conversation_id: ConversationId
    rule: str
    queue: str
    reason: str
    opened_at: datetime
    turn_id: TurnId | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    rep: str = ""

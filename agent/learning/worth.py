"""What a message is worth for learning, and which messages go to the blind test. Pure."""

import hashlib
import hmac
from collections.abc import Sequence

from agent.domain.learning import Guess, Reason
from agent.domain.signals import Route
from agent.domain.turns import TurnRecord
from intents.types import Doubt

BLIND_SHARE = 0.01
"""Share of live messages that go to the blind test (issue 3)."""

_VALUES = {
    Reason.CORRECTED: 1.0,
    Reason.ESCALATED: 0.8,
    Reason.DISAGREEMENT: 0.7,
    Reason.TOO_CLOSE: 0.6,
    Reason.TOO_LOW: 0.5,
    Reason.OUT_OF_SCOPE: 0.4,
}
"""Known errors first, then likely ones, then doubt; a margin breaks ties."""

_SECOND_REASON = 0.05
_DOUBT = 0.1

_WRONG_ANSWER_RULES = frozenset({"asked_for_person", "failed_turns", "frustration"})
"""Escalations that say: what the agent answered before was no help."""

_ANSWERING = frozenset({Route.KNOWLEDGE, Route.FLOW, Route.SMALLTALK, Route.CLARIFY})


def message_hash(salt: str, message_id: str) -> str:
    """Return what stands for a message where its id must not."""
    return hmac.new(salt.encode(), message_id.encode(), hashlib.sha256).hexdigest()


def drawn_blind(hashed: str, share: float = BLIND_SHARE) -> bool:
    """Whether a message is drawn for the blind test, by its hash alone: never by what it says."""
    return int(hashed[:15], 16) < share * 16**15


def reasons_of(guess: Guess) -> tuple[Reason, ...]:
    """Return what makes the reading itself doubtful."""
    found = []
    if guess.doubt is Doubt.TOO_CLOSE:
        found.append(Reason.TOO_CLOSE)
    if guess.doubt is Doubt.TOO_LOW:
        found.append(Reason.TOO_LOW)
    if guess.out_of_scope:
        found.append(Reason.OUT_OF_SCOPE)
    return tuple(found)


def value_of(reasons: Sequence[Reason], guess: Guess | None) -> float:
    """Return the value of a label in [0, 1.4]; 0 without a reason."""
    if not reasons:
        return 0.0
    best = max(_VALUES[reason] for reason in reasons)
    doubt = 0.0 if guess is None else 1.0 - margin(guess)
    return round(best + _SECOND_REASON * (len(reasons) - 1) + _DOUBT * doubt, 4)


def margin(guess: Guess) -> float:
    """Return how far the best candidate lies before the second, in [0, 1]."""
    scores = [candidate.confidence for candidate in guess.candidates[:2]]
    if not scores:
        return guess.confidence
    return scores[0] - (scores[1] if len(scores) > 1 else 0.0)


def blames_the_turn_before(turn: TurnRecord, before: TurnRecord | None) -> bool:
    """Whether a person was needed because of what the agent answered in the turn before."""
    if turn.trace is None or before is None or before.trace is None:
        return False
    escalate = turn.trace.decision_after.escalate
    answered = before.trace.decision_before.route in _ANSWERING
    return escalate is not None and escalate.rule in _WRONG_ANSWER_RULES and answered

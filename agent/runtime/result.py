"""The contract's ``turn`` object, as a turn's outcome tells it."""

from typing import Any

from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS
from agent.domain.messages import Message
from agent.domain.signals import Escalate, Route
from agent.turns.in_and_out import TurnOutcome


def turn_result(outcome: TurnOutcome, stored: list[Message], brand: Brand) -> dict[str, Any]:
    """Return the ``replies`` and ``turn`` of ``POST /v1/messages`` as JSON values."""
    return {"replies": [reply_view(m, brand) for m in stored], "turn": _turn_view(outcome)}


def reply_view(message: Message, brand: Brand) -> dict[str, Any]:
    """Return one reply as the API shows it.

    ``cost`` is that of its parts at the price of now, in the brand's currency; None where the
    brand file names no price, or the reply does not leave as SMS.
    """
    local = message.provider in LOCAL_PROVIDERS
    cost = None if local else brand.sending.cost(message.segments)
    return {
        "id": message.id,
        "text": message.text,
        "encoding": message.encoding,
        "segments": message.segments,
        "cost": None if cost is None else {"amount": str(cost), "currency": brand.currency},
    }


def failed_result(escalate: Escalate, stored: list[Message], brand: Brand) -> dict[str, Any]:
    """Return the same shape for a turn that could not be taken: nothing was read or found."""
    turn: dict[str, Any] = {
        "route": Route.ESCALATION,
        "intent": None,
        "sentiment": None,
        "frustration": None,
        "out_of_scope": None,
        "flow": None,
        "escalation": _escalation_view(escalate),
        "passages": [],
        "composer": "none",
        "took_ms": dict.fromkeys(_STAGES, 0.0),
    }
    return {"replies": [reply_view(message, brand) for message in stored], "turn": turn}


_STAGES = ("total", "understanding", "retrieval", "composing")


def _turn_view(outcome: TurnOutcome) -> dict[str, Any]:
    signals, answer = outcome.trace.signals_before, outcome.answer
    read = signals.understanding
    took = outcome.trace.took_ms
    return {
        "route": outcome.decision.route,
        "intent": None if read is None else {"name": read.intent, "confidence": read.confidence},
        "sentiment": None
        if read is None
        else {"label": read.sentiment, "score": read.sentiment_score},
        "frustration": None if read is None else read.frustration,
        "out_of_scope": None if read is None else read.out_of_scope,
        "flow": None if outcome.flow is None else outcome.flow.flow,
        "escalation": _escalation_view(outcome.escalate),
        "passages": []
        if answer is None
        else [
            {"source": hit.passage.source, "heading": hit.passage.heading, "score": hit.score}
            for hit in answer.passages
        ],
        "composer": "none" if answer is None else answer.composer,
        "took_ms": {stage: took.get(stage, 0.0) for stage in _STAGES},
    }


def _escalation_view(escalate: Escalate | None) -> dict[str, Any]:
    return {
        "escalated": escalate is not None,
        "rule": None if escalate is None else escalate.rule,
        "queue": None if escalate is None else escalate.queue,
        "reason": None if escalate is None else escalate.reason,
    }

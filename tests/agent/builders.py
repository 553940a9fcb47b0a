"""Small builders for what decisions look at."""

from typing import Any

from agent.domain.signals import ConversationSignals, CustomerSignals, Signals
from intents.types import (
    Candidate,
    ConsentReading,
    Doubt,
    Sentiment,
    TopicScore,
    Understanding,
)


def understanding(
    intent: str = "track_order", confidence: float = 0.9, **changes: Any
) -> Understanding:
    values: dict[str, Any] = {
        "text": "where is it",
        "intent": intent,
        "confidence": confidence,
        "candidates": (Candidate(intent=intent, confidence=confidence),),
        "doubt": Doubt.NONE,
        "out_of_scope": False,
        "out_of_scope_score": 0.02,
        "sentiment": Sentiment.NEUTRAL,
        "sentiment_score": 0.0,
        "frustration": 0.1,
        "consent": None,
        "consent_score": 0.0,
        "topics": (),
        "entities": (),
        "model_version": "fake-1",
        "took_ms": 1.0,
    }
    return Understanding(**{**values, **changes})


def topics(**scores: float) -> tuple[TopicScore, ...]:
    return tuple(TopicScore(topic=t, probability=p) for t, p in scores.items())


def signals(
    text: str = "where is it",
    *,
    read: Understanding | None = None,
    customer: CustomerSignals | None = None,
    conversation: ConversationSignals | None = None,
    **changes: Any,
) -> Signals:
    return Signals(
        text=text,
        understanding=read,
        customer=customer or CustomerSignals(),
        conversation=conversation or ConversationSignals(),
        **changes,
    )


OPT_OUT = ConsentReading.OPT_OUT

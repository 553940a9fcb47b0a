"""A topic that no software should handle alone."""

import re

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings, topic_probabilities, words
from agent.escalation.urgency import Urgency, read_urgency


class Topic(BaseModel):
    """``probability``: from here on it escalates; ``queue``: where to, if not the rule's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    probability: float = Field(ge=0, le=1)
    queue: str = ""


class Settings(RuleSettings):
    """The topics that escalate, the most pressing first."""

    topics: dict[str, Topic]


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where a listed topic reaches its probability."""
    found = topic_probabilities(signals)
    for name, topic in settings.topics.items():
        if found.get(name, 0.0) >= topic.probability:
            return Escalate(
                rule=RULE.name,
                queue=topic.queue or settings.queue,
                reason=f"Sensitive topic: {words(name)} ({found[name]:.0%}).",
                about=name,
            )
    return _crisis(signals, settings)


def _crisis(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where plain words of suicide or self-harm are meant, though no model heard them."""
    read, topic = signals.understanding, settings.topics.get(CRISIS)
    if read is None or topic is None or read.sentiment_score > _GRIM_TO:
        return None
    if read_urgency(signals.text) is not Urgency.CRISIS or _LAUGHS.search(signals.text):
        return None
    return Escalate(
        rule=RULE.name,
        queue=topic.queue or settings.queue,
        reason="Words of suicide or self-harm.",
        about=CRISIS,
    )


CRISIS = "medical_or_crisis"
_GRIM_TO = -0.5
"""Sentiment score, halfway to the worst, to which such words are believed."""
_LAUGHS = re.compile(r"\b(?:lol|lmao|haha\w*|jk|rofl)\b|[😂🤣😅😆]", re.IGNORECASE)


RULE = Rule(name="sensitive_topic", schema=Settings, judge=judge)

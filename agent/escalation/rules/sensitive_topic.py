"""A topic that no software should handle alone."""

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings, topic_probabilities, words


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
            )
    return None


RULE = Rule(name="sensitive_topic", schema=Settings, judge=judge)

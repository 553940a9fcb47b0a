"""What a rule is, and the questions that several rules ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.signals import Escalate, Signals


class RuleSettings(BaseModel):
    """What every rule's section of the rules file has. ``queue`` is one of the brand's queues."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    queue: str = Field(min_length=1)
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as its file defines it.

    ``judge(signals, settings)`` is pure: it returns the escalation, or None where the rule does
    not hold. ``settings`` is an instance of the rule's own ``schema``.
    """

    name: str
    schema: type[RuleSettings]
    judge: Callable[[Signals, Any], Escalate | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedRule:
    """A rule with the thresholds of one rules file."""

    rule: Rule
    settings: RuleSettings

    def judge(self, signals: Signals) -> Escalate | None:
        """Return the escalation if the rule holds and is enabled."""
        return self.rule.judge(signals, self.settings) if self.settings.enabled else None


def topic_probabilities(signals: Signals) -> Mapping[str, float]:
    """Return the probability of each topic found in the message."""
    if signals.understanding is None:
        return {}
    return {t.topic: t.probability for t in signals.understanding.topics}


def intent_probability(signals: Signals, intent: str) -> float:
    """Return the greatest probability of an intent, in the whole message or in one of its parts.

    0 where it is neither a candidate nor a part's intent.
    """
    understanding = signals.understanding
    if understanding is None:
        return 0.0
    in_whole = (c.confidence for c in understanding.candidates if c.intent == intent)
    in_parts = (part.confidence for part in understanding.parts if part.intent == intent)
    return max((*in_whole, *in_parts), default=0.0)


def words(name: str) -> str:
    """Turn a name such as ``legal_threat`` into words."""
    return name.replace("_", " ")

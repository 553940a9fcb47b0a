"""The customer is more frustrated than software should answer."""

from pydantic import Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings


class Settings(RuleSettings):
    """``threshold``: from 0 (none) to 1 (at the end of their patience)."""

    threshold: float = Field(ge=0, le=1)


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where frustration reaches the threshold."""
    if signals.understanding is None:
        return None
    frustration = signals.understanding.frustration
    if frustration < settings.threshold:
        return None
    return Escalate(
        rule=RULE.name,
        queue=settings.queue,
        reason=f"Frustration {frustration:.2f} (threshold {settings.threshold:.2f}).",
    )


RULE = Rule(name="frustration", schema=Settings, judge=judge)

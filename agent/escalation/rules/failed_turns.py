"""The agent has not helped for several turns in a row, or is asked the same again and again."""

from pydantic import Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings


class Settings(RuleSettings):
    """``limit``: the failed turn in a row, or time of asking, at which a person takes over."""

    limit: int = Field(ge=1)


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where this turn failed and is the one too many; only known after composing.

    Whoever asks the same for the third time was not helped, whatever they were told.
    """
    if signals.outcome is None:
        return None
    if signals.asked_before + 1 >= settings.limit:
        return Escalate(
            rule=RULE.name,
            queue=settings.queue,
            reason=f"Asked the same {signals.asked_before + 1} times.",
        )
    if signals.outcome.failure is None:
        return None
    failed = signals.failed_before + 1
    if failed < settings.limit:
        return None
    return Escalate(
        rule=RULE.name, queue=settings.queue, reason=f"{failed} turns in a row did not help."
    )


RULE = Rule(name="failed_turns", schema=Settings, judge=judge)

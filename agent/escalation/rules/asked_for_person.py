"""The customer asks for a person, now."""

from pydantic import Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings, intent_probability

INTENT = "contact_human_agent"
KEYWORD = "person"


class Settings(RuleSettings):
    """``confidence``: least probability of the intent."""

    confidence: float = Field(ge=0, le=1)


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where a menu answer, the keyword or the intent says so, and the words do not refuse."""
    by_menu = signals.outcome is not None and signals.outcome.person_asked
    by_keyword = signals.keyword == KEYWORD
    by_intent = (
        not signals.refuses_person and intent_probability(signals, INTENT) >= settings.confidence
    )
    if not (by_menu or by_keyword or by_intent):
        return None
    return Escalate(rule=RULE.name, queue=settings.queue, reason="The customer asked for a person.")


RULE = Rule(name="asked_for_person", schema=Settings, judge=judge)

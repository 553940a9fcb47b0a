"""The customer asks for a person, now."""

from pydantic import Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings, intent_probability
from agent.escalation.wishes import wants_person

INTENT = "contact_human_agent"
KEYWORD = "person"


class Settings(RuleSettings):
    """``confidence``: least probability of the intent."""

    confidence: float = Field(ge=0, le=1)


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where a menu answer or the keyword says so, or the words do.

    Words that refuse a person, or tell of one in the past, ask for none.
    """
    by_menu = signals.outcome is not None and signals.outcome.person_asked
    by_keyword = signals.keyword == KEYWORD
    in_words = (
        intent_probability(signals, INTENT) >= settings.confidence or wants_person(signals.text)
    ) and not (signals.refuses_person or signals.person_past)
    if not (by_menu or by_keyword or in_words):
        return None
    return Escalate(rule=RULE.name, queue=settings.queue, reason="The customer asked for a person.")


RULE = Rule(name="asked_for_person", schema=Settings, judge=judge)

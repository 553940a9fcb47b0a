"""A customer of high value who is about to buy, to leave, or has cause to complain."""

from pydantic import Field

from agent.domain.signals import CustomerSignals, Escalate, Signals
from agent.escalation.rule import (
    Rule,
    RuleSettings,
    intent_probability,
    topic_probabilities,
    words,
)


class Settings(RuleSettings):
    """Who is of high value (either suffices), and what must come to it (any suffices)."""

    lifetime_value: float = Field(ge=0)
    tiers: tuple[str, ...]
    topics: dict[str, float]
    intents: tuple[str, ...]
    confidence: float = Field(ge=0, le=1)
    sales_topics: tuple[str, ...] = ()
    sales_queue: str = ""


def judge(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where the customer is of high value and one of the signals is there."""
    why_valued = _why_valued(signals.customer, settings)
    found = _signal(signals, settings)
    if not why_valued or not found:
        return None
    queue = settings.sales_queue if found in settings.sales_topics else ""
    return Escalate(
        rule=RULE.name,
        queue=queue or settings.queue,
        reason=f"Customer of high value ({why_valued}) with a {words(found)}.",
    )


def _why_valued(customer: CustomerSignals, settings: Settings) -> str:
    if customer.tier.casefold() in {tier.casefold() for tier in settings.tiers}:
        return f"tier {customer.tier}"
    if float(customer.lifetime_value) >= settings.lifetime_value:
        return f"lifetime value {customer.lifetime_value:.0f}"
    return ""


def _signal(signals: Signals, settings: Settings) -> str:
    found = topic_probabilities(signals)
    for topic, threshold in settings.topics.items():
        if found.get(topic, 0.0) >= threshold:
            return topic
    for intent in settings.intents:
        if intent_probability(signals, intent) >= settings.confidence:
            return intent
    return ""


RULE = Rule(name="high_value", schema=Settings, judge=judge)

"""Which of the shipped texts tells a customer that a person takes over, by the reason why. Pure."""

from collections.abc import Mapping

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import topic_probabilities
from agent.escalation.urgency import CRISIS, OF_THE_BODY, Urgency, read_urgency

_BY_RULE: Mapping[str, str] = {
    "frustration": "handover_frustrated",
    "sensitive_topic": "handover_sensitive",
    "failed_turns": "failed_turn_handover",
}
_BY_TOPIC: Mapping[str, str] = {
    "bereavement": "handover_bereaved",
    "harassment_report": "handover_mistreated",
    "safety_issue": "handover_safety",
    "fraud_report": "handover_frustrated",
    "abuse": "handover_frustrated",
}
_BY_URGENCY: Mapping[Urgency, str] = {
    Urgency.CRISIS: "handover_crisis",
    Urgency.EMERGENCY: "handover_emergency",
    Urgency.UNCLEAR: "handover_danger",
    Urgency.MILD: "handover_sensitive",
}

_SURELY = 0.5
_ALMOST = 0.15
"""P of such a topic at which the words are looked at, where another topic called the person."""


def handover_template(escalate: Escalate, signals: Signals) -> str:
    """Return the template for a hand-over."""
    if escalate.rule != "sensitive_topic":
        return _BY_RULE.get(escalate.rule, "handover")
    urgency = read_urgency(signals.text) if escalate.about == CRISIS else danger_of(signals)
    bereaved = topic_probabilities(signals).get("bereavement", 0.0) >= _SURELY
    if bereaved and urgency is not Urgency.CRISIS:
        return _BY_TOPIC["bereavement"]
    if urgency in {Urgency.CRISIS, Urgency.EMERGENCY}:
        return _BY_URGENCY[urgency]
    if escalate.about == CRISIS and urgency is not None:
        return _BY_URGENCY[urgency]
    return _BY_TOPIC.get(escalate.about, _BY_RULE[escalate.rule])


def danger_of(signals: Signals) -> Urgency | None:
    """Return how urgent a message is; None where the models hear nothing of health or safety."""
    found = topic_probabilities(signals)
    if not any(found.get(topic, 0.0) >= _ALMOST for topic in OF_THE_BODY):
        return None
    return read_urgency(signals.text)

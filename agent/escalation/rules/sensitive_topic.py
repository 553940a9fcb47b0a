"""A topic that no software should handle alone."""

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.signals import Escalate, Signals
from agent.escalation.rule import Rule, RuleSettings, topic_probabilities, words
from agent.escalation.threats import threatens
from agent.escalation.urgency import CRISIS, OF_THE_BODY, Urgency, names_own_death, read_urgency
from agent.hearing.figures_of_speech import laughs, said_plainly

ABUSE = "abuse"


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
    return _danger(signals, settings) or _threat(signals, settings)


def _danger(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where plain words of self-harm or of danger are meant, though no model is sure.

    Words of self-harm are believed where the mood is grim, where they name one's own death, or a
    model half hears them; words of danger to the body ('choked', 'collapsed') only where a model
    half hears them.
    """
    read, topic = signals.understanding, settings.topics.get(CRISIS)
    if read is None or topic is None or laughs(signals.text):
        return None
    text, found = said_plainly(signals.text), topic_probabilities(signals)
    half_heard = max(found.get(name, 0.0) for name in OF_THE_BODY) >= _HALF_HEARD
    grim = read.sentiment_score <= _GRIM_TO or names_own_death(text)
    if not half_heard and not grim:
        return None
    urgency = read_urgency(text)
    if urgency is not Urgency.CRISIS and not (half_heard and urgency is Urgency.EMERGENCY):
        return None
    said = "suicide or self-harm" if urgency is Urgency.CRISIS else "danger to somebody"
    return Escalate(
        rule=RULE.name,
        queue=topic.queue or settings.queue,
        reason=f"Words of {said}.",
        about=CRISIS,
    )


def _threat(signals: Signals, settings: Settings) -> Escalate | None:
    """Hold where somebody is threatened in plain words, or in veiled ones in a grim mood.

    Where a model half hears abuse, both are believed, and so is plain anger.
    """
    read, topic = signals.understanding, settings.topics.get(ABUSE)
    if read is None or topic is None:
        return None
    heard = topic_probabilities(signals).get(ABUSE, 0.0)
    half_heard = heard >= _HALF_HEARD
    threat = (half_heard or not laughs(signals.text)) and threatens(
        said_plainly(signals.text), grim=half_heard or read.sentiment_score <= _BAD_TO
    )
    meant = threat or (heard >= _ALMOST_HEARD and read.frustration >= _ANGRY_FROM)
    if not meant:
        return None
    return Escalate(
        rule=RULE.name,
        queue=topic.queue or settings.queue,
        reason="Words of a threat." if threat else "Abuse from somebody angry.",
        about=ABUSE,
    )


_HALF_HEARD = 0.2
"""P of such a topic from which plain words of danger are believed. Set by what a miss costs."""
_GRIM_TO = -0.5
"""Sentiment score, halfway to the worst, to which such words are believed."""
_BAD_TO = -0.3
"""Sentiment score to which veiled words ('better not meet me') are taken for a threat."""
_ALMOST_HEARD = 0.3
_ANGRY_FROM = 0.45
"""P(abuse), half its bar, that is believed of somebody more than annoyed (.4)."""


RULE = Rule(name="sensitive_topic", schema=Settings, judge=judge)

"""After an answer that missed: the offer of a person, where nothing else is asked. Pure."""

from agent.deciding.policy import Policy, say
from agent.domain.signals import Decision, Route, Signals

NOT_UNDERSTOOD = "not_understood_offer"
"""The template that owns up to it and offers a person."""


def missed(signals: Signals, _policy: Policy) -> Decision | None:
    """Offer a person to whoever says that they were not answered, and asks nothing else."""
    if not signals.missed or signals.rest:
        return None
    return say(
        Route.SMALLTALK,
        "missed",
        "The last answer was none, the customer says; a person is offered.",
        NOT_UNDERSTOOD,
    )

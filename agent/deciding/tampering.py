"""Orders to the software itself are told what it is, and change nothing. Pure."""

from agent.deciding.heard import names_texts
from agent.deciding.policy import Policy, say
from agent.domain.signals import Decision, Route, Signals
from agent.hearing.tampering import tampers
from intents.types import ConsentReading


def tampering(signals: Signals, _policy: Policy) -> Decision | None:
    """Say what the agent is to whoever would give it other rules."""
    read = signals.understanding
    if read is None or not tampers(signals.text):
        return None
    if read.consent is ConsentReading.UNSURE and names_texts(signals):
        return None
    return say(
        Route.SMALLTALK, "tampering", "An order to the software, not a question.", "bot_challenge"
    )

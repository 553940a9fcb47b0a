"""Messages without a word: nothing at all, a picture, a face. Pure."""

import re

from agent.deciding.policy import Policy, say
from agent.domain.signals import Decision, Route, Signals
from intents.types import ConsentReading

_ANGRY = re.compile("[😡🤬😠💢😤🖕😾👿]")
"""Faces and signs that need no word beside them."""


def wordless(signals: Signals, policy: Policy) -> Decision | None:
    """Answer what has no words in it; an angry face is offered a person."""
    if any(c.isalnum() for c in signals.text) or signals.keyword is not None:
        return None
    read = signals.understanding
    if read is not None and read.consent is ConsentReading.UNSURE:
        return None  # a sign to stop, which is asked about
    offer = policy.routing.offer_person.get("complaint")
    if offer is not None and _ANGRY.search(signals.text):
        return say(
            Route.SMALLTALK, "offer_angry_sign", "A sign of anger; a person is offered.", offer
        )
    if signals.pictures:
        template = "picture_alone"
    else:
        template = "not_text" if signals.text.strip() else "empty_message"
    return say(Route.SMALLTALK, template, "There are no words in the message.", template)

"""In what two versions differ on one message. Pure."""

from agent.domain.learning import Guess, Kind


def differences(live: Guess, shadow: Guess) -> tuple[Kind, ...]:
    """Return the kinds of difference; two that would do the same with the message have none.

    What both leave as out of scope is not compared by its best intent: nobody acts on that.
    """
    found = []
    if live.out_of_scope is not shadow.out_of_scope:
        found.append(Kind.OUT_OF_SCOPE)
    elif live.heard != shadow.heard:
        found.append(Kind.INTENT)
    if live.consent != shadow.consent:
        found.append(Kind.CONSENT)
    if set(live.topics) != set(shadow.topics):
        found.append(Kind.TOPICS)
    return tuple(found)

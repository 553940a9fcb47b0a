"""Several wishes in one message: what is answered, and what a person is offered for. Pure."""

from collections.abc import Sequence

from agent.domain.signals import Decision, Route, Signals
from agent.routing import Routing
from intents.types import Part

_SEVERAL = 2

_ASKED_FROM = 0.5
"""P(opt_out) of a part from which the customer is asked, as for a whole message."""


def several_wishes(signals: Signals, routing: Routing) -> Decision | None:
    """Return the decision to take the wishes one by one; None where there is only one."""
    understanding = signals.understanding
    if understanding is None or len(understanding.parts) < _SEVERAL:
        return None
    parts = understanding.parts
    for_person = [part for part in parts if part.intent in routing.offer_person]
    to_answer = tuple(part for part in parts if part.intent not in routing.offer_person)
    offer = routing.offer_person[for_person[0].intent] if for_person else ""
    if not to_answer:
        return Decision(
            route=Route.SMALLTALK,
            rule=f"offer_{for_person[0].intent}",
            reason=f"{_list(parts)}: this needs a person; one is offered.",
            template=offer,
        )
    return Decision(
        route=Route.KNOWLEDGE,
        rule="several_intents",
        reason=f"Several wishes: {_list(parts)}."
        + (" A person is offered last." if for_person else ""),
        template=offer,
        question=signals.rest or signals.text,
        parts=to_answer,
    )


def hears_opt_out(signals: Signals) -> bool:
    """Whether one of several wishes may be to get no more texts."""
    understanding = signals.understanding
    if signals.denies_stop:
        return False
    return understanding is not None and any(
        part.intent == "opt_out" and part.confidence >= _ASKED_FROM for part in understanding.parts
    )


def _list(parts: Sequence[Part]) -> str:
    names = [part.intent.replace("_", " ") for part in parts]
    return f"{', '.join(names[:-1])} and {names[-1]}"

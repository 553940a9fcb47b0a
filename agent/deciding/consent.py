"""An opt-out beside another wish: the first is obeyed, the second becomes a case. Pure."""

from agent.deciding.policy import Policy
from agent.domain.signals import Decision, Escalate, Route, Signals
from agent.routing import Routing
from intents.types import Doubt

_NO_CASE = frozenset({"frustration", "failed_turns"})
"""Rules that make no case of somebody who is leaving."""
_NO_WISH = frozenset({"opt_out", "opt_in", "out_of_scope", "help", "not_now"})


def opt_out(
    signals: Signals, policy: Policy, rule: str, reason: str, *, before: str = ""
) -> Decision:
    """Obey an opt-out; whatever else the message wants is given to a person.

    The customer hears nothing of the case: after an opt-out one confirmation may be sent, and
    nothing else in it. ``before`` is what stood beside the text that had to be asked about.
    """
    return Decision(
        route=Route.CONSENT,
        rule=rule,
        reason=reason,
        template="opt_out_done",
        escalate=_with_wish(before) if before else _case(signals, policy),
    )


def _case(signals: Signals, policy: Policy) -> Escalate | None:
    if not signals.beside:
        return None
    judged = policy.rules.judge(signals)
    if judged is not None and judged.rule not in _NO_CASE:
        return Escalate(rule=judged.rule, queue=judged.queue, reason=f"{judged.reason} {_NO_TEXTS}")
    if not _is_wish(signals, policy.routing):
        return None
    return _with_wish(signals.beside)


def _with_wish(text: str) -> Escalate:
    return Escalate(
        rule="opt_out_with_wish",
        queue="",
        reason=f"The customer opted out and also wrote: {text!r}. {_NO_TEXTS}",
    )


_NO_TEXTS = "They may not be texted: use another way, if one is needed."


def _is_wish(signals: Signals, routing: Routing) -> bool:
    """Whether what stands beside the opt-out asks for something."""
    read = signals.understanding
    if read is None or read.out_of_scope or read.intent in _NO_WISH:
        return False
    if read.intent in routing.smalltalk:
        return False
    return read.doubt is not Doubt.TOO_LOW or "?" in signals.beside

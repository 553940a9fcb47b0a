"""``decide``: what to do with a turn, as a pure function of its signals.

It runs twice: before acting, and again with the outcome of composing (a refusal, a claim cut by
the guard, a third failed turn are only known then). Both decisions go into the trace. The rules
stand in order of urgency; the first that has an answer decides.
"""

from collections.abc import Callable
from dataclasses import replace

from agent.deciding.clarify import clarify
from agent.deciding.heard import (
    confirmed_opt_out,
    consent,
    names_texts,
    surely_about_texts,
    unsure_opt_out,
)
from agent.deciding.missed import missed
from agent.deciding.offers import accepted
from agent.deciding.pending import clarified, yes_or_no
from agent.deciding.policy import Policy, call_person, say
from agent.deciding.praise import is_thankless, praise_template
from agent.deciding.several import several_wishes
from agent.deciding.tampering import tampering
from agent.deciding.waiting import waiting
from agent.deciding.wordless import wordless
from agent.domain.conversations import ConversationStatus, PendingKind
from agent.domain.signals import Decision, Route, Signals
from agent.escalation.urgency import OF_THE_BODY
from agent.hearing.tampering import tampers
from intents.types import Doubt, Understanding


def decide(signals: Signals, policy: Policy) -> Decision:
    """Return what to do. Pure: the same signals and policy always give the same decision."""
    for judge in _ORDER:
        decision = judge(signals, policy)
        if decision is not None:
            return decision
    return _knowledge(signals, policy)


def _human(signals: Signals, policy: Policy) -> Decision | None:
    """The agent is silent while a person is in charge, but for what somebody waiting asks."""
    status = signals.conversation.status
    if status not in {ConversationStatus.WAITING, ConversationStatus.HUMAN}:
        return None
    return waiting(signals, policy) or Decision(
        route=Route.HUMAN, rule=f"status_{status}", reason="A person is in charge of this."
    )


def _escalation(signals: Signals, policy: Policy) -> Decision | None:
    escalate = policy.rules.judge(signals)
    if escalate is None or escalate.about not in OF_THE_BODY:
        escalate = accepted(signals) or escalate
    if escalate is None:
        return None
    angry = escalate.rule == "frustration"
    if angry and (signals.refuses_person or tampers(signals.text)):
        return None
    if (
        (angry or escalate.about == "abuse")
        and surely_about_texts(signals)
        and names_texts(signals)
    ):
        # Somebody at the end of their patience with our texts is asked just that beside being
        # told that a person comes.
        unsure = unsure_opt_out(signals, policy)
        if unsure is not None:
            return replace(unsure, escalate=escalate)
    return call_person(escalate, signals)


def _refused(signals: Signals, _policy: Policy) -> Decision | None:
    """No person is wanted, and nothing else is said that could be answered."""
    if not signals.refuses_person or (signals.rest and _is_wish(signals.understanding)):
        return None
    return say(
        Route.SMALLTALK, "person_refused", "The customer wants no person, and says so.", "no_person"
    )


def _is_wish(read: Understanding | None) -> bool:
    return read is not None and not read.out_of_scope and read.intent not in {"affirm", "deny"}


def _keyword(signals: Signals, policy: Policy) -> Decision | None:
    keyword = signals.keyword
    pending = signals.conversation.pending
    if keyword is None or keyword.isdecimal():
        return None
    if keyword == "menu":
        return Decision(
            route=Route.FLOW,
            rule="keyword_menu",
            reason="The customer asked for the menu.",
            template=policy.routing.flows["help"],
        )
    if pending is not None and not pending.turns_between and keyword in {"affirm", "deny"}:
        return None
    template = policy.routing.smalltalk.get(keyword)
    if template is None:
        return None
    return say(Route.KEYWORD, f"keyword_{keyword}", "A keyword needs no model.", template)


def _flow_answer(signals: Signals, _policy: Policy) -> Decision | None:
    flow = signals.conversation.flow
    if flow is None or signals.keyword is None or not signals.keyword.isdecimal():
        return None
    return Decision(
        route=Route.FLOW,
        rule="flow_answer",
        reason=f"An answer to the running flow {flow.flow}.",
        template=flow.flow,
    )


def _several(signals: Signals, policy: Policy) -> Decision | None:
    return several_wishes(signals, policy.routing)


def _flow_start(signals: Signals, policy: Policy) -> Decision | None:
    understanding = signals.understanding
    if understanding is None or understanding.doubt is not Doubt.NONE:
        return None
    name = policy.routing.flows.get(understanding.intent)
    if name is None:
        return None
    return Decision(
        route=Route.FLOW,
        rule=f"intent_{understanding.intent}",
        reason="This intent starts a flow.",
        template=name,
    )


def _pending_answer(signals: Signals, _policy: Policy) -> Decision | None:
    """The answer to a clarifying question, or a plain no to an offer."""
    pending = signals.conversation.pending
    if pending is None:
        return None
    if pending.kind is PendingKind.CLARIFY:
        return clarified(signals, pending)
    if pending.kind is PendingKind.OFFER_PERSON and yes_or_no(signals) is False:
        return say(
            Route.SMALLTALK, "offer_declined", "The customer wants no person now.", "deny_idle"
        )
    return None


def _smalltalk(signals: Signals, policy: Policy) -> Decision | None:
    understanding = signals.understanding
    if understanding is None or not _is_small(understanding, policy):
        return None
    heard = "complaint" if is_thankless(signals) else understanding.intent
    offer = policy.routing.offer_person.get(heard)
    if offer is not None:
        return say(
            Route.SMALLTALK,
            f"offer_{heard}",
            "This needs a person; one is offered.",
            offer,
        )
    template = policy.routing.smalltalk.get(understanding.intent)
    if template is None:
        return None
    template = praise_template(template, signals)
    return say(
        Route.SMALLTALK, f"intent_{understanding.intent}", "Small talk needs no search.", template
    )


def _is_small(read: Understanding, policy: Policy) -> bool:
    """Whether it is small talk or an offer for sure, though not which: 'so happy, thank you'."""
    if read.doubt is not Doubt.TOO_CLOSE:
        return read.doubt is Doubt.NONE
    best = [candidate.intent for candidate in read.candidates[:2]]
    return (
        len(best) > 1
        and all(intent in _KIND for intent in best)
        and {*best} <= {*policy.routing.smalltalk}
    )


_KIND = frozenset({"thanks", "positive_feedback", "greeting", "goodbye"})
"""Small talk of which one may stand for another."""


def _out_of_scope(signals: Signals, _policy: Policy) -> Decision | None:
    understanding = signals.understanding
    if understanding is None or not understanding.out_of_scope:
        return None
    return Decision(
        route=Route.KNOWLEDGE,
        rule="out_of_scope",
        reason=f"Probably none of this brand's business ({understanding.out_of_scope_score:.0%}).",
        # 'It says delivered but its not here' may be odd words for the brand's business after all:
        # whoever's wish has a name is offered a person.
        template="out_of_scope" if understanding.intent == "out_of_scope" else "",
        question=signals.rest or signals.text,
    )


def _knowledge(signals: Signals, _policy: Policy) -> Decision:
    understanding = signals.understanding
    doubtful = understanding is not None and understanding.doubt is Doubt.TOO_LOW
    intent = "" if understanding is None else understanding.intent
    return Decision(
        route=Route.KNOWLEDGE,
        rule="too_low" if doubtful else f"intent_{intent}",
        reason="No intent is sure; the knowledge base is asked."
        if doubtful
        else "The knowledge base is asked.",
        template="not_known" if signals.refuses_person else "",
        question=signals.rest or signals.text,
    )


_ORDER: tuple[Callable[[Signals, Policy], Decision | None], ...] = (
    consent,
    confirmed_opt_out,
    _human,
    wordless,
    _escalation,
    tampering,
    missed,
    unsure_opt_out,
    _refused,
    _pending_answer,
    _keyword,
    _flow_answer,
    _several,
    _flow_start,
    _out_of_scope,
    _smalltalk,
    clarify,
)

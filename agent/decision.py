"""``decide``: what to do with a turn, as a pure function of its signals.

It runs twice: before acting, and again with the outcome of composing (a refusal, a claim cut by
the guard, a third failed turn are only known then). Both decisions go into the trace. The rules
stand in order of urgency; the first that has an answer decides.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.decision_consent import opt_out
from agent.decision_pending import clarified, is_clarifying, yes_or_no
from agent.decision_several import hears_opt_out, several_wishes
from agent.domain.conversations import ConversationStatus, PendingKind
from agent.domain.signals import Decision, Escalate, Route, Signals
from agent.escalation.ruleset import RuleSet
from agent.routing import Routing
from intents.types import ConsentReading, Doubt, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision depends on besides the signals."""

    rules: RuleSet
    routing: Routing

    @property
    def version(self) -> str:
        """The version written into every trace."""
        return f"{self.rules.version}/routing-{self.routing.version}"


def decide(signals: Signals, policy: Policy) -> Decision:
    """Return what to do. Pure: the same signals and policy always give the same decision."""
    for judge in _ORDER:
        decision = judge(signals, policy)
        if decision is not None:
            return decision
    return _knowledge(signals, policy)


def _consent(signals: Signals, policy: Policy) -> Decision | None:
    """STOP, START and HELP in any words come before everything else, always."""
    reading, rule = _consent_reading(signals)
    if signals.consent_done == "joined" and reading is not ConsentReading.OPT_OUT:
        return _topics(signals.consent_done)
    if signals.conversation.opted_out:
        return _consent_when_opted_out(reading, rule)
    if signals.consent_done and reading is None:
        return _topics(signals.consent_done)
    if reading is ConsentReading.OPT_OUT:
        return opt_out(signals, policy, rule, "The customer wants no more texts.")
    return _start_or_help(reading, rule)


def _start_or_help(reading: ConsentReading | None, rule: str) -> Decision | None:
    match reading:
        case ConsentReading.OPT_IN:
            return _answer(Route.CONSENT, rule, "The customer wants texts.", "opt_in_done")
        case ConsentReading.HELP if rule == "consent_word":
            return _answer(Route.CONSENT, rule, "HELP alone.", "help")
        case _:
            return None


def _consent_reading(signals: Signals) -> tuple[ConsentReading | None, str]:
    """Return what the message says about texting, and the rule that heard it."""
    if signals.consent_word is not None:
        return signals.consent_word, "consent_word"
    if signals.consent_heard is not None:
        return signals.consent_heard, "consent_model"
    understanding = signals.understanding
    return (None if understanding is None else understanding.consent), "consent_model"


def _sounds_unsure(signals: Signals) -> bool:
    return _consent_reading(signals)[0] is ConsentReading.UNSURE


def _asked_about_texts(signals: Signals) -> bool:
    pending = signals.conversation.pending
    return pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT


def _consent_when_opted_out(reading: ConsentReading | None, rule: str) -> Decision:
    match reading:
        case ConsentReading.OPT_IN:
            return _answer(Route.CONSENT, rule, "The customer wants texts again.", "opt_in_done")
        case ConsentReading.HELP if rule == "consent_word":
            return _answer(Route.CONSENT, rule, "HELP alone.", "help")
        case _:
            return Decision(
                route=Route.NONE,
                rule="opted_out",
                reason="The customer has said STOP; nothing is sent until they say START.",
            )


def _topics(done: str) -> Decision:
    return _answer(Route.CONSENT, f"consent_{done}", "The customer sees to their topics.", done)


def _human(signals: Signals, _policy: Policy) -> Decision | None:
    """The agent is silent while a person is in charge."""
    status = signals.conversation.status
    if status not in {ConversationStatus.WAITING, ConversationStatus.HUMAN}:
        return None
    return Decision(
        route=Route.HUMAN, rule=f"status_{status}", reason="A person is in charge of this."
    )


def _empty(signals: Signals, _policy: Policy) -> Decision | None:
    if any(c.isalnum() for c in signals.text) or signals.keyword is not None:
        return None
    if signals.pictures:
        template = "picture_alone"
    else:
        template = "not_text" if signals.text.strip() else "empty_message"
    return _answer(Route.SMALLTALK, template, "There are no words in the message.", template)


def _confirmed_opt_out(signals: Signals, policy: Policy) -> Decision | None:
    """The answer to 'do you want no more texts?', also where a person is in charge meanwhile."""
    if not _asked_about_texts(signals):
        return None
    said = yes_or_no(signals)
    if said is False and signals.keyword is None and _sounds_unsure(signals):
        # 'i dont want this' is a no to the question's words, and surely none to being stopped.
        return None
    match said:
        case True:
            asked = signals.conversation.pending
            return opt_out(
                signals,
                policy,
                "opt_out_confirmed",
                "The customer confirmed.",
                before="" if asked is None else asked.question,
            )
        case False:
            return _answer(
                Route.CONSENT, "opt_out_declined", "The customer stays.", "opt_out_declined"
            )
        case None:
            return None


def _escalation(signals: Signals, policy: Policy) -> Decision | None:
    pending = signals.conversation.pending
    if (
        pending is not None
        and pending.kind is PendingKind.OFFER_PERSON
        and yes_or_no(signals) is True
    ):
        accepted = Escalate(
            rule="offer_accepted", queue="", reason="The customer accepted the offer of a person."
        )
        return _escalate(accepted)
    escalate = policy.rules.judge(signals)
    if escalate is None:
        return None
    if escalate.rule == "frustration" and _surely_about_texts(signals):
        # Somebody at the end of their patience with our texts is asked just that, and hears
        # nothing else; a person sees the case all the same.
        unsure = _unsure_opt_out(signals, policy)
        if unsure is not None:
            return replace(unsure, escalate=escalate)
    return _escalate(escalate)


_ABOUT_TEXTS_FROM = 0.97
"""P(opt_out or unsure) from which an angry message is about texts rather than about the service:
'enough already' has .99, 'the fourth time I am writing, I am absolutely done' .84 to .95 in
versions seen so far. Set by these two, not tuned."""


def _surely_about_texts(signals: Signals) -> bool:
    read = signals.understanding
    return read is not None and read.consent_score >= _ABOUT_TEXTS_FROM


def _unsure_opt_out(signals: Signals, policy: Policy) -> Decision | None:
    """Ask once where a message may mean no more texts; whoever says so again is obeyed."""
    if not _sounds_unsure(signals) and not hears_opt_out(signals):
        return None
    if _asked_about_texts(signals):
        return opt_out(
            signals, policy, "opt_out_repeated", "Asked about it, the customer said it again."
        )
    return _answer(
        Route.CONSENT,
        "consent_unsure",
        "This may mean no more texts; one short question settles it.",
        "confirm_opt_out",
    )


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
    if pending is not None and keyword in {"affirm", "deny"}:
        return None
    template = policy.routing.smalltalk.get(keyword)
    if template is None:
        return None
    return _answer(Route.KEYWORD, f"keyword_{keyword}", "A keyword needs no model.", template)


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
        return _answer(
            Route.SMALLTALK, "offer_declined", "The customer wants no person now.", "deny_idle"
        )
    return None


def _smalltalk(signals: Signals, policy: Policy) -> Decision | None:
    understanding = signals.understanding
    if understanding is None or understanding.doubt is not Doubt.NONE:
        return None
    offer = policy.routing.offer_person.get(understanding.intent)
    if offer is not None:
        return _answer(
            Route.SMALLTALK,
            f"offer_{understanding.intent}",
            "This needs a person; one is offered.",
            offer,
        )
    template = policy.routing.smalltalk.get(understanding.intent)
    if template is None:
        return None
    return _answer(
        Route.SMALLTALK, f"intent_{understanding.intent}", "Small talk needs no search.", template
    )


def _out_of_scope(signals: Signals, _policy: Policy) -> Decision | None:
    understanding = signals.understanding
    if understanding is None or not understanding.out_of_scope:
        return None
    return Decision(
        route=Route.KNOWLEDGE,
        rule="out_of_scope",
        reason=f"Probably none of this brand's business ({understanding.out_of_scope_score:.0%}).",
        template="out_of_scope",
        question=signals.text,
    )


def _clarify(signals: Signals, policy: Policy) -> Decision | None:
    """Two intents too close to call: one question settles it, but never two in a row."""
    understanding = signals.understanding
    if understanding is None or understanding.doubt is not Doubt.TOO_CLOSE:
        return None
    if is_clarifying(signals.conversation.pending):
        return None
    options = _clarifiable(understanding, policy)
    if len(options) < _LEAST_OPTIONS or policy.routing.are_alike(options[0], options[1]):
        return None
    if signals.llm_choice is not None and signals.llm_choice in options:
        return Decision(
            route=Route.KNOWLEDGE,
            rule="llm_chose",
            reason=f"Too close to call; the LLM chose {signals.llm_choice}.",
            question=signals.text,
            options=(signals.llm_choice,),
        )
    return Decision(
        route=Route.CLARIFY,
        rule="too_close",
        reason=f"{options[0]} and {options[1]} are too close to call.",
        template="clarify",
        question=signals.text,
        options=options,
    )


_LEAST_OPTIONS = 2
_MOST_OPTIONS = 3


def _clarifiable(understanding: Understanding, policy: Policy) -> tuple[str, ...]:
    idle = {*policy.routing.smalltalk, *policy.routing.flows, "out_of_scope"}
    ranked = [c.intent for c in understanding.candidates[:_MOST_OPTIONS]]
    return tuple(intent for intent in ranked if intent not in idle)


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
        question=signals.text,
    )


def _answer(route: Route, rule: str, reason: str, template: str) -> Decision:
    return Decision(route=route, rule=rule, reason=reason, template=template)


def _escalate(escalate: Escalate) -> Decision:
    template = _HANDOVER_TEMPLATES.get(escalate.rule, "handover")
    return Decision(
        route=Route.ESCALATION,
        rule=escalate.rule,
        reason=escalate.reason,
        template=template,
        escalate=escalate,
    )


_HANDOVER_TEMPLATES = {
    "frustration": "handover_frustrated",
    "sensitive_topic": "handover_sensitive",
    "failed_turns": "failed_turn_handover",
}

_ORDER: tuple[Callable[[Signals, Policy], Decision | None], ...] = (
    _consent,
    _confirmed_opt_out,
    _human,
    _empty,
    _escalation,
    _unsure_opt_out,
    _pending_answer,
    _keyword,
    _flow_answer,
    _several,
    _flow_start,
    _out_of_scope,
    _smalltalk,
    _clarify,
)

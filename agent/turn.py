"""One turn of the conversation, from the customer's texts to the replies, read top to bottom.

consent → keywords → understand → context → escalate? → flow → knowledge → reply

The order of urgency lives in ``agent.decision``; here its decisions are carried out. Nothing is
stored and nothing is sent: the runtime does both with the ``TurnOutcome``.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.connectors.facts import facts_for
from agent.consent.words import read_consent_word
from agent.decision import Policy, decide
from agent.domain.consent import ConsentAction
from agent.domain.conversations import Conversation, FlowState, Pending, PendingKind
from agent.domain.customers import Customer
from agent.domain.ports import Clock
from agent.domain.signals import (
    ConversationSignals,
    CustomerSignals,
    Decision,
    Escalate,
    FailureKind,
    Outcome,
    Route,
    Signals,
)
from agent.domain.turns import CutNote, EvidenceNote, Trace, Versions
from agent.flows.engine import Ask, Effect, Flow, Handover, Say, advance, start
from agent.handover import Handovers
from agent.keywords import Keywords
from agent.replies.grounded import Answer
from agent.replies.templates import Templates
from agent.turn_ports import Answers, ChoosesIntent, Understands
from intents.types import ConsentReading, Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnInput:
    """What a turn starts from.

    ``texts`` are the burst's, oldest first; ``previous`` is the question of the turn before, for
    texts such as 'and in blue?'. ``opted_out`` is the state before these texts,
    ``consent_recorded`` what the inbox has already written because of them.
    """

    conversation: Conversation
    customer: Customer
    texts: tuple[str, ...]
    opted_out: bool = False
    consent_recorded: ConsentReading | None = None
    previous: str = ""
    provider_handled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text to send.

    ``essential`` ones may go to someone opted out: the answers to STOP, START and HELP.
    """

    text: str
    essential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOutcome:
    """All that comes of a turn, for the runtime to store and send in one transaction."""

    replies: tuple[Reply, ...]
    decision: Decision
    trace: Trace
    consent: ConsentAction | None = None
    escalate: Escalate | None = None
    pending: Pending | None = None
    flow: FlowState | None = None
    failed_turns: int = 0
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What acting on the first decision came to."""

    replies: tuple[Reply, ...] = ()
    outcome: Outcome = field(default_factory=lambda: Outcome(answered=True))
    answer: Answer | None = None
    pending: Pending | None = None
    flow: FlowState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaker:
    """Takes turns. Everything it needs is given to it; it keeps nothing between turns."""

    understander: Understands
    keywords: Keywords
    policy: Policy
    flows: Mapping[str, Flow]
    answerer: Answers
    chooser: ChoosesIntent | None
    templates: Templates
    handovers: Handovers
    clock: Clock

    def take(self, turn: TurnInput) -> TurnOutcome:
        """Take one turn."""
        began = time.perf_counter()
        stopwatch: dict[str, float] = {}
        signals = self._gather(turn, stopwatch)
        before = decide(signals, self.policy)
        signals, before = self._settle_closeness(signals, before)
        draft = self._act(before, signals, turn, stopwatch)
        signals_after = replace(signals, outcome=draft.outcome)
        after = decide(signals_after, self.policy)
        stopwatch["total"] = _since(began)
        trace = self._trace(signals, before, signals_after, after, draft, stopwatch)
        if after.escalate is not None:
            return self._hand_over(after, after.escalate, draft, trace)
        return _conclude(before, draft, turn, trace)

    # ── consent, keywords, understanding, context ──────────────────────────────────────────

    def _gather(self, turn: TurnInput, stopwatch: dict[str, float]) -> Signals:
        text = "\n".join(turn.texts)
        signals = Signals(
            text=text,
            consent_word=self._consent_word(turn),
            keyword=self.keywords.match(text),
            customer=_customer_signals(turn.customer),
            conversation=_conversation_signals(turn),
        )
        if signals.consent_word is not None or signals.keyword is not None:
            return signals
        began = time.perf_counter()
        understanding = self.understander.understand(text, _expected(turn.conversation))
        stopwatch["understanding"] = _since(began)
        return replace(signals, understanding=understanding)

    def _consent_word(self, turn: TurnInput) -> ConsentReading | None:
        """A STOP anywhere in a burst counts; another consent word only where it stands alone."""
        if turn.consent_recorded is not None:
            return turn.consent_recorded
        readings = [read_consent_word(t, opted_out=turn.opted_out) for t in turn.texts]
        if ConsentReading.OPT_OUT in readings:
            return ConsentReading.OPT_OUT
        return readings[-1] if len(set(readings)) == 1 else None

    def _settle_closeness(self, signals: Signals, before: Decision) -> tuple[Signals, Decision]:
        """Let an LLM, where there is one, choose between intents too close to call."""
        if before.route is not Route.CLARIFY or self.chooser is None:
            return signals, before
        choice = self.chooser.choose_intent(signals.text, before.options)
        settled = replace(signals, llm_choice=choice)
        return settled, decide(settled, self.policy)

    # ── acting ─────────────────────────────────────────────────────────────────────────────

    def _act(
        self, decision: Decision, signals: Signals, turn: TurnInput, stopwatch: dict[str, float]
    ) -> _Draft:
        match decision.route:
            case Route.CONSENT:
                return self._consent(decision, turn)
            case Route.KEYWORD | Route.SMALLTALK:
                return self._template(decision, turn)
            case Route.FLOW:
                return self._flow(decision, signals, turn, stopwatch)
            case Route.CLARIFY:
                return self._clarify(decision)
            case Route.KNOWLEDGE:
                return self._knowledge(decision, signals, turn, stopwatch)
            case _:
                return _Draft(flow=turn.conversation.flow, pending=turn.conversation.pending)

    def _consent(self, decision: Decision, turn: TurnInput) -> _Draft:
        pending = None
        if decision.template == "confirm_opt_out":
            pending = Pending(kind=PendingKind.CONFIRM_OPT_OUT)
        if turn.provider_handled and decision.template != "help":
            return _Draft(pending=pending)
        replies = [Reply(text=self.templates.say(decision.template), essential=True)]
        if decision.template != "help":
            return _Draft(replies=tuple(replies), pending=pending)
        if turn.provider_handled:
            replies = []
        flow = self.flows[self.policy.routing.flows["help"]]
        state, effects = start(flow)
        replies += [Reply(text=e.text, essential=True) for e in effects if isinstance(e, Say)]
        return _Draft(replies=tuple(replies), flow=state)

    def _template(self, decision: Decision, turn: TurnInput) -> _Draft:
        name = decision.template
        values = {}
        if name == "greeting" and turn.customer.name:
            name, values = "greeting_known", {"name": turn.customer.name.split()[0]}
        offers = name in self.policy.routing.offer_person.values()
        return _Draft(
            replies=(Reply(text=self.templates.say(name, **values)),),
            pending=Pending(kind=PendingKind.OFFER_PERSON) if offers else None,
            flow=turn.conversation.flow,
        )

    def _clarify(self, decision: Decision) -> _Draft:
        first, second = (self.templates.label(intent) for intent in decision.options[:2])
        text = self.templates.say(decision.template, first=first, second=second)
        return _Draft(
            replies=(Reply(text=text),),
            pending=Pending(
                kind=PendingKind.CLARIFY, options=decision.options[:2], question=decision.question
            ),
        )

    def _flow(
        self, decision: Decision, signals: Signals, turn: TurnInput, stopwatch: dict[str, float]
    ) -> _Draft:
        flow, running = self.flows[decision.template], turn.conversation.flow
        state: FlowState | None
        if decision.rule == "flow_answer" and running is not None:
            moved = advance(flow, running, signals.text)
            if moved is None:
                again = start(flow)
                return self._effects(again[1], again[0], signals, turn, stopwatch)
            state, effects = moved
        else:
            state, effects = start(flow)
        return self._effects(effects, state, signals, turn, stopwatch)

    def _effects(
        self,
        effects: tuple[Effect, ...],
        state: FlowState | None,
        signals: Signals,
        turn: TurnInput,
        stopwatch: dict[str, float],
    ) -> _Draft:
        draft = _Draft(flow=state)
        for effect in effects:
            match effect:
                case Say(text=text):
                    draft = replace(draft, replies=(*draft.replies, Reply(text=text)))
                case Handover():
                    draft = replace(draft, outcome=replace(draft.outcome, person_asked=True))
                case Ask(question=question, intent=intent):
                    answer = self._answer(question, intent, signals, turn, stopwatch)
                    composed = self._compose(answer, "not_known_offer", draft.replies)
                    draft = replace(composed, flow=state)
        return draft

    # ── knowledge ──────────────────────────────────────────────────────────────────────────

    def _knowledge(
        self, decision: Decision, signals: Signals, turn: TurnInput, stopwatch: dict[str, float]
    ) -> _Draft:
        understanding = signals.understanding
        intent = "" if understanding is None else understanding.intent
        if decision.options:
            intent = decision.options[0]
        question = decision.question or signals.text
        answer = self._answer(question, intent, signals, turn, stopwatch)
        draft = self._compose(answer, decision.template or "not_known_offer", ())
        if decision.rule == "out_of_scope" and not answer.answered:
            # Off-topic chatter is no failure of ours; three riddles in a row need no rep.
            return replace(draft, outcome=Outcome(answered=False), pending=None)
        return draft

    def _answer(
        self,
        question: str,
        intent: str,
        signals: Signals,
        turn: TurnInput,
        stopwatch: dict[str, float],
    ) -> Answer:
        understanding = signals.understanding
        today = self.clock.now().astimezone(self.handovers.brand.zone).date()
        facts = facts_for(intent, turn.customer, understanding, today=today)
        answer = self.answerer.answer(
            question, previous=turn.previous, understanding=understanding, facts=facts
        )
        stopwatch.update(answer.took_ms)
        return answer

    def _compose(self, answer: Answer, fallback: str, before: tuple[Reply, ...]) -> _Draft:
        if answer.answered:
            return _Draft(
                replies=(*before, Reply(text=answer.text)),
                answer=answer,
                outcome=Outcome(
                    answered=True, composer=answer.composer, claims_cut=len(answer.cut)
                ),
            )
        return _Draft(
            replies=(*before, Reply(text=self.templates.say(fallback))),
            answer=answer,
            pending=Pending(kind=PendingKind.OFFER_PERSON),
            outcome=Outcome(
                answered=False,
                failure=answer.failure or FailureKind.NOT_KNOWN,
                composer=answer.composer,
                claims_cut=len(answer.cut),
            ),
        )

    # ── concluding ─────────────────────────────────────────────────────────────────────────

    def _hand_over(
        self, decision: Decision, escalate: Escalate, draft: _Draft, trace: Trace
    ) -> TurnOutcome:
        queue = self.handovers.queue(escalate.queue)
        text = self.handovers.text(decision.template, queue, self.clock.now())
        return TurnOutcome(
            replies=(Reply(text=text),),
            decision=decision,
            trace=trace,
            escalate=replace(escalate, queue=queue),
            answer=draft.answer,
        )

    def _trace(
        self,
        signals: Signals,
        before: Decision,
        signals_after: Signals,
        after: Decision,
        draft: _Draft,
        stopwatch: Mapping[str, float],
    ) -> Trace:
        answer = draft.answer
        return Trace(
            versions=Versions(
                schema=signals.schema,
                model=self.understander.version,
                rules=self.policy.version,
                knowledge="" if answer is None else self.answerer.version,
                prompt="" if answer is None else answer.prompt_version,
            ),
            signals_before=signals,
            decision_before=before,
            signals_after=signals_after,
            decision_after=after,
            evidence=_evidence_notes(answer),
            cut=() if answer is None else tuple(CutNote(claim=c, reason=r) for c, r in answer.cut),
            took_ms={stage: round(ms, 3) for stage, ms in stopwatch.items()},
        )


_CONSENT_BY_TEMPLATE = {
    "opt_out_done": ConsentAction.OPT_OUT,
    "opt_in_done": ConsentAction.OPT_IN,
}


def _conclude(before: Decision, draft: _Draft, turn: TurnInput, trace: Trace) -> TurnOutcome:
    consent = _CONSENT_BY_TEMPLATE.get(before.template)
    return TurnOutcome(
        replies=draft.replies,
        decision=before,
        trace=trace,
        consent=consent if before.route is Route.CONSENT else None,
        pending=draft.pending,
        flow=draft.flow,
        failed_turns=_failed_turns(turn.conversation.failed_turns, draft.outcome, before),
        answer=draft.answer,
    )


def _failed_turns(before: int, outcome: Outcome, decision: Decision) -> int:
    """Count failed turns in a row. Small talk and questions back neither fail nor help."""
    if outcome.failure is not None:
        return before + 1
    helped = decision.route in {Route.KNOWLEDGE, Route.FLOW} and outcome.answered
    return 0 if helped else before


def _customer_signals(customer: Customer) -> CustomerSignals:
    return CustomerSignals(
        known=customer.known,
        name=customer.name,
        tier=customer.tier,
        lifetime_value=customer.lifetime_value,
        open_orders=customer.open_orders,
    )


def _conversation_signals(turn: TurnInput) -> ConversationSignals:
    conversation = turn.conversation
    return ConversationSignals(
        status=conversation.status,
        opted_out=turn.opted_out,
        failed_turns=conversation.failed_turns,
        pending=conversation.pending,
        flow=conversation.flow,
    )


def _expected(conversation: Conversation) -> Expected | None:
    pending = conversation.pending
    if pending is None:
        return None
    if pending.kind is PendingKind.CLARIFY:
        return Expected(kind="choice", options=pending.options)
    return Expected(kind="yes_no")


def _evidence_notes(answer: Answer | None) -> tuple[EvidenceNote, ...]:
    if answer is None:
        return ()
    return tuple(
        EvidenceNote(source=e.source, heading=e.heading, text=e.text, score=e.score)
        for e in answer.evidence
    )


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000

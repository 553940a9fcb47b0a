"""One turn of the conversation, from the customer's texts to the replies, read top to bottom.

consent → keywords → understand → context → escalate? → flow → knowledge → reply

The order of urgency lives in ``agent.decision``; here its decisions are carried out. Nothing is
stored and nothing is sent: the runtime does both with the ``TurnOutcome``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.deciding.offers import kept, without_old_offer
from agent.deciding.policy import Policy
from agent.deciding.waiting import CALLED_OFF
from agent.decision import decide
from agent.domain.consent import ConsentAction
from agent.domain.ports import Clock
from agent.domain.signals import Decision, Escalate, Outcome, Route, Signals
from agent.domain.turns import CutNote, EvidenceNote, Trace, Versions
from agent.escalation.words import handover_template
from agent.flows.engine import Flow
from agent.handover import Handovers
from agent.keywords import Keywords
from agent.replies.grounded import Answer
from agent.replies.templates import Templates
from agent.turns.answers import TurnAnswers
from agent.turns.in_and_out import Draft, Reply, Scene, Stopwatch, TurnInput, TurnOutcome
from agent.turns.ports import Answers, ChoosesIntent, HoldsModels
from agent.turns.signals import gather
from agent.turns.words import TurnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaker:
    """Takes turns. Everything it needs is given to it; it keeps nothing between turns."""

    understander: HoldsModels
    keywords: Keywords
    policy: Policy
    flows: Mapping[str, Flow]
    answerer: Answers
    chooser: ChoosesIntent | None
    templates: Templates
    handovers: Handovers
    clock: Clock

    def take(self, turn: TurnInput) -> TurnOutcome:
        """Take one turn, with one version of the models from its beginning to its end."""
        steady = replace(self, understander=self.understander.held())
        return steady._take(turn)  # noqa: SLF001 - one of its own kind

    def _take(self, turn: TurnInput) -> TurnOutcome:
        stopwatch = Stopwatch()
        now = self.clock.now()
        turn = replace(turn, conversation=without_old_offer(turn.conversation, now))
        signals = gather(
            turn,
            keywords=self.keywords,
            understander=self.understander,
            mend=self.answerer.mended,
            stopwatch=stopwatch,
        )
        before = decide(signals, self.policy)
        signals, before = self._settle_closeness(signals, before)
        draft = self._act(before, Scene(turn=turn, signals=signals, stopwatch=stopwatch))
        signals_after = replace(signals, outcome=draft.outcome)
        after = decide(signals_after, self.policy)
        trace = Trace(
            versions=self._versions(signals, draft.answer),
            signals_before=signals,
            decision_before=before,
            signals_after=signals_after,
            decision_after=after,
            evidence=_evidence_notes(draft.answer),
            cut=_cut_notes(draft.answer),
            took_ms=stopwatch.read(),
        )
        if after.escalate is not None and after.route is not Route.CONSENT:
            return self._hand_over(after, after.escalate, draft, trace)
        outcome = _conclude(before, draft, trace)
        outcome = replace(
            outcome, pending=kept(turn.conversation.pending, draft.pending, before, now)
        )
        if before.escalate is None:
            return outcome
        queue = self.handovers.queue(before.escalate.queue)
        outcome = replace(outcome, escalate=replace(before.escalate, queue=queue))
        return self._told_first(outcome, before.escalate, signals)

    def _told_first(
        self, outcome: TurnOutcome, escalate: Escalate, signals: Signals
    ) -> TurnOutcome:
        """After an opt-out only that is said; before a question, that a person comes."""
        if outcome.decision.template != "confirm_opt_out" or not outcome.replies:
            return outcome
        template = handover_template(escalate, signals)
        told = self.handovers.text(template, self.handovers.queue(escalate.queue), self.clock.now())
        question = outcome.replies[0]
        return replace(outcome, replies=(replace(question, text=f"{told} {question.text}"),))

    def _settle_closeness(self, signals: Signals, before: Decision) -> tuple[Signals, Decision]:
        """Let an LLM, where there is one, choose between intents too close to call."""
        if before.route is not Route.CLARIFY or self.chooser is None:
            return signals, before
        choice = self.chooser.choose_intent(signals.text, before.options)
        settled = replace(signals, llm_choice=choice)
        return settled, decide(settled, self.policy)

    def _act(self, decision: Decision, scene: Scene) -> Draft:
        match decision.route:
            case Route.CONSENT:
                return self._words.consent(decision, scene)
            case Route.KEYWORD | Route.SMALLTALK:
                return self._words.smalltalk(decision, scene.turn)
            case Route.FLOW:
                return self._words.flow(decision, scene)
            case Route.CLARIFY:
                return self._words.clarify(decision)
            case Route.KNOWLEDGE:
                return self._answers.act(decision, scene)
            case _:
                return self._words.waiting(decision, scene.turn)

    @property
    def _answers(self) -> TurnAnswers:
        return TurnAnswers(
            answerer=self.answerer,
            templates=self.templates,
            handovers=self.handovers,
            clock=self.clock,
            smalltalk=self.policy.routing.smalltalk,
        )

    @property
    def _words(self) -> TurnWords:
        return TurnWords(
            templates=self.templates,
            routing=self.policy.routing,
            flows=self.flows,
            answers=self._answers,
        )

    def _hand_over(
        self, decision: Decision, escalate: Escalate, draft: Draft, trace: Trace
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

    def _versions(self, signals: Signals, answer: Answer | None) -> Versions:
        return Versions(
            schema=signals.schema,
            model=self.understander.version,
            rules=self.policy.version,
            knowledge="" if answer is None else self.answerer.version,
            prompt="" if answer is None else answer.prompt_version,
        )


WRONG_NUMBER = "wrong_number"
"""The template that answers the intent of the same name; nothing else says it."""

_CONSENT_BY_TEMPLATE = {
    "opt_out_done": ConsentAction.OPT_OUT,
    "opt_in_done": ConsentAction.OPT_IN,
}


def _conclude(before: Decision, draft: Draft, trace: Trace) -> TurnOutcome:
    consent = _CONSENT_BY_TEMPLATE.get(before.template)
    return TurnOutcome(
        replies=draft.replies,
        decision=before,
        trace=trace,
        consent=consent if before.route is Route.CONSENT else None,
        pending=draft.pending,
        flow=draft.flow,
        failed_turns=_failed_turns(trace.signals_before, draft.outcome, before),
        answer=draft.answer,
        wrong_number=before.template == WRONG_NUMBER,
        called_off=before.rule == CALLED_OFF,
    )


def _failed_turns(signals: Signals, outcome: Outcome, decision: Decision) -> int:
    """Count failed turns in a row. Small talk and questions back neither fail nor help."""
    before = signals.failed_before
    if outcome.failure is not None:
        return before + 1
    helped = decision.route in {Route.KNOWLEDGE, Route.FLOW} and outcome.answered
    return int(signals.missed) if helped else before


def _evidence_notes(answer: Answer | None) -> tuple[EvidenceNote, ...]:
    if answer is None:
        return ()
    return tuple(
        EvidenceNote(source=e.source, heading=e.heading, text=e.text, score=e.score)
        for e in answer.evidence
    )


def _cut_notes(answer: Answer | None) -> tuple[CutNote, ...]:
    return () if answer is None else tuple(CutNote(claim=c, reason=r) for c, r in answer.cut)

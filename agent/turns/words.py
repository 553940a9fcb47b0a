"""Acting where the words are fixed: consent, small talk, questions back, running flows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.consent.turns import TurnConsent
from agent.deciding.missed import NOT_UNDERSTOOD
from agent.deciding.offers import offer
from agent.deciding.waiting import STILL_WAITING
from agent.domain.conversations import FlowState, Pending, PendingKind
from agent.domain.signals import Decision, FailureKind, Outcome, Route
from agent.flows.engine import Ask, Effect, Flow, Handover, Say, advance, start
from agent.replies.templates import Templates
from agent.routing import Routing
from agent.turns.answers import TurnAnswers
from agent.turns.in_and_out import Draft, Reply, Scene, TurnInput


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """Says what templates and flows say."""

    templates: Templates
    routing: Routing
    flows: Mapping[str, Flow]
    answers: TurnAnswers

    def consent(self, decision: Decision, scene: Scene) -> Draft:
        """Answer STOP, START, HELP and what is done about topics, in whatever words they came.

        Where the provider has answered a keyword itself, we do not answer it again.
        """
        turn, name = scene.turn, decision.template
        if name == "help":
            return self._help(turn)
        flow = None if name == "opt_out_done" else turn.conversation.flow
        if turn.provider_handled and name in _HANDLED_BY_PROVIDERS:
            return Draft(flow=flow)
        said = self.templates.say(name, **_topic_values(turn.consent))
        return Draft(
            replies=(Reply(text=said, essential=True),),
            pending=_consent_question(name, scene),
            flow=flow,
        )

    def _help(self, turn: TurnInput) -> Draft:
        """Say who we are and how to stop, then what the running flow asks, or the menu.

        Somebody opted out, or asked whether they want texts at all, hears only the first.
        """
        conversation = turn.conversation
        replies: tuple[str, ...] = ()
        if not turn.provider_handled:
            replies = (self.templates.say("help"),)
        asked = conversation.pending
        if asked is not None and asked.kind is not PendingKind.CONFIRM_OPT_OUT:
            asked = None
        state = conversation.flow
        if not turn.consent.opted_out and asked is None:
            state, effects = self._running_or_menu(state)
            replies += tuple(e.text for e in effects if isinstance(e, Say))
        return Draft(
            replies=tuple(Reply(text=text, essential=True) for text in replies),
            pending=asked,
            flow=state,
        )

    def _running_or_menu(self, state: FlowState | None) -> tuple[FlowState, tuple[Effect, ...]]:
        running = None if state is None else self.flows.get(state.flow)
        if running is None or state is None or state.step not in running.steps:
            return start(self.flows[self.routing.flows["help"]])
        return state, running.steps[state.step].enter()

    def smalltalk(self, decision: Decision, turn: TurnInput) -> Draft:
        """Say a template; a greeting knows the customer's name, an offer waits for its answer."""
        name = decision.template
        values = {}
        if name == "greeting" and turn.customer.name:
            name, values = "greeting_known", {"name": turn.customer.name.split()[0]}
        offers = name == NOT_UNDERSTOOD or name in self.routing.offer_person.values()
        asked = offer(name) if offers else None
        if name == "callback_offer" and self.templates.phone:
            name, values = "callback_offer_or_call", {"number": self.templates.phone}
        failure = FailureKind.NOT_UNDERSTOOD if name == NOT_UNDERSTOOD else None
        return Draft(
            replies=(Reply(text=self.templates.say(name, **values)),),
            outcome=Outcome(answered=failure is None, failure=failure),
            pending=asked,
            flow=turn.conversation.flow,
        )

    def waiting(self, decision: Decision, turn: TurnInput) -> Draft:
        """Say what there is to say to somebody whom a person answers: as a rule nothing."""
        conversation, waits = turn.conversation, turn.waits
        draft = Draft(flow=conversation.flow, pending=conversation.pending)
        if decision.route is not Route.HUMAN or not decision.template:
            return draft
        if decision.template == STILL_WAITING and waits is not None:
            handovers, now = self.answers.handovers, self.answers.clock.now()
            text = handovers.still(waits.queue, waits.since, now)
        else:
            text = self.templates.say(decision.template)
        return replace(draft, replies=(Reply(text=text),))

    def clarify(self, decision: Decision) -> Draft:
        """Ask which of two intents is meant."""
        options = decision.options[:2]
        first, second = labels = tuple(self.templates.label(intent) for intent in options)
        return Draft(
            replies=(
                Reply(text=self.templates.say(decision.template, first=first, second=second)),
            ),
            pending=Pending(
                kind=PendingKind.CLARIFY,
                options=options,
                question=decision.question,
                labels=labels,
            ),
        )

    def flow(self, decision: Decision, scene: Scene) -> Draft:
        """Give the running flow its answer, or start one."""
        flow, running = self.flows[decision.template], scene.turn.conversation.flow
        moved = None
        if decision.rule == "flow_answer" and running is not None:
            moved = advance(flow, running, scene.signals.text)
        state, effects = start(flow) if moved is None else moved
        return self._effects(effects, state, scene)

    def _effects(self, effects: tuple[Effect, ...], state: FlowState | None, scene: Scene) -> Draft:
        draft = Draft(flow=state)
        for effect in effects:
            match effect:
                case Say(text=text):
                    draft = replace(draft, replies=(*draft.replies, Reply(text=text)))
                case Handover():
                    draft = replace(draft, outcome=replace(draft.outcome, person_asked=True))
                case Ask(question=question, intent=intent):
                    answered = self.answers.reply(question, intent, scene)
                    draft = replace(
                        answered, replies=(*draft.replies, *answered.replies), flow=state
                    )
        return draft


_HANDLED_BY_PROVIDERS = frozenset({"opt_out_done", "opt_in_done"})


def _topic_values(consent: TurnConsent) -> dict[str, str]:
    """Return what the texts about topics may use."""
    chosen = consent.preferences
    return {
        "topics": consent.said_topics,
        "frequency": consent.said_frequency,
        "choices": "" if chosen is None else chosen.menu,
        "link": f" Or here: {consent.link}" if consent.link else "",
    }


def _consent_question(template: str, scene: Scene) -> Pending | None:
    """Return what a reply about consent waits for."""
    if template == "confirm_opt_out":
        return Pending(kind=PendingKind.CONFIRM_OPT_OUT, question=scene.signals.beside)
    chosen = scene.turn.consent.preferences
    if template in {"preferences", "preferences_saved"} and chosen is not None:
        return Pending(kind=PendingKind.PREFERENCES, options=chosen.options)
    return None

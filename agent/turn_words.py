"""Acting where the words are fixed: consent, small talk, questions back, running flows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.domain.conversations import FlowState, Pending, PendingKind
from agent.domain.signals import Decision
from agent.flows.engine import Ask, Effect, Flow, Handover, Say, advance, start
from agent.replies.templates import Templates
from agent.routing import Routing
from agent.turn_answers import TurnAnswers
from agent.turn_io import Draft, Reply, Scene, TurnInput


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """Says what templates and flows say."""

    templates: Templates
    routing: Routing
    flows: Mapping[str, Flow]
    answers: TurnAnswers

    def consent(self, decision: Decision, turn: TurnInput) -> Draft:
        """Answer STOP, START and HELP in whatever words; the provider may have done so already."""
        pending = None
        if decision.template == "confirm_opt_out":
            pending = Pending(kind=PendingKind.CONFIRM_OPT_OUT)
        if turn.provider_handled and decision.template != "help":
            return Draft(pending=pending)
        replies = [Reply(text=self.templates.say(decision.template), essential=True)]
        if decision.template != "help":
            return Draft(replies=tuple(replies), pending=pending)
        if turn.provider_handled:
            replies = []
        flow = self.flows[self.routing.flows["help"]]
        state, effects = start(flow)
        replies += [Reply(text=e.text, essential=True) for e in effects if isinstance(e, Say)]
        return Draft(replies=tuple(replies), flow=state)

    def smalltalk(self, decision: Decision, turn: TurnInput) -> Draft:
        """Say a template; a greeting knows the customer's name, an offer waits for its answer."""
        name = decision.template
        values = {}
        if name == "greeting" and turn.customer.name:
            name, values = "greeting_known", {"name": turn.customer.name.split()[0]}
        offers = name in self.routing.offer_person.values()
        return Draft(
            replies=(Reply(text=self.templates.say(name, **values)),),
            pending=Pending(kind=PendingKind.OFFER_PERSON) if offers else None,
            flow=turn.conversation.flow,
        )

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

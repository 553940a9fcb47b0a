"""Answering from rows and pages: one question, or several wishes one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent.connectors.facts import facts_for
from agent.deciding.offers import offer
from agent.deciding.praise import praise_template
from agent.domain.ports import Clock
from agent.domain.signals import Decision, FailureKind, Outcome, PartOutcome
from agent.handover import Handovers
from agent.replies.grounded import Answer
from agent.replies.templates import Templates
from agent.turns.in_and_out import Draft, Reply, Scene
from agent.turns.joining import join, said_once
from agent.turns.parts import is_aside, merged, name_of, names_order, of_part, words_of
from agent.turns.ports import Answers
from intents.types import Part, Understanding

MOST_PARTS = 3
"""Wishes answered in one turn; those after them are named and a colleague is offered for them."""

NO_OFFER = "not_known"
"""The template for somebody who wants no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A wish and what came of it: an answer, a fixed text, or neither."""

    part: Part
    answer: Answer | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAnswers:
    """Answers a turn's questions. ``smalltalk`` names the fixed texts by intent."""

    answerer: Answers
    templates: Templates
    handovers: Handovers
    clock: Clock
    smalltalk: Mapping[str, str]

    def act(self, decision: Decision, scene: Scene) -> Draft:
        """Answer what the decision says: one question, or each of several wishes."""
        if decision.parts:
            return self._several(decision, scene)
        understanding = scene.signals.understanding
        intent = "" if understanding is None else understanding.intent
        if decision.options:
            intent = decision.options[0]
        question = decision.question or scene.signals.text
        draft = self.reply(question, intent, scene, fallback=decision.template)
        if decision.template == "out_of_scope" and not draft.outcome.answered:
            # Off-topic chatter is no failure of ours; three riddles in a row need no rep.
            return replace(draft, outcome=Outcome(answered=False), pending=None)
        return draft

    def reply(self, question: str, intent: str, scene: Scene, *, fallback: str = "") -> Draft:
        """Answer one question; where it is not known, say so in the words of ``fallback``."""
        understanding = scene.signals.understanding
        answer = self._answer(question, intent, scene, understanding, scene.turn.previous)
        if answer.answered:
            return Draft(
                replies=(Reply(text=answer.text),), answer=answer, outcome=_outcome(answer)
            )
        return Draft(
            replies=(Reply(text=self.templates.say(fallback or "not_known_offer")),),
            answer=answer,
            pending=None if fallback == NO_OFFER else offer(),
            outcome=_outcome(answer),
        )

    # ── several wishes ─────────────────────────────────────────────────────────────────────

    def _several(self, decision: Decision, scene: Scene) -> Draft:
        told = self._each(decision.parts, scene)
        if not any(one.text for one in told):
            told = self._whole(decision, scene) or told
        texts = said_once([one.text for one in told if one.text])
        unknown = [t.part for t in told if not t.text and not (texts and is_aside(t.part))]
        closing = self._closing(unknown, decision.template)
        messages = join(texts, closing, most_segments=self.handovers.brand.voice.max_segments)
        answer = merged([one.answer for one in told if one.answer], text="\n".join(texts))
        parts = tuple(PartOutcome(intent=t.part.intent, answered=bool(t.text)) for t in told)
        return Draft(
            replies=tuple(Reply(text=message) for message in messages),
            answer=answer,
            pending=offer(decision.template) if closing else None,
            outcome=_outcome_of_parts(answer, parts),
        )

    def _each(self, parts: Sequence[Part], scene: Scene) -> list[_Told]:
        told: list[_Told] = []
        before = scene.turn.previous
        for place, part in enumerate(parts):
            told.append(self._part(part, scene, before) if place < MOST_PARTS else _Told(part=part))
            # 'do you have the ridgeline dry and does it come in blue' goes on from its first half.
            before = words_of(part)
        return told

    def _part(self, part: Part, scene: Scene, before: str) -> _Told:
        fixed = self.smalltalk.get(part.intent)
        if fixed is not None:
            said = self.templates.say(praise_template(fixed, scene.signals))
            return _Told(part=part, text=said)
        whole = scene.signals.understanding
        understanding = None if whole is None else of_part(whole, part)
        answer = self._answer(words_of(part), part.intent, scene, understanding, before)
        return _Told(part=part, answer=answer, text=answer.text if answer.answered else "")

    def _whole(self, decision: Decision, scene: Scene) -> list[_Told]:
        """Answer the message as one question: it may have been wrong to take it apart."""
        whole = scene.signals.understanding
        if whole is None or decision.rule != "several_intents":
            return []
        previous = scene.turn.previous
        answer = self._answer(decision.question, whole.intent, scene, whole, previous)
        part = Part(text=decision.question, intent=whole.intent, confidence=whole.confidence)
        return [_Told(part=part, answer=answer, text=answer.text)] if answer.answered else []

    def _closing(self, unknown: Sequence[Part], offer: str) -> str:
        """Name what is not known, and offer a person, once for all that needs one."""
        if not unknown:
            return self.templates.say(offer) if offer else ""
        named = (name_of(part, self.templates.label(part.intent)) for part in unknown)
        *first, last = dict.fromkeys(named)
        matter = f"{', '.join(first)} and {last}" if first else last
        if not offer:
            return self.templates.say("matter_not_known_offer", matter=matter)
        return (
            f"{self.templates.say('matter_not_known', matter=matter)} {self.templates.say(offer)}"
        )

    # ── answering ──────────────────────────────────────────────────────────────────────────

    def _answer(
        self,
        question: str,
        intent: str,
        scene: Scene,
        understanding: Understanding | None,
        previous: str,
    ) -> Answer:
        whole = scene.signals.understanding
        today = self.clock.now().astimezone(self.handovers.brand.zone).date()
        # An order named in one half of a message is meant in the other half too.
        meant = understanding if names_order(understanding) else whole
        answer = self.answerer.answer(
            question,
            previous=previous,
            understanding=understanding,
            facts=facts_for(intent, scene.turn.customer, meant, today=today),
        )
        for stage, ms in answer.took_ms.items():
            scene.stopwatch.add(stage, ms)
        return answer


def _outcome(answer: Answer) -> Outcome:
    return Outcome(
        answered=answer.answered,
        failure=None if answer.answered else answer.failure or FailureKind.NOT_KNOWN,
        composer=answer.composer,
        claims_cut=len(answer.cut),
    )


def _outcome_of_parts(answer: Answer | None, parts: tuple[PartOutcome, ...]) -> Outcome:
    """A fixed text answers as well; it is a failure only where nothing was answered."""
    answered = any(part.answered for part in parts)
    if answer is None:
        return Outcome(answered=answered, parts=parts)
    found = _outcome(answer)
    return replace(
        found, answered=answered, failure=None if answered else found.failure, parts=parts
    )

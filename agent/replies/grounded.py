"""Grounded answers: search, compose, guard; and an honest no where nothing holds the answer."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from agent.brand import Brand
from agent.domain.signals import FailureKind
from agent.replies.asked_again import names_number
from agent.replies.composing import SHOWN, Composed, ComposerName, Composing
from agent.replies.confidence import ConfidenceModel
from agent.replies.evidence import Evidence
from agent.replies.extractive import ExtractiveComposer
from agent.replies.guard import Guard
from agent.replies.llm import LlmComposer
from agent.replies.segments import clean, fit
from agent.replies.templates import Templates
from agent.replies.threads import earlier_questions
from agent.replies.usual_questions import meant_by, usual_question
from intents.types import Understanding
from knowledge_base.types import Hit, SearchResult

_LONGEST_QUESTION = 1_000
"""Characters of a question that are searched and composed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a question.

    ``text`` is fit for SMS; where ``answered`` is False it offers a colleague. ``evidence`` is what
    the text stands on, ``passages`` all that was found, ``cut`` what the guard took out with the
    reason. ``took_ms`` has ``retrieval`` and ``composing``. ``llm_failure`` says why an LLM that
    is configured did not answer.
    """

    text: str
    answered: bool
    composer: ComposerName = "none"
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[Hit, ...] = ()
    cut: tuple[tuple[str, str], ...] = ()
    took_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    prompt_version: str = ""
    failure: FailureKind | None = None
    llm_failure: str = ""


class GroundedAnswerer:
    """Answers questions from evidence, and from nothing else.

    Args:
        search: finds passages and rows for a question and the question before it.
        extractive: composes without an LLM; also the fallback.
        llm: composes with one; None where none is configured.
        guard: checks what either has composed.
        templates: the words for not knowing.
        brand: its contact and hours count as evidence; its limit on parts holds.
        min_answerability: probability in [0, 1] below which passages are not trusted to hold the
            answer. With ``confidence`` it decides only what an LLM may be shown.
        confidence: judges each extract by what it says; None judges by the search alone.
    """

    def __init__(
        self,
        *,
        search: Callable[[str, str], SearchResult],
        extractive: ExtractiveComposer,
        llm: LlmComposer | None,
        guard: Guard,
        templates: Templates,
        brand: Brand,
        min_answerability: float,
        confidence: ConfidenceModel | None = None,
    ) -> None:
        self._search = search
        self._templates = templates
        self._composing = Composing(
            search=search,
            extractive=extractive,
            llm=llm,
            guard=guard,
            brand=brand,
            min_answerability=min_answerability,
            confidence=confidence,
        )

    def answer(
        self,
        question: str,
        *,
        previous: str = "",
        understanding: Understanding | None = None,
        facts: Sequence[Evidence] = (),
    ) -> Answer:
        """Answer a question, or say that the answer is not known. Odd texts never raise.

        ``facts`` are the customer's own rows (orders, appointments, points).
        """
        question = clean(question)[:_LONGEST_QUESTION]
        if not any(c.isalnum() for c in question):
            return self._unanswered(Composed(), (), {}, FailureKind.NOT_UNDERSTOOD)
        began = time.perf_counter()
        if meant := meant_by(question, understanding):
            question, previous = meant, ""
        for before in earlier_questions(question, previous[:_LONGEST_QUESTION]):
            found = self._search(question, before)
            searched = time.perf_counter()
            composed = self._composing.compose(question, before, understanding, found, facts)
            if composed.said or composed.cut:
                break
        # The usual answer to "where is my order" asks for its number.
        usual = "" if names_number(question) else usual_question(understanding)
        if usual and usual != question and not composed.said:
            found = self._search(usual, "")
            composed = self._composing.compose(usual, "", understanding, found, facts)
        if not (composed.said or composed.cut):
            from_rows = self._composing.compose_for_story(question, understanding)
            composed = from_rows if from_rows.said else composed
        took = {
            "retrieval": (searched - began) * 1000,
            "composing": (time.perf_counter() - searched) * 1000,
        }
        if composed.result is None or not composed.said:
            failure = FailureKind.CLAIMS_CUT if composed.cut else FailureKind.NOT_KNOWN
            return self._unanswered(composed, found.hits[:SHOWN], took, failure)
        return Answer(
            text=self._composing.sized(composed.result.text),
            answered=True,
            composer=composed.composer,
            evidence=composed.result.evidence,
            passages=found.hits[:SHOWN],
            cut=composed.cut,
            took_ms=took,
            prompt_version=composed.prompt_version,
            llm_failure=composed.llm_failure,
        )

    def _unanswered(
        self,
        composed: Composed,
        passages: tuple[Hit, ...],
        took_ms: Mapping[str, float],
        failure: FailureKind,
    ) -> Answer:
        name = "empty_message" if failure is FailureKind.NOT_UNDERSTOOD else "not_known_offer"
        return Answer(
            text=fit(self._templates.say(name)),
            answered=False,
            passages=passages,
            cut=composed.cut,
            took_ms=took_ms,
            prompt_version=composed.prompt_version,
            failure=failure,
            llm_failure=composed.llm_failure,
        )

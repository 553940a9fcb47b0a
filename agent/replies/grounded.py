"""Grounded answers: search, compose, guard; and an honest no where nothing holds the answer."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import structlog

from agent.brand import Brand
from agent.domain.signals import FailureKind
from agent.replies.confidence import ConfidenceModel
from agent.replies.contacts import WAYS, answer_with_contact
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence, from_brand, from_passage, from_product
from agent.replies.extractive import ExtractiveComposer
from agent.replies.guard import Guard, GuardResult
from agent.replies.llm import LlmComposer, LlmUnavailableError
from agent.replies.prose import without_catalogue_facts
from agent.replies.questions import only_question
from agent.replies.segments import clean, fit, shorten
from agent.replies.templates import Templates
from agent.replies.threads import earlier_questions
from agent.replies.usual_questions import meant_by, usual_question
from agent.replies.words import content_stems
from intents.types import Understanding
from knowledge_base.types import Hit, SearchResult

_log = structlog.get_logger(__name__)

ComposerName = Literal["extractive", "llm", "none"]

SHOWN = 5
"""Passages that the trace and an LLM get to see of those found; an extract is picked from all."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composed:
    """A guarded reply with its composer; ``result`` None where nothing could be composed."""

    composer: ComposerName = "none"
    result: GuardResult | None = None
    cut: tuple[tuple[str, str], ...] = ()
    prompt_version: str = ""
    llm_failure: str = ""

    @property
    def said(self) -> str:
        """The reply; empty where nothing could be composed."""
        return "" if self.result is None else self.result.text


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
        self._extractive = extractive
        self._llm = llm
        self._guard = guard
        self._templates = templates
        self._brand = brand
        self._brand_facts = from_brand(brand)
        self._min_answerability = min_answerability
        self._confidence = confidence

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
            return self._unanswered(_Composed(), (), {}, FailureKind.NOT_UNDERSTOOD)
        began = time.perf_counter()
        if meant := meant_by(question, understanding):
            question, previous = meant, ""
        for before in earlier_questions(question, previous[:_LONGEST_QUESTION]):
            found = self._search(question, before)
            searched = time.perf_counter()
            composed = self._compose(question, before, understanding, found, facts)
            if composed.said or composed.cut:
                break
        usual = usual_question(understanding)
        if usual and usual != question and not composed.said:
            found = self._search(usual, "")
            composed = self._compose(usual, "", understanding, found, facts)
        if not (composed.said or composed.cut):
            from_rows = self._only_question(question, understanding)
            composed = from_rows if from_rows.said else composed
        took = {
            "retrieval": (searched - began) * 1000,
            "composing": (time.perf_counter() - searched) * 1000,
        }
        if composed.result is None or not composed.said:
            failure = FailureKind.CLAIMS_CUT if composed.cut else FailureKind.NOT_KNOWN
            return self._unanswered(composed, found.hits[:SHOWN], took, failure)
        return Answer(
            text=self._sized(composed.result.text),
            answered=True,
            composer=composed.composer,
            evidence=composed.result.evidence,
            passages=found.hits[:SHOWN],
            cut=composed.cut,
            took_ms=took,
            prompt_version=composed.prompt_version,
            llm_failure=composed.llm_failure,
        )

    # ── composing ──────────────────────────────────────────────────────────────────────────

    def _compose(
        self,
        question: str,
        previous: str,
        understanding: Understanding | None,
        found: SearchResult,
        facts: Sequence[Evidence],
    ) -> _Composed:
        rows = (*facts, *(from_product(product) for product in found.products))
        from_rows = self._extractive.from_rows(question, understanding, rows, previous=previous)
        if from_rows is not None:
            return self._guarded("extractive", from_rows, from_rows.evidence, question)
        evidence = self._prose(found, facts)
        contact = self._contact(question, understanding, evidence)
        if contact.said:
            return contact
        trusted = found.answerability >= self._min_answerability
        if not evidence or not (trusted or self._confidence):
            return _Composed()
        later = {f"passage:{hit.passage.id}" for hit in found.hits[SHOWN:]}
        few = tuple(item for item in evidence if item.id not in later)
        composed = self._by_llm(question, few) if trusted else _Composed()
        if composed.result is not None and composed.result.text:
            return composed
        draft = self._extractive.compose(
            found.mended or found.question or question,
            understanding=understanding,
            evidence=(*evidence, *self._rows_to_read(found)),
            context=previous,
            rarity=found.word_weights,
            closeness=found.closeness,
        )
        if draft is None or not self._is_confident(draft, found):
            return composed
        against = tuple(dict.fromkeys((*draft.evidence, *few)))
        extract = self._guarded("extractive", draft, against, question)
        return replace(extract, cut=composed.cut + extract.cut, llm_failure=composed.llm_failure)

    def _contact(
        self, question: str, understanding: Understanding | None, evidence: Sequence[Evidence]
    ) -> _Composed:
        """Tell how to reach what the question names, else the brand where that is asked."""
        named = answer_with_contact(question, evidence)
        if named is not None:
            composed = self._guarded("extractive", named, named.evidence, question)
            if composed.said:
                return composed
        if not self._brand_facts or not _asks_for_contact(question, understanding):
            return _Composed()
        told = " ".join(item.text for item in self._brand_facts)
        contact = Draft(text=told, evidence=self._brand_facts)
        return self._guarded("extractive", contact, self._brand_facts, question)

    def _only_question(self, question: str, understanding: Understanding | None) -> _Composed:
        """Answer the one question in a story, from rows: a page's rule may turn on the story."""
        asking = only_question(question)
        if not asking:
            return _Composed()
        rows = tuple(map(from_product, self._search(asking, "").products))
        draft = self._extractive.from_rows(asking, understanding, rows)
        if draft is None:
            return _Composed()
        return self._guarded("extractive", draft, draft.evidence, question)

    def _rows_to_read(self, found: SearchResult) -> tuple[Evidence, ...]:
        """Return catalogue rows that the question may mean without naming or asking for them."""
        if not self._extractive.reads:
            return ()
        return tuple(map(from_product, found.rows_to_read))

    def _prose(self, found: SearchResult, facts: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Return what may be quoted.

        What a page says of a catalogue product's price or stock is left out: rows alone tell it.
        """
        passages = (from_passage(hit.passage, score=hit.score) for hit in found.hits)
        quotable = (without_catalogue_facts(item, found.products) for item in passages)
        kept = tuple(item for item in quotable if item.text.strip())
        return (*kept, *facts, *self._brand_facts)

    def _is_confident(self, draft: Draft, found: SearchResult) -> bool:
        """Whether an extract probably answers; without a model, what was found must do."""
        if self._confidence is None or not draft.traits:
            return True
        traits = {**found.signs, "answerability": found.answerability, **draft.traits}
        return self._confidence.probability(traits) >= self._confidence.threshold

    def _by_llm(self, question: str, evidence: tuple[Evidence, ...]) -> _Composed:
        if self._llm is None:
            return _Composed()
        version = self._llm.prompt_version
        try:
            draft = self._llm.compose(question, evidence=evidence)
        except LlmUnavailableError as error:
            _log.warning("llm_unavailable", reason=error.reason)
            return _Composed(prompt_version=version, llm_failure=error.reason)
        composed = self._guarded("llm", draft, draft.evidence, question)
        return replace(composed, prompt_version=version)

    def _guarded(
        self, composer: ComposerName, draft: Draft, evidence: Sequence[Evidence], question: str
    ) -> _Composed:
        text = draft.text if composer == "llm" else self._sized(draft.text)
        freely = composer == "llm"
        result = self._guard.check(text, evidence, question=question, freely=freely)
        return _Composed(composer=composer, result=result, cut=result.cut)

    def _sized(self, text: str) -> str:
        return shorten(fit(text), self._brand.voice.max_segments)

    def _unanswered(
        self,
        composed: _Composed,
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


_CONTACT = re.compile(
    r"\b(?:your|ur|the|a|customer service|help ?desk|support)(?: \w+)? (?:phone|email|e-mail)\b"
    r"|\b(?:your|ur|customer service|help ?desk|support)(?: phone| contact)? number\b"
    r"|\b(?:phone|contact) (?:number|details?|info)\b|\b(?:reach|contact|call|email) (?:you|u|"
    r"customer|support|someone there)\b"
    r"|\bcustomer (?:service|support) (?:hours|open)\b",
    re.IGNORECASE,
)
_OWN_MATTER = re.compile(r"\b(?:my|change|update|wrong|new|order|tracking)\b", re.IGNORECASE)


_MOST_STRANGE = 0.5
"""Share of a question's words that may be no way of reaching anybody."""


def _asks_for_contact(question: str, understanding: Understanding | None) -> bool:
    """Whether the question is how the brand can be reached, which the brand file answers."""
    if understanding is not None and understanding.intent == "contact_customer_service":
        asked = content_stems(question)
        # "Do you have an app" may be taken for a way to reach us; what it names must be one.
        return len(asked - WAYS) <= _MOST_STRANGE * len(asked)
    return _CONTACT.search(question) is not None and _OWN_MATTER.search(question) is None

"""Composing one reply from what was found, by rows, contacts, an LLM or an extract; all guarded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import structlog

from agent.brand import Brand
from agent.replies.confidence import ConfidenceModel
from agent.replies.contacts import answer_with_contact, asks_for_contact
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence, from_brand, from_passage, from_product
from agent.replies.extractive import ExtractiveComposer
from agent.replies.guard import Guard, GuardResult
from agent.replies.llm import LlmComposer, LlmUnavailableError
from agent.replies.prose import without_catalogue_facts
from agent.replies.questions import only_question
from agent.replies.segments import fit, shorten
from intents.types import Understanding
from knowledge_base.types import SearchResult

_log = structlog.get_logger(__name__)

ComposerName = Literal["extractive", "llm", "none"]

SHOWN = 5
"""Passages that the trace and an LLM get to see of those found; an extract is picked from all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
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


@dataclass(frozen=True, kw_only=True)
class Composing:
    """Composes and guards replies. ``GroundedAnswerer`` says what each part is."""

    search: Callable[[str, str], SearchResult]
    extractive: ExtractiveComposer
    llm: LlmComposer | None
    guard: Guard
    brand: Brand
    min_answerability: float
    confidence: ConfidenceModel | None

    @cached_property
    def _brand_facts(self) -> tuple[Evidence, ...]:
        return from_brand(self.brand)

    def compose(
        self,
        question: str,
        previous: str,
        understanding: Understanding | None,
        found: SearchResult,
        facts: Sequence[Evidence],
    ) -> Composed:
        """Answer from rows, else tell how to reach somebody, else from prose, by an LLM if any."""
        rows = (*facts, *(from_product(product) for product in found.products))
        from_rows = self.extractive.from_rows(question, understanding, rows, previous=previous)
        if from_rows is not None:
            return self._guarded("extractive", from_rows, from_rows.evidence, question)
        evidence = self._prose(found, facts)
        contact = self._contact(question, understanding, evidence)
        if contact.said:
            return contact
        trusted = found.answerability >= self.min_answerability
        if not evidence or not (trusted or self.confidence):
            return Composed()
        later = {f"passage:{hit.passage.id}" for hit in found.hits[SHOWN:]}
        few = tuple(item for item in evidence if item.id not in later)
        composed = self._by_llm(question, few) if trusted else Composed()
        if composed.result is not None and composed.result.text:
            return composed
        draft = self.extractive.compose(
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

    def compose_for_story(self, question: str, understanding: Understanding | None) -> Composed:
        """Answer the one question in a story, from rows: a page's rule may turn on the story."""
        asking = only_question(question)
        if not asking:
            return Composed()
        rows = tuple(map(from_product, self.search(asking, "").products))
        draft = self.extractive.from_rows(asking, understanding, rows)
        if draft is None:
            return Composed()
        return self._guarded("extractive", draft, draft.evidence, question)

    def sized(self, text: str) -> str:
        """Return a text that fits into the parts which a reply may take."""
        return shorten(fit(text), self.brand.voice.max_segments)

    def _contact(
        self, question: str, understanding: Understanding | None, evidence: Sequence[Evidence]
    ) -> Composed:
        """Tell how to reach what the question names, else the brand where that is asked."""
        named = answer_with_contact(question, evidence)
        if named is not None:
            composed = self._guarded("extractive", named, named.evidence, question)
            if composed.said:
                return composed
        if not self._brand_facts or not asks_for_contact(question, understanding, evidence):
            return Composed()
        told = " ".join(item.text for item in self._brand_facts)
        contact = Draft(text=told, evidence=self._brand_facts)
        return self._guarded("extractive", contact, self._brand_facts, question)

    def _rows_to_read(self, found: SearchResult) -> tuple[Evidence, ...]:
        """Return catalogue rows that the question may mean without naming or asking for them."""
        if not self.extractive.reads:
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
        if self.confidence is None or not draft.traits:
            return True
        traits = {**found.signs, "answerability": found.answerability, **draft.traits}
        return self.confidence.probability(traits) >= self.confidence.threshold

    def _by_llm(self, question: str, evidence: tuple[Evidence, ...]) -> Composed:
        if self.llm is None:
            return Composed()
        version = self.llm.prompt_version
        try:
            draft = self.llm.compose(question, evidence=evidence)
        except LlmUnavailableError as error:
            _log.warning("llm_unavailable", reason=error.reason)
            return Composed(prompt_version=version, llm_failure=error.reason)
        composed = self._guarded("llm", draft, draft.evidence, question)
        return replace(composed, prompt_version=version)

    def _guarded(
        self, composer: ComposerName, draft: Draft, evidence: Sequence[Evidence], question: str
    ) -> Composed:
        text = draft.text if composer == "llm" else self.sized(draft.text)
        freely = composer == "llm"
        result = self.guard.check(text, evidence, question=question, freely=freely)
        return Composed(composer=composer, result=result, cut=result.cut)

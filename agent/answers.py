"""The answerer that turns use: grounded replies on whatever knowledge is live."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from agent.brand import Brand
from agent.knowledge import LiveKnowledge
from agent.llm_budget import tokens_per_turn
from agent.replies.candidates import texts_compared
from agent.replies.confidence import ConfidenceModel
from agent.replies.evidence import Evidence, from_passage
from agent.replies.extractive import ExtractiveComposer
from agent.replies.grounded import Answer, GroundedAnswerer
from agent.replies.guard import Guard
from agent.replies.llm import Budget, LlmComposer, LlmSettings
from agent.replies.selection import LAYERS
from agent.replies.similarity import SentenceSimilarity
from agent.replies.templates import Templates
from agent.settings import Settings
from intents.encoders.cross_encoder import load_cross_encoder
from intents.types import Understanding
from knowledge_base.base import KnowledgeBase
from knowledge_base.ports import EncoderLike

MIN_ANSWERABILITY = 0.65
"""Below it no LLM is shown what was found; extracts are judged by what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeAnswers:
    """A grounded answerer that knows which knowledge it answers from."""

    grounded: GroundedAnswerer
    knowledge: LiveKnowledge

    @property
    def version(self) -> str:
        """The live knowledge's version."""
        return self.knowledge.version

    def mended(self, text: str) -> str:
        """Return a text with the slips mended whose words the knowledge spells otherwise."""
        return self.knowledge.base.mended(text)

    def answer(
        self,
        question: str,
        *,
        previous: str = "",
        understanding: Understanding | None = None,
        facts: Sequence[Evidence] = (),
    ) -> Answer:
        """Answer one question, or say that the answer is not known."""
        return self.grounded.answer(
            question, previous=previous, understanding=understanding, facts=facts
        )


def build_answers(
    settings: Settings,
    brand: Brand,
    knowledge: LiveKnowledge,
    encoder: EncoderLike,
    templates: Templates,
    budget: Budget,
    *,
    warm_in_background: bool = False,
) -> tuple[KnowledgeAnswers, LlmComposer | None]:
    """Put the answerer together; the LLM is the second value, None where none is configured.

    Warming takes seconds: a service does it in the background, so that it is ready sooner.
    """
    llm = _llm(settings, brand, budget)
    similarity = SentenceSimilarity(encoder.encode)
    knowledge.on_live = partial(_warm, similarity, in_background=warm_in_background)
    grounded = GroundedAnswerer(
        search=knowledge.search,
        extractive=ExtractiveComposer(
            max_segments=brand.voice.max_segments,
            similarity=similarity,
            read=load_cross_encoder(LAYERS, settings.models).score,
        ),
        llm=llm,
        guard=Guard(known_names=(brand.name,)),
        templates=templates,
        brand=brand,
        min_answerability=MIN_ANSWERABILITY,
        confidence=ConfidenceModel.load(),
    )
    return KnowledgeAnswers(grounded=grounded, knowledge=knowledge), llm


def _warm(similarity: SentenceSimilarity, base: KnowledgeBase, *, in_background: bool) -> None:
    """Embed the sentences that replies will be picked from."""
    texts = texts_compared([from_passage(passage) for passage in base.passages])
    if in_background:
        threading.Thread(target=similarity.warm, args=(texts,), daemon=True, name="warm").start()
    else:
        similarity.warm(texts)


def _llm(settings: Settings, brand: Brand, budget: Budget) -> LlmComposer | None:
    if settings.llm_base_url is None or settings.llm_model is None:
        return None
    key = settings.llm_api_key
    return LlmComposer(
        LlmSettings(
            base_url=str(settings.llm_base_url),
            model=settings.llm_model,
            api_key="" if key is None else key.get_secret_value(),
            timeout_s=settings.llm_timeout_s,
            tokens_per_turn=tokens_per_turn(settings),
        ),
        brand=brand,
        budget=budget,
    )

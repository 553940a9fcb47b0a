"""Composing with a language model behind any OpenAI-compatible endpoint.

Within a time, token and money budget; after several failures the model is left alone for a while.
Whatever goes wrong is a ``LlmUnavailableError``, upon which the extract answers.
"""

import json
import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.brand import Brand
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.llm_breaker import Breaker
from agent.replies.llm_cache import DraftCache, cache_key
from agent.replies.llm_calls import LlmEndpoint, LlmSettings, LlmUnavailableError
from agent.replies.llm_prompt import Prompt, tokens_in
from agent.replies.prompts import (
    ANSWER_PROMPT,
    CHOICE_PROMPT,
    PROMPT_VERSION,
    facts_and_message,
)

__all__ = ["Breaker", "Budget", "LlmComposer", "LlmSettings", "LlmUnavailableError"]


class Budget(Protocol):
    """How many tokens may be spent; the wiring decides per day and per brand."""

    def allow(self) -> bool:
        """Whether another call may be made."""
        ...

    def spend(self, tokens: int) -> None:
        """Count tokens that a call has used."""
        ...


_Form = TypeVar("_Form", bound=BaseModel)


class _Sentence(BaseModel):
    text: str
    source: int


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answerable: bool
    sentences: list[_Sentence] = []


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choice: str | None


_ANSWER_TOKENS = 220
_CHOICE_TOKENS = 40
_CHARS_PER_SEGMENT = 150
_MOST_SENTENCES = 3
_LONGEST_SENTENCE = 200
"""Characters: three such sentences still end within the answer's tokens."""


class LlmComposer:
    """Words replies from evidence, and settles intents too close to call."""

    def __init__(
        self,
        settings: LlmSettings,
        *,
        brand: Brand,
        budget: Budget,
        breaker: Breaker | None = None,
        cache: DraftCache | None = None,
    ) -> None:
        self._settings = settings
        self._brand = brand
        self._budget = budget
        self._breaker = breaker or Breaker()
        self._cache = DraftCache() if cache is None else cache
        self._endpoint = LlmEndpoint(settings)

    @property
    def prompt_version(self) -> str:
        """The version of the prompts."""
        return PROMPT_VERSION

    def compose(self, question: str, *, evidence: Sequence[Evidence]) -> Draft:
        """Word an answer. The draft's evidence is what its sentences cite, for the guard to check.

        A question asked before on the same evidence is answered from the cache, at no cost.

        Raises:
            LlmUnavailableError: over budget, failing, slow, rubbish, or not answerable.
        """
        system = ANSWER_PROMPT.format(
            brand=self._brand.name,
            about=self._brand.about,
            tone=self._brand.voice.tone,
            characters=self._brand.voice.max_segments * _CHARS_PER_SEGMENT,
        )
        shown = self._affordable(system, question, evidence)
        key = cache_key(question, shown, system, self._settings.model, self._settings.base_url)
        draft = self._cache.get(key)
        if draft is None:
            draft = self._compose(system, question, shown)
            self._cache.put(key, draft)
        return draft

    def choose_intent(self, text: str, options: Sequence[str]) -> str | None:
        """Return one of the options, or None where the model cannot tell or is not to be had."""
        prompt = Prompt(
            system=CHOICE_PROMPT.format(options="\n".join(f"- {option}" for option in options)),
            user=facts_and_message(text, ()),
            name="choice",
            schema=_CHOICE_SCHEMA,
            most_tokens=_CHOICE_TOKENS,
        )
        try:
            choice = self._ask(prompt, form=_Choice).choice
        except LlmUnavailableError:
            return None
        return choice if choice in options else None

    # ── calling ────────────────────────────────────────────────────────────────────────────

    def _compose(self, system: str, question: str, shown: Sequence[Evidence]) -> Draft:
        prompt = Prompt(
            system=system,
            user=facts_and_message(question, shown),
            name="reply",
            schema=_reply_schema(len(shown)),
            most_tokens=_ANSWER_TOKENS,
        )
        reply = self._ask(prompt, form=_Reply)
        if not reply.answerable:
            raise LlmUnavailableError("not answerable")
        return _draft(reply, shown)

    def _affordable(
        self, system: str, question: str, evidence: Sequence[Evidence]
    ) -> tuple[Evidence, ...]:
        """Return the best evidence that fits into a turn's tokens."""
        left = self._settings.tokens_per_turn - _ANSWER_TOKENS
        left -= tokens_in(system + question)
        shown: list[Evidence] = []
        for item in evidence:
            left -= tokens_in(item.heading + item.text) + 4
            if left < 0:
                break
            shown.append(item)
        if not shown:
            raise LlmUnavailableError("turn budget")
        return tuple(shown)

    def _ask(self, prompt: Prompt, *, form: type[_Form]) -> _Form:
        if not self._breaker.allow():
            raise LlmUnavailableError("circuit open")
        if not self._budget.allow():
            raise LlmUnavailableError("day budget")
        try:
            completion = self._endpoint.complete(prompt)
            self._budget.spend(completion.tokens or prompt.estimated_tokens)
            reply = _parsed(completion.text, form)
        except LlmUnavailableError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return reply


def _object(**properties: object) -> dict[str, object]:
    """Return the schema of an object whose every property is required, as strict modes ask."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _reply_schema(facts: int) -> dict[str, object]:
    """Return the form of a reply on so many facts: no other fact can be cited."""
    sentence = _object(
        text={"type": "string", "maxLength": _LONGEST_SENTENCE},
        source={"type": "integer", "enum": list(range(1, facts + 1))},
    )
    return _object(
        answerable={"type": "boolean"},
        sentences={"type": "array", "items": sentence, "minItems": 1, "maxItems": _MOST_SENTENCES},
    )


_CHOICE_SCHEMA = _object(choice={"type": ["string", "null"]})

_JSON = re.compile(r"\{.*\}", re.DOTALL)


def _parsed(raw: str, form: type[_Form]) -> _Form:
    """Read the JSON in a reply, with or without fences around it."""
    match = _JSON.search(raw)
    if match is None:
        raise LlmUnavailableError("rubbish (no JSON)")
    try:
        return form.model_validate(json.loads(match.group()))
    except (ValueError, ValidationError, RecursionError):
        raise LlmUnavailableError("rubbish (wrong JSON)") from None


def _draft(reply: _Reply, shown: Sequence[Evidence]) -> Draft:
    """Keep the sentences that cite a fact there is."""
    cited = [(s, shown[s.source - 1]) for s in reply.sentences if 1 <= s.source <= len(shown)]
    text = " ".join(sentence.text.strip() for sentence, _ in cited)
    if not text.strip():
        raise LlmUnavailableError("unsupported")
    evidence = {item.id: item for _, item in cited}
    return Draft(text=text, evidence=tuple(evidence.values()))

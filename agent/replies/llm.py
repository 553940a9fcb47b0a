"""Composing with a language model behind any OpenAI-compatible endpoint.

One try only, within a time and token budget; after several failures the model is left alone for a
while. Whatever goes wrong is a ``LlmUnavailableError``, upon which the extract answers.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.brand import Brand
from agent.errors import TextwiseError
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.prompts import (
    ANSWER_PROMPT,
    CHOICE_PROMPT,
    PROMPT_VERSION,
    facts_and_message,
)

if TYPE_CHECKING:
    from openai import OpenAI


class LlmUnavailableError(TextwiseError):
    """The language model cannot answer now. ``reason`` is one word or two for the trace."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The language model cannot answer: {reason}.")
        self.reason = reason


class Budget(Protocol):
    """How many tokens may be spent; the wiring decides per day and per brand."""

    def allow(self) -> bool:
        """Whether another call may be made."""
        ...

    def spend(self, tokens: int) -> None:
        """Count tokens that a call has used."""
        ...


class Breaker:
    """Leaves the model alone for ``open_s`` seconds after ``failures`` failures in a row."""

    def __init__(
        self, *, failures: int = 3, open_s: float = 30.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = failures
        self._open_s = open_s
        self._now = now
        self._failures = 0
        self._closed_at = 0.0
        self._lock = threading.Lock()

    def allow(self) -> bool:
        """Whether a call may be made; after the pause one failure opens it again."""
        with self._lock:
            return self._failures < self._most or self._now() >= self._closed_at

    def succeeded(self) -> None:
        """Count a call that worked."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Count a call that did not."""
        with self._lock:
            self._failures += 1
            self._closed_at = self._now() + self._open_s


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """Where the model is and what one call may take. ``timeout_s`` covers the whole call."""

    base_url: str
    model: str
    api_key: str = ""
    timeout_s: float = 8.0
    tokens_per_turn: int = 1500


_Form = TypeVar("_Form", bound=BaseModel)


class _Sentence(BaseModel):
    text: str
    source: int


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answerable: bool
    sentences: list[_Sentence] = []


class _Message(BaseModel):
    content: str


class _MessageChoice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int = 0


class _Completion(BaseModel):
    """What is read of a chat completion; whatever else an endpoint adds is left alone."""

    choices: list[_MessageChoice] = Field(min_length=1)
    usage: _Usage | None = None

    @property
    def text(self) -> str:
        return self.choices[0].message.content

    @property
    def spent(self) -> int:
        return 0 if self.usage is None else self.usage.total_tokens


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choice: str | None


_CHARS_PER_TOKEN = 3
"""Fewer than the usual four, so that an estimate errs on the safe side."""
_ANSWER_TOKENS = 220
_CHOICE_TOKENS = 40
_CHARS_PER_SEGMENT = 150
_LARGEST_BODY = 200_000
"""Bytes; no answer of a few hundred tokens is larger."""


class LlmComposer:
    """Words replies from evidence, and settles intents too close to call."""

    def __init__(
        self,
        settings: LlmSettings,
        *,
        brand: Brand,
        budget: Budget,
        breaker: Breaker | None = None,
    ) -> None:
        self._settings = settings
        self._brand = brand
        self._budget = budget
        self._breaker = breaker or Breaker()
        self._client: OpenAI | None = None
        self._lock = threading.Lock()

    @property
    def prompt_version(self) -> str:
        """The version of the prompts."""
        return PROMPT_VERSION

    def compose(self, question: str, *, evidence: Sequence[Evidence]) -> Draft:
        """Word an answer. The draft's evidence is what its sentences cite, for the guard to check.

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
        user = facts_and_message(question, shown)
        reply = self._ask(system, user, form=_Reply, most_tokens=_ANSWER_TOKENS)
        if not reply.answerable:
            raise LlmUnavailableError("not answerable")
        return _draft(reply, shown)

    def choose_intent(self, text: str, options: Sequence[str]) -> str | None:
        """Return one of the options, or None where the model cannot tell or is not to be had."""
        system = CHOICE_PROMPT.format(options="\n".join(f"- {option}" for option in options))
        try:
            user = facts_and_message(text, ())
            choice = self._ask(system, user, form=_Choice, most_tokens=_CHOICE_TOKENS).choice
        except LlmUnavailableError:
            return None
        return choice if choice in options else None

    # ── calling ────────────────────────────────────────────────────────────────────────────

    def _affordable(
        self, system: str, question: str, evidence: Sequence[Evidence]
    ) -> tuple[Evidence, ...]:
        """Return the best evidence that fits into a turn's tokens."""
        left = self._settings.tokens_per_turn - _ANSWER_TOKENS
        left -= (len(system) + len(question)) // _CHARS_PER_TOKEN
        shown: list[Evidence] = []
        for item in evidence:
            left -= (len(item.heading) + len(item.text)) // _CHARS_PER_TOKEN + 4
            if left < 0:
                break
            shown.append(item)
        if not shown:
            raise LlmUnavailableError("turn budget")
        return tuple(shown)

    def _ask(self, system: str, user: str, *, form: type[_Form], most_tokens: int) -> _Form:
        if not self._breaker.allow():
            raise LlmUnavailableError("circuit open")
        if not self._budget.allow():
            raise LlmUnavailableError("day budget")
        try:
            reply = _parsed(self._call(system, user, most_tokens), form)
        except LlmUnavailableError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return reply

    def _call(self, system: str, user: str, most_tokens: int) -> str:
        import openai

        try:
            raw = self._body(system, user, most_tokens)
        except openai.APITimeoutError:
            raise LlmUnavailableError("timeout") from None
        except openai.APIStatusError as error:
            raise LlmUnavailableError(f"status {error.status_code}") from None
        except openai.APIConnectionError:
            raise LlmUnavailableError("no connection") from None
        except openai.OpenAIError as error:
            raise LlmUnavailableError(f"failed ({type(error).__name__})") from None
        completion = _parsed(raw, _Completion)
        estimate = (len(system) + len(user)) // _CHARS_PER_TOKEN + most_tokens
        self._budget.spend(completion.spent or estimate)
        return completion.text

    def _body(self, system: str, user: str, most_tokens: int) -> str:
        """Return the response's body, read piece by piece so that a dripping one ends in time."""
        deadline = time.monotonic() + self._settings.timeout_s
        pieces: list[bytes] = []
        with self._connected().chat.completions.with_streaming_response.create(
            model=self._settings.model,
            messages=[
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            max_tokens=most_tokens,
            temperature=0,
            response_format={"type": "json_object"},
        ) as response:
            for piece in response.iter_bytes():
                pieces.append(piece)
                if time.monotonic() > deadline or sum(map(len, pieces)) > _LARGEST_BODY:
                    raise LlmUnavailableError("timeout")
        return b"".join(pieces).decode("utf-8", errors="replace")

    def _connected(self) -> "OpenAI":
        """Return the client; made at the first call, since its import is slow."""
        with self._lock:
            if self._client is None:
                from openai import OpenAI, Timeout

                budget = self._settings.timeout_s
                self._client = OpenAI(
                    base_url=self._settings.base_url,
                    api_key=self._settings.api_key or "none",
                    timeout=Timeout(budget, connect=min(2.0, budget)),
                    max_retries=0,
                )
            return self._client


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

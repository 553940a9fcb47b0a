"""Calls of a language model behind an OpenAI-compatible endpoint: one answer within a deadline.

A call is tried again only where the first try cannot have been answered or paid for: the
connection was refused, the server was too busy to begin, or it does not know the form of structured
output that was asked for. Whatever else goes wrong is a ``LlmUnavailableError`` at once.
"""

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel, Field, ValidationError

from agent.errors import TextwiseError
from agent.replies.llm_prompt import FORMS, Prompt

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI
    from openai.types.chat.completion_create_params import ResponseFormat


class LlmUnavailableError(TextwiseError):
    """The language model cannot answer now. ``reason`` is one word or two for the trace."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The language model cannot answer: {reason}.")
        self.reason = reason


class _TryAgainError(Exception):
    """The endpoint has not begun to answer; ``reason`` is what is told if it never does."""

    def __init__(self, reason: str, *, after_s: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """Where the model is and what one call may take. ``timeout_s`` covers all tries of a call."""

    base_url: str
    model: str
    api_key: str = ""
    timeout_s: float = 8.0
    tokens_per_turn: int = 1500


_LARGEST_BODY = 200_000
"""Bytes; no answer of a few hundred tokens is larger."""
_MOST_TRIES = 2
_PAUSE_S = 0.25
"""Before the second try, where the endpoint does not say how long to wait."""


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int = 0


class _Completion(BaseModel):
    """What is read of a chat completion; whatever else an endpoint adds is left alone."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's words, and the tokens they took (0: the endpoint did not say)."""

    text: str
    tokens: int


class LlmEndpoint:
    """One model at one endpoint. Safe to call from several threads."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._client: OpenAI | None = None
        self._lock = threading.Lock()
        self._form = 0
        """Which of the forms of structured output the endpoint is known to take."""

    def complete(self, prompt: Prompt) -> Completion:
        """Return the model's answer.

        Raises:
            LlmUnavailableError: refused, failing, slow, or no chat completion.
        """
        self._connected()  # the import is slow and no fault of the endpoint's
        deadline = time.monotonic() + self._settings.timeout_s
        tries = 0
        while True:
            form = self._form
            try:
                return _read(self._body(prompt, form, deadline))
            except _TryAgainError as error:
                if self._form != form:
                    continue  # another form of structured output, at once
                tries += 1
                if tries >= _MOST_TRIES or time.monotonic() + error.after_s >= deadline:
                    raise LlmUnavailableError(error.reason) from None
                time.sleep(error.after_s)

    def _body(self, prompt: Prompt, form: int, deadline: float) -> bytes:
        import openai

        try:
            return self._stream(prompt, form, deadline)
        except openai.APITimeoutError:
            raise LlmUnavailableError("timeout") from None
        except openai.APIStatusError as error:
            raise self._told_by(error, form) from None
        except openai.APIConnectionError as error:
            if _was_refused(error):
                raise _TryAgainError("no connection", after_s=_PAUSE_S) from None
            raise LlmUnavailableError("no connection") from None
        except openai.OpenAIError as error:
            raise LlmUnavailableError(f"failed ({type(error).__name__})") from None

    def _told_by(self, error: "APIStatusError", form: int) -> Exception:
        """Return what to raise for a status: try again, in another form, or give up."""
        reason = f"status {error.status_code}"
        if _is_unknown_form(error) and form < len(FORMS) - 1:
            with self._lock:
                self._form = max(self._form, form + 1)
            return _TryAgainError(reason, after_s=0)
        if error.status_code in _TOO_BUSY:
            return _TryAgainError(reason, after_s=_wait_of(error))
        return LlmUnavailableError(reason)

    def _stream(self, prompt: Prompt, form: int, deadline: float) -> bytes:
        """Return the response's body, read piece by piece so that a dripping one ends in time."""
        pieces: list[bytes] = []
        size = 0
        with self._connected().chat.completions.with_streaming_response.create(
            model=self._settings.model,
            messages=[
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            max_tokens=prompt.most_tokens,
            temperature=0,
            # An endpoint of its own kind takes what OpenAI's types do not know.
            response_format=cast("ResponseFormat", FORMS[form](prompt)),
            timeout=max(0.01, deadline - time.monotonic()),
        ) as response:
            for piece in response.iter_bytes():
                pieces.append(piece)
                size += len(piece)
                if time.monotonic() > deadline or size > _LARGEST_BODY:
                    raise LlmUnavailableError("timeout")
        return b"".join(pieces)

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


_UNKNOWN_FORM = frozenset({400, 422})


def _is_unknown_form(error: "APIStatusError") -> bool:
    """Whether a form of output was turned away; llama-cpp-python's server does it with a 500."""
    return error.status_code in _UNKNOWN_FORM or "response_format" in error.response.text


_TOO_BUSY = frozenset({429, 503})
"""Nothing has been generated: the request was turned away (RFC 6585 section 4, RFC 9110 15.6.4)."""


def _was_refused(error: BaseException) -> bool:
    """Whether nobody listened, so that the request was never read."""
    import httpx

    return isinstance(error.__cause__, httpx.ConnectError)


def _wait_of(error: "APIStatusError") -> float:
    """Return the seconds that a ``Retry-After`` asks for; a date is taken for none."""
    told = error.response.headers.get("retry-after", "")
    return float(told) if told.isdigit() else _PAUSE_S


def _read(body: bytes) -> Completion:
    text = body.decode("utf-8", errors="replace")
    if "{" not in text:
        raise LlmUnavailableError("rubbish (no JSON)")
    try:
        read = _Completion.model_validate_json(text)
    except ValidationError:
        raise LlmUnavailableError("rubbish (wrong JSON)") from None
    return Completion(
        text=read.choices[0].message.content,
        tokens=0 if read.usage is None else read.usage.total_tokens,
    )

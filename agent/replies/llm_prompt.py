"""What a language model is asked, and the forms in which endpoints take what its answer must be."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is asked: rules, matter, the form of its answer and how long that may be."""

    system: str
    user: str
    name: str
    schema: Mapping[str, object]
    most_tokens: int

    @property
    def estimated_tokens(self) -> int:
        """Tokens that the call takes at most, where the endpoint does not count them."""
        return tokens_in(self.system) + tokens_in(self.user) + self.most_tokens


def tokens_in(text: str) -> int:
    """Estimate a text's tokens, rather too many than too few."""
    return len(text) // _CHARS_PER_TOKEN


_CHARS_PER_TOKEN = 3
"""Fewer than the usual four, so that an estimate errs on the safe side."""


def _json_schema(prompt: Prompt) -> dict[str, object]:
    return {"type": "json_schema", "json_schema": {"name": prompt.name, "schema": prompt.schema}}


def _json_with_schema(prompt: Prompt) -> dict[str, object]:
    return {"type": "json_object", "schema": prompt.schema}


def _json_alone(prompt: Prompt) -> dict[str, object]:
    del prompt
    return {"type": "json_object"}


def _text(prompt: Prompt) -> dict[str, object]:
    del prompt
    return {"type": "text"}


FORMS = (_json_schema, _json_with_schema, _json_alone, _text)
"""Structured output as OpenAI and vLLM, then llama-cpp-python, then older servers take it."""

"""Reading the keyword file and matching whole messages against it."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.consent.words import normalise
from agent.errors import ConfigurationError

SHIPPED = Path(__file__).with_name("keywords.yaml")

_LONGEST_KEYWORD = 24
"""Characters; a longer message is no keyword."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: dict[str, list[str]]
    emoji: dict[str, list[str]]


class Keywords:
    """Keywords by what they stand for: ``affirm``, ``deny``, ``thanks``, ``menu``, ``person``."""

    def __init__(self, words: Mapping[str, str], emoji: Mapping[str, str]) -> None:
        self._words = words
        self._emoji = emoji

    def match(self, text: str) -> str | None:
        """Return what the whole message stands for, or None."""
        stripped = text.strip()
        if not stripped or len(stripped) > _LONGEST_KEYWORD:
            return None
        bare = "".join(c for c in stripped if c not in _MODIFIERS and not c.isspace())
        if bare and all(c in self._emoji for c in bare):
            return self._emoji[bare[0]]
        word = normalise(stripped)
        return word if word.isdecimal() and len(word) == 1 else self._words.get(word)


# Variation selector, zero-width joiner and skin tones do not change what an emoji says.
_MODIFIERS = frozenset("\ufe0f\u200d") | {chr(c) for c in range(0x1F3FB, 0x1F400)}


def load_keywords(path: Path = SHIPPED) -> Keywords:
    """Read a keyword file.

    Raises:
        ConfigurationError: it is missing, malformed, or a word stands for two things.
    """
    try:
        raw = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"The keyword file {path} is wrong: {error}") from None
    return Keywords(
        _invert(path, {k: [normalise(w) for w in v] for k, v in raw.words.items()}),
        _invert(path, raw.emoji),
    )


def _invert(path: Path, groups: Mapping[str, list[str]]) -> dict[str, str]:
    inverted: dict[str, str] = {}
    for meaning, words in groups.items():
        for word in words:
            if inverted.setdefault(word, meaning) != meaning:
                raise ConfigurationError(
                    f"{path}: {word!r} stands for both {inverted[word]} and {meaning}."
                )
    return inverted

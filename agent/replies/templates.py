"""The texts that are not composed: shipped ones by name, overridden one by one by a brand."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.brand import Brand, Contact
from agent.errors import ConfigurationError
from agent.replies.template_rules import MOST_SEGMENTS, NEEDED, faults_of, placeholders

SHIPPED_TEMPLATES = Path(__file__).with_name("templates.yaml")
SHIPPED_LABELS = Path(__file__).with_name("labels.yaml")


class _TemplatesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    templates: dict[str, str]


class _LabelsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    labels: dict[str, str]


_Form = TypeVar("_Form", bound=BaseModel)


class Templates:
    """Texts by name, with the brand's values already in, and labels of intents."""

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        common: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> None:
        self._texts = dict(texts)
        self._common = dict(common)
        self._labels = dict(labels)

    @property
    def names(self) -> tuple[str, ...]:
        """All template names."""
        return tuple(self._texts)

    def say(self, name: str, /, **values: str) -> str:
        """Return a text with its placeholders filled; values it has no place for are ignored.

        Raises:
            ConfigurationError: there is no such template, or a value it needs is not given.
        """
        text = self._texts.get(name)
        if text is None:
            raise ConfigurationError(f"There is no template {name!r}.")
        missing = placeholders(name, text) - self._common.keys() - values.keys()
        if missing:
            raise ConfigurationError(f"The template {name!r} needs {', '.join(sorted(missing))}.")
        return text.format_map({**self._common, **values})

    @property
    def phone(self) -> str:
        """The brand's telephone number, empty if it has none."""
        return self._common.get("phone", "")

    def uses(self, name: str, placeholder: str) -> bool:
        """Whether a text has a place for a value."""
        return placeholder in placeholders(name, self._texts.get(name, ""))

    def label(self, intent: str) -> str:
        """Return how a clarifying question names an intent; its own name in words if unlabelled."""
        return self._labels.get(intent, intent.replace("_", " "))


def load_templates(
    brand: Brand, *, path: Path = SHIPPED_TEMPLATES, labels: Path = SHIPPED_LABELS
) -> Templates:
    """Read the shipped texts and labels and lay the brand's own over them.

    Raises:
        ConfigurationError: a file is missing or malformed, a text is missing or unknown, uses an
            unknown placeholder or one the brand has no value for, asks for a reserved word, or
            takes more parts than allowed. All faults are listed at once.
    """
    shipped = _read(path, _TemplatesFile).templates
    texts = {**shipped, **brand.voice.templates}
    common = _common_values(brand)
    most = max(MOST_SEGMENTS, brand.voice.max_segments)
    faults = [f"{name}: this text is missing" for name in NEEDED if name not in texts]
    for name, text in texts.items():
        faults.extend(f"{name}: {fault}" for fault in faults_of(name, text, common, most))
    if faults:
        raise ConfigurationError(
            "Templates are wrong:\n  " + "\n  ".join(faults),
            hint=f"Mend voice.templates in the brand file, or {path.name}.",
        )
    return Templates(texts, common=common, labels=_read(labels, _LabelsFile).labels)


def in_words(contact: Contact) -> str:
    """Return the ways to reach the brand, such as ``call 555 or see a.example``."""
    ways = [
        f"{verb} {way}"
        for verb, way in (("call", contact.phone), ("email", contact.email), ("see", contact.url))
        if way
    ]
    if not ways:
        return "just reply to this text"
    return ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} or {ways[-1]}"


def _common_values(brand: Brand) -> dict[str, str]:
    """Return what every text may use. A way of contact the brand lacks is no placeholder."""
    contact = brand.contact
    values = {
        "brand": brand.name,
        "contact": in_words(contact),
        "phone": contact.phone,
        "email": contact.email,
        "url": contact.url,
    }
    return {key: value for key, value in values.items() if value}


def _read(path: Path, form: type[_Form]) -> _Form:
    try:
        return form.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"The file {path} is wrong: {error}") from None

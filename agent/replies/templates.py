"""The texts that are not composed: shipped ones by name, overridden one by one by a brand."""

import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.brand import Brand, Contact
from agent.errors import ConfigurationError
from agent.replies.segments import fit, measure

SHIPPED_TEMPLATES = Path(__file__).with_name("templates.yaml")
SHIPPED_LABELS = Path(__file__).with_name("labels.yaml")

_HANDOVER = frozenset({"promise", "minutes"})
_HELPLINES = frozenset({"emergency", "crisis", "safety"})

NEEDED: Mapping[str, frozenset[str]] = {
    "opt_out_done": frozenset(),
    "opt_in_done": frozenset(),
    "help": frozenset(),
    "confirm_opt_out": frozenset(),
    "joined": frozenset({"topics", "frequency"}),
    "double_opt_in": frozenset({"topics", "frequency"}),
    "double_opt_in_declined": frozenset(),
    "preferences": frozenset({"choices", "link"}),
    "preferences_saved": frozenset({"choices"}),
    "opt_out_declined": frozenset(),
    "wrong_number": frozenset(),
    "newsletter_hint": frozenset(),
    "greeting": frozenset(),
    "greeting_known": frozenset({"name"}),
    "thanks": frozenset(),
    "goodbye": frozenset(),
    "affirm_idle": frozenset(),
    "deny_idle": frozenset(),
    "positive_feedback": frozenset(),
    "feedback_unsure": frozenset(),
    "bot_challenge": frozenset(),
    "menu_intro": frozenset(),
    "clarify": frozenset({"first", "second"}),
    "not_known_offer": frozenset(),
    "not_known": frozenset(),
    "matter_not_known": frozenset({"matter"}),
    "matter_not_known_offer": frozenset({"matter"}),
    "not_understood_offer": frozenset(),
    "out_of_scope": frozenset(),
    "empty_message": frozenset(),
    "not_text": frozenset(),
    "picture_alone": frozenset(),
    "handover": frozenset({"minutes"}),
    "handover_closing": frozenset({"opens"}),
    "handover_closed": frozenset({"opens"}),
    "handover_frustrated": _HANDOVER,
    "handover_sensitive": _HANDOVER,
    "handover_mistreated": _HANDOVER,
    "handover_bereaved": _HANDOVER,
    "handover_crisis": _HANDOVER | _HELPLINES,
    "handover_emergency": _HANDOVER | _HELPLINES,
    "handover_danger": _HANDOVER | _HELPLINES,
    "handover_safety": _HANDOVER | _HELPLINES,
    "failed_turn_handover": _HANDOVER,
    "trouble_handover": frozenset(),
    "still_waiting": frozenset({"minutes"}),
    "still_waiting_until": frozenset({"opens"}),
    "still_waiting_late": frozenset(),
    "overdue": frozenset(),
    "person_cancelled": frozenset(),
    "person_still_looks": frozenset(),
    "no_person": frozenset(),
    "handed_back": frozenset(),
    "complaint_offer": frozenset(),
    "callback_offer": frozenset(),
}
"""Every template there must be, with the placeholders that its caller fills."""

_SAMPLES = {
    "name": "Bartholomew",
    "topics": "order updates and news and offers",
    "frequency": "as orders move, up to 4 msgs a month",
    "choices": "1 order updates: OFF\n2 news and offers: OFF\n3 how often: at most monthly",
    "link": " Or here: https://texts.pinyonpace.example/preferences/" + "x" * 48,
    "minutes": "120",
    "opens": "Wednesday at 10:30 AM",
    "promise": "I've passed this to a colleague. Our desk is closed just now and will answer here "
    "when it is back, Wednesday at 10:30 AM.",
    "emergency": "your local emergency number",
    "crisis": "someone you trust or a crisis line",
    "safety": " Our safety line is +353 20 911 0148.",
    "first": "changing your account details",
    "second": "whether something is in stock",
    "matter": "changing your account details and trouble signing up",
}
"""Longish values for measuring a template at load."""

_MOST_SEGMENTS = 2
_MAY_SAY_STOP = frozenset({"opt_in_done", "help", "wrong_number", "preferences_saved"})
# Carriers act on these words themselves (sms.md, section 4), so no question may ask for them.
_PROMPTS_RESERVED = re.compile(
    r"\b(?:reply|text|send|answer|type)\b(?:\s+(?:with|back|us|me|or|YES|NO|START))*\W+"
    r"(?:STOP|STOPALL|CANCEL|END|QUIT|UNSUBSCRIBE|REVOKE|OPTOUT)\b",
    re.IGNORECASE,
)


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
        missing = _placeholders(name, text) - self._common.keys() - values.keys()
        if missing:
            raise ConfigurationError(f"The template {name!r} needs {', '.join(sorted(missing))}.")
        return text.format_map({**self._common, **values})

    def uses(self, name: str, placeholder: str) -> bool:
        """Whether a text has a place for a value."""
        return placeholder in _placeholders(name, self._texts.get(name, ""))

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
    most = max(_MOST_SEGMENTS, brand.voice.max_segments)
    faults = [f"{name}: this text is missing" for name in NEEDED if name not in texts]
    for name, text in texts.items():
        faults.extend(f"{name}: {fault}" for fault in _faults(name, text, common, most))
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


def _faults(name: str, text: str, common: Mapping[str, str], most: int) -> list[str]:
    own = NEEDED.get(name)
    if own is None:
        return ["no such text is used; the names are in templates.yaml"]
    try:
        used = _placeholders(name, text)
    except ConfigurationError as error:
        return [str(error)]
    unknown = sorted(used - own - common.keys())
    if unknown:
        return [f"unknown placeholder or no value in the brand file: {', '.join(unknown)}"]
    faults = []
    if not text.strip():
        faults.append("the text is empty")
    if name not in _MAY_SAY_STOP and _PROMPTS_RESERVED.search(text):
        faults.append("it asks for a reply that carriers take as an opt-out")
    segments = measure(fit(text.format_map({**_SAMPLES, **common}))).segments
    if segments > most:
        faults.append(f"it takes {segments} parts, at most {most} are allowed")
    return faults


def _placeholders(name: str, text: str) -> frozenset[str]:
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError as error:
        raise ConfigurationError(
            f"broken braces in {name!r} ({error}); write {{{{ for a brace"
        ) from None
    odd = [field for field in fields if not field.isidentifier()]
    if odd:
        raise ConfigurationError(f"{odd[0]!r} is no plain placeholder")
    return frozenset(fields)


def _read(path: Path, form: type[_Form]) -> _Form:
    try:
        return form.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"The file {path} is wrong: {error}") from None

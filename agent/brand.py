"""The brand file: who the brand is, how it speaks, when it is open, where cases go."""

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from agent.errors import ConfigurationError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(_Strict):
    """How a person at the brand can be reached; part of the HELP answer."""

    phone: str = ""
    email: str = ""
    url: str = ""


class Hours(_Strict):
    """Opening hours of the help desk on one weekday, local time."""

    opens: time
    closes: time


class Queue(_Strict):
    """Where cases of one sort go. ``reply_within_minutes`` is what customers are told."""

    title: str
    reply_within_minutes: int = Field(gt=0)


class Voice(_Strict):
    """How the brand speaks. ``templates`` overrides single texts of the shipped set by name."""

    tone: str = "friendly, plain, short"
    max_segments: int = Field(default=2, ge=1, le=6)
    templates: dict[str, str] = Field(default_factory=dict)


class Caps(_Strict):
    """The most messages of one purpose in 24 hours."""

    marketing_per_day: int = Field(default=3, ge=0)


class QuietHours(_Strict):
    """When proactive messages are held, in the recipient's local time."""

    starts: time = time(20, 0)
    ends: time = time(9, 0)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LEAST_LETTERS = 3
"""``mon`` is clear, ``t`` is not."""


def _weekday(name: str) -> str:
    meant = [day for day in WEEKDAYS if day.startswith(name.strip().lower())]
    if len(meant) != 1 or len(name.strip()) < _LEAST_LETTERS:
        raise ValueError(f"{name!r} is no weekday; write one such as monday")
    return meant[0]


class Brand(_Strict):
    """A brand as its file describes it."""

    name: str = Field(min_length=1)
    slug: str = Field(min_length=3, pattern=r"^[a-z0-9-]+$")
    about: str
    time_zone: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    numbers: tuple[str, ...] = Field(min_length=1)
    contact: Contact = Contact()
    voice: Voice = Voice()
    hours: dict[str, Hours | None] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    queues: dict[str, Queue] = Field(min_length=1)
    quiet_hours: QuietHours = QuietHours()
    caps: Caps = Caps()
    demo: bool = False

    @field_validator("hours", mode="before")
    @classmethod
    def _weekdays(cls, value: object) -> object:
        """Take ``mon`` for ``monday``; refuse what is no weekday."""
        if not isinstance(value, dict):
            return value
        return {_weekday(str(day)): hours for day, hours in value.items()}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"{value!r} is no time zone; write one such as America/Denver"
            ) from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.time_zone)


def load_brand(path: Path) -> Brand:
    """Read a brand file.

    Raises:
        ConfigurationError: the file is missing, no YAML, or a field is wrong; each is named.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Brand.model_validate(raw)
    except OSError as error:
        raise ConfigurationError(
            f"The brand file {path} cannot be read: {error.strerror}.",
            hint="Set TEXTWISE_BRAND to a brand.yaml.",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The brand file {path} is no valid YAML: {error}") from None
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError(
            f"The brand file {path} is wrong:\n  " + "\n  ".join(lines)
        ) from None

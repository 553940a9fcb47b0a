"""The brand file: who the brand is, how it speaks, when it is open, where cases go."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from agent.consent.terms import ConsentTerms
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


class Emergency(_Strict):
    """Whom customers in danger are told to call; empty ones follow the brand's country.

    Each follows the word 'call': ``111``, ``Samaritans on 116 123``. ``safety_line`` is the brand's
    own number for accidents with what it sells, if it has one.
    """

    number: str = ""
    crisis_line: str = ""
    safety_line: str = ""


class Caps(_Strict):
    """The most proactive messages of one purpose in 24 hours to one customer; null: no limit.

    States that allow less win (``agent/sending/places.yaml``).
    """

    marketing_per_day: int | None = Field(default=3, ge=0)
    transactional_per_day: int | None = Field(default=10, ge=0)
    conversational_per_day: int | None = Field(default=10, ge=0)


class QuietHours(_Strict):
    """When proactive messages are held, in the recipient's local time.

    ``starts`` equal to ``ends`` means never. An answer to a customer's text is not held for
    ``reply_window_hours`` after that text. States that allow less win for marketing.
    """

    starts: time = time(20, 0)
    ends: time = time(9, 0)
    sunday_ends: time = time(12, 0)
    reply_window_hours: float = Field(default=24, gt=0)


class Sending(_Strict):
    """What sending costs, and how fast it may be.

    Providers count parts: a long US number takes about 1 a second, a toll-free one 3, a short code
    10 to 100. Without a pace of ours the provider's own queue keeps its pace.
    """

    parts_per_second: float | None = Field(default=None, gt=0)
    """Of each of the brand's numbers."""
    parts_per_second_of: dict[str, float] = Field(default_factory=dict)
    """Of single numbers, where it is another."""
    part_price: Decimal | None = Field(default=None, ge=0)
    """Of one part, in the brand's currency."""

    def pace(self, number: str) -> float | None:
        """Return the parts a second of one of the brand's numbers; None: no pace of ours."""
        return self.parts_per_second_of.get(number, self.parts_per_second)

    def cost(self, parts: int) -> Decimal | None:
        """Return what a text of so many parts costs, None where the price is not known."""
        return None if self.part_price is None else self.part_price * parts


class Retention(_Strict):
    """Days that things are kept; null: until they are erased."""

    conversations_days: int | None = Field(default=None, ge=1)
    """Texts, decisions, cases and notes of turns that are over."""
    events_days: int | None = Field(default=30, ge=1)
    """News for live pages."""


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
    emergency: Emergency = Emergency()
    queues: dict[str, Queue] = Field(min_length=1)
    quiet_hours: QuietHours = QuietHours()
    caps: Caps = Caps()
    sending: Sending = Sending()
    retention: Retention = Retention()
    consent: ConsentTerms = ConsentTerms()
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

"""Where somebody may be, from number, ZIP code and what is stored; and the rules of those places.

Order of trust: a time zone that was stated; else every zone that the address and the number allow.
People keep their numbers when they move, so a number alone tells what is possible, not what is.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from agent.errors import ConfigurationError
from agent.sending.policy import RegionRule
from agent.sending.windows import Window

FILE = Path(__file__).with_name("places.yaml")
NANP = 1
"""The country code that the United States, Canada and others share."""
UNKNOWN_ZONE = "Etc/Unknown"


def _window(value: object) -> Window | None:
    """Read ``08:00-20:00``."""
    if value is None:
        return None
    opens, _, closes = str(value).partition("-")
    minutes = [int(h) * 60 + int(m) for h, _, m in (x.partition(":") for x in (opens, closes))]
    return Window(opens=minutes[0], closes=minutes[1])


Hours = Annotated[Window | None, BeforeValidator(_window)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rule(_Strict):
    weekdays: Hours
    saturday: Hours
    sunday: Hours
    source: str
    per_day: int | None = None

    def rule(self) -> RegionRule:
        days = (*[self.weekdays] * 5, self.saturday, self.sunday)
        return RegionRule(
            week=tuple(() if day is None else (day,) for day in days), per_day=self.per_day
        )


class _State(_Strict):
    zones: tuple[str, ...]
    zips: tuple[str, ...]
    area_codes: tuple[str, ...]

    def has_zip(self, three: str) -> bool:
        return any(
            low <= three <= (high or low) for low, _, high in (z.partition("-") for z in self.zips)
        )


class _File(_Strict):
    as_of: date
    rules: dict[str, _Rule]
    states: dict[str, _State]
    straddling: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """All time zones and US states that come into question."""

    zones: tuple[str, ...]
    regions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Looks up places. ``home_zone`` is the brand's: where somebody without a number is."""

    file: _File
    home_zone: str

    def rules(self) -> tuple[tuple[str, RegionRule], ...]:
        """Return the states' rules by their two letters."""
        return tuple((name, rule.rule()) for name, rule in self.file.rules.items())

    def of(
        self, address: str, *, postal_code: str = "", region: str = "", time_zone: str = ""
    ) -> Place:
        """Return where a recipient may be.

        Args:
            address: an E.164 number, or another channel's address.
            postal_code: a ZIP code, where known.
            region: a US state's two letters, where known.
            time_zone: one that was stated; the number's zones then no longer matter, but the
                rules of its state still do (Florida takes its area codes for residents).
        """
        number = _parse(address)
        states = {region.upper(), self._state_of_zip(postal_code), self._state_of(number)}
        regions = frozenset(states & self.file.states.keys())
        if time_zone:
            return Place(zones=(time_zone,), regions=regions)
        addressed = {region.upper(), self._state_of_zip(postal_code)} & self.file.states.keys()
        zones = {zone for state in addressed for zone in self.file.states[state].zones}
        if number is None:
            return Place(zones=tuple(sorted(zones)) or (self.home_zone,), regions=regions)
        zones |= self._zones_of(number, located=bool(zones))
        return Place(zones=tuple(sorted(zones)), regions=regions)

    def _zones_of(self, number: phonenumbers.PhoneNumber, *, located: bool) -> set[str]:
        """Return a number's zones; none for one that lies nowhere where an address is known."""
        from phonenumbers import timezone

        if number.country_code != NANP:
            return {zone for zone in timezone.time_zones_for_number(number) if _known(zone)}
        code = _area_code(number)
        if code in self.file.straddling:
            return set(self.file.straddling[code])
        if self._state_of(number):
            # By exchange where the library knows it, which is within the area code's zones.
            exact = {z for z in timezone.time_zones_for_geographical_number(number) if _known(z)}
            return exact or set(self.file.states[self._state_of(number)].zones)
        found = {z for z in timezone.time_zones_for_number(number) if _known(z)}
        if 0 < len(found) < _NOWHERE:
            return found
        # Toll-free and the like: anywhere in the country.
        everywhere = {zone for state in self.file.states.values() for zone in state.zones}
        return set() if located else everywhere

    def _state_of(self, number: phonenumbers.PhoneNumber | None) -> str:
        if number is None or number.country_code != NANP:
            return ""
        code = _area_code(number)
        return next((n for n, s in self.file.states.items() if code in s.area_codes), "")

    def _state_of_zip(self, postal_code: str) -> str:
        three = postal_code.strip()[:3]
        if len(three) < len("123") or not three.isdecimal():
            return ""
        return next((n for n, s in self.file.states.items() if s.has_zip(three)), "")


_NOWHERE = 10
"""The library names over forty zones for a number that belongs to no place."""


def load_places(home_zone: str, path: Path = FILE) -> Places:
    """Read the table of places, once a process.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    return Places(file=_read(path), home_zone=home_zone)


@lru_cache(maxsize=4)
def _read(path: Path) -> _File:
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, yaml.YAMLError) as error:
        raise ConfigurationError(f"The table of places {path} is wrong: {error}") from None


def known_zone(name: str) -> bool:
    """Whether a time zone of this name exists."""
    return name in available_timezones()


def _known(zone: str) -> bool:
    return zone != UNKNOWN_ZONE and bool(ZoneInfo(zone))


def _parse(address: str) -> phonenumbers.PhoneNumber | None:
    if not address.startswith("+"):
        return None
    try:
        return phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException:
        return None


def _area_code(number: phonenumbers.PhoneNumber) -> str:
    return str(number.national_number)[:3]

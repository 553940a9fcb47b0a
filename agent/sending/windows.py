"""Hours in which texts may be sent, by weekday and in several time zones at once; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES = 24 * 60
MINUTE = timedelta(minutes=1)
LOOK_AHEAD_DAYS = 15
"""A week repeats; two of them and a day hold every turn of a clock too."""
SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From ``opens`` to before ``closes``, minutes of the local day, 0 to 1440."""

    opens: int
    closes: int


Week = tuple[tuple[Window, ...], ...]
"""The open windows of Monday to Sunday."""


def quiet_week(starts: time, ends: time, sunday_ends: time) -> Week:
    """Turn quiet hours into open windows. ``starts`` equal to ``ends``: always open."""
    return tuple(
        _around(_minutes(starts), _minutes(sunday_ends if day == SUNDAY else ends))
        if starts != ends
        else (Window(opens=0, closes=MINUTES),)
        for day in range(7)
    )


def _around(starts: int, ends: int) -> tuple[Window, ...]:
    """Return the windows outside the quiet hours of a day."""
    if starts > ends:
        return (Window(opens=ends, closes=starts),)
    both = (Window(opens=0, closes=starts), Window(opens=ends, closes=MINUTES))
    return tuple(window for window in both if window.opens < window.closes)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def open_now(at: datetime, zones: Sequence[str], weeks: Sequence[Week]) -> bool:
    """Whether all weeks are open in all zones at a moment."""
    return all(_is_open(at, zone, week) for zone in zones for week in weeks)


def opens_next(at: datetime, zones: Sequence[str], weeks: Sequence[Week]) -> datetime | None:
    """Return the first moment from ``at`` on, in UTC, at which all weeks are open in all zones.

    It is ``at`` itself or a whole minute; None where there is none in two weeks.
    """
    moment, limit = at.astimezone(UTC), at + timedelta(days=LOOK_AHEAD_DAYS)
    # Each step goes to the first opening of a zone that is closed: nothing before it can suit all.
    while moment < limit:
        closed = next(((z, w) for z in zones for w in weeks if not _is_open(moment, z, w)), None)
        if closed is None:
            return moment
        opening = _next_opening(moment, *closed)
        if opening is None:
            return None
        moment = opening
    return None


def _is_open(at: datetime, zone: str, week: Week) -> bool:
    local = at.astimezone(_zone(zone))
    minute = local.hour * 60 + local.minute
    return any(w.opens <= minute < w.closes for w in week[local.weekday()])


def _next_opening(after: datetime, zone: str, week: Week) -> datetime | None:
    """Return the first moment after ``after`` at which one zone's week opens."""
    first = after.astimezone(_zone(zone)).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        moments = (m for m in _openings(day, zone, week) if m > after)
        found = next((m for m in sorted(moments) if _is_open(m, zone, week)), None)
        if found is not None:
            return found
    return None


def _openings(day: date, zone: str, week: Week) -> list[datetime]:
    """Return the moments of a local day at which a window may open, a turned clock's included."""
    midnight = datetime.combine(day, time())
    walls = [midnight + window.opens * MINUTE for window in week[day.weekday()]]
    moments = [
        wall.replace(tzinfo=_zone(zone), fold=fold).astimezone(UTC)
        for wall in walls
        for fold in (0, 1)
    ]
    turned = _clock_turned(day, zone)
    return moments if turned is None else [*moments, turned]


@lru_cache(maxsize=4096)
def _clock_turned(day: date, zone: str) -> datetime | None:
    """Return the minute at which the clock is put forward or back on a local day, or None."""
    here = _zone(zone)
    low = datetime.combine(day, time(), tzinfo=here).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), time(), tzinfo=here).astimezone(UTC)
    before = low.astimezone(here).utcoffset()
    if high.astimezone(here).utcoffset() == before:
        return None
    while high - low > MINUTE:
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(here).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

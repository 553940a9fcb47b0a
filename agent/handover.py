"""What customers are told when a person takes over, and which queue gets the case."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from agent.brand import WEEKDAYS, Brand, Hours
from agent.emergency import helplines
from agent.replies.templates import Templates

_DAYS_AHEAD = 14
"""How far ahead the next opening is looked for."""
_MINUTE = timedelta(minutes=1)
_NO_PAUSE = timedelta(minutes=5)
"""A desk that opens again so soon after closing, at midnight say, does not close for customers."""
_WITHOUT_TIME = frozenset({"handover_crisis"})
"""Texts that are said at any hour, though they promise no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long somebody waits for a person: ``until`` when an answer is due.

    ``opens`` is set where the desk opens before that, ``said`` in words; ``closing`` where it is
    open still, but not for long enough.
    """

    minutes: int
    until: datetime
    opens: datetime | None = None
    said: str = ""
    closing: bool = False

    @property
    def soon(self) -> bool:
        """Whether the answer is due while the desk is open."""
        return self.opens is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handovers:
    """Words and queues for handing over, by the brand's hours."""

    brand: Brand
    templates: Templates

    def queue(self, wanted: str) -> str:
        """Return the wanted queue if the brand has it, else its first one."""
        return wanted if wanted in self.brand.queues else next(iter(self.brand.queues))

    def text(self, template: str, queue: str, now: datetime) -> str:
        """Say that a person takes over: within how many minutes, or when the desk opens.

        A text of the brand's own without a place for the promise is said while the desk is open
        for long enough; else the promise is.
        """
        wait = self.wait(queue, now)
        promise = self._promise(wait)
        if not (wait.soon or self.templates.uses(template, "promise") or template in _WITHOUT_TIME):
            return promise
        lines, safety = helplines(self.brand), self.brand.emergency.safety_line
        return self.templates.say(
            template,
            promise=promise,
            minutes=str(wait.minutes),
            emergency=lines.emergency,
            crisis=lines.crisis,
            safety=f" Our safety line is {safety}." if safety else "",
        )

    def still(self, queue: str, since: datetime, now: datetime) -> str:
        """Say to somebody who waits since then when the answer may be expected."""
        due = self.wait(queue, since).until
        if now >= due:
            return self.templates.say("still_waiting_late")
        opens = self.next_opening(now)
        if opens is None and due.astimezone(self.brand.zone).date() == self._date(now):
            minutes = math.ceil((due - now) / _MINUTE)
            return self.templates.say("still_waiting", minutes=str(minutes))
        opens = opens or self._opening_words(self.wait(queue, since).opens or due, now)
        return self.templates.say("still_waiting_until", opens=opens)

    def wait(self, queue: str, now: datetime) -> Wait:
        """Return what may be promised to somebody handed over now."""
        minutes = self.brand.queues[self.queue(queue)].reply_within_minutes
        until = now + minutes * _MINUTE
        opening = self._opening(now)
        if opening is not None:
            return Wait(
                minutes=minutes, until=opening + minutes * _MINUTE, opens=opening,
                said=self._opening_words(opening, now),
            )  # fmt: skip
        closing = self._closing(now)
        if closing is None or until <= closing:
            return Wait(minutes=minutes, until=until)
        again = self._opening(closing)
        if again is None or again - closing <= _NO_PAUSE:
            return Wait(minutes=minutes, until=until)
        return Wait(
            minutes=minutes, until=again + minutes * _MINUTE, opens=again,
            said=self._opening_words(again, now), closing=True,
        )  # fmt: skip

    def next_opening(self, now: datetime) -> str | None:
        """Return when the desk opens next, in words; None while it is open or knows no hours."""
        opening = self._opening(now)
        return None if opening is None else self._opening_words(opening, now)

    def _promise(self, wait: Wait) -> str:
        if wait.soon:
            return self.templates.say("handover", minutes=str(wait.minutes))
        name = "handover_closing" if wait.closing else "handover_closed"
        return self.templates.say(name, opens=wait.said)

    def _opening(self, now: datetime) -> datetime | None:
        """Return when the desk opens next; None while it is open or knows no hours."""
        local = now.astimezone(self.brand.zone)
        for ahead in range(_DAYS_AHEAD if self.brand.hours else 0):
            day = local.date() + timedelta(days=ahead)
            hours = self._hours(day)
            if hours is None:
                continue
            if ahead == 0 and hours.opens <= local.time() < hours.closes:
                return None
            if ahead > 0 or local.time() < hours.opens:
                return datetime.combine(day, hours.opens, self.brand.zone).astimezone(UTC)
        return None

    def _closing(self, now: datetime) -> datetime | None:
        """Return when the desk closes that is open now; None where it knows no hours."""
        day = self._date(now)
        hours = self._hours(day) if self.brand.hours else None
        if hours is None:
            return None
        return datetime.combine(day, hours.closes, self.brand.zone).astimezone(UTC)

    def _hours(self, day: date) -> Hours | None:
        return None if day in self.brand.holidays else self.brand.hours.get(WEEKDAYS[day.weekday()])

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self.brand.zone).date()

    def _opening_words(self, opening: datetime, now: datetime) -> str:
        local = opening.astimezone(self.brand.zone)
        return _in_words((local.date() - self._date(now)).days, local.date(), local.time())


def _in_words(days_ahead: int, day: date, at: time) -> str:
    clock = f"{at:%I:%M %p}".lstrip("0").replace(":00", "")
    if days_ahead == 0:
        return f"today at {clock}"
    return f"tomorrow at {clock}" if days_ahead == 1 else f"{day:%A} at {clock}"

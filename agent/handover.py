"""What customers are told when a person takes over, and which queue gets the case."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent.brand import WEEKDAYS, Brand, Hours
from agent.replies.templates import Templates

_DAYS_AHEAD = 14
"""How far ahead the next opening is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handovers:
    """Words and queues for handing over, by the brand's hours."""

    brand: Brand
    templates: Templates

    def queue(self, wanted: str) -> str:
        """Return the wanted queue if the brand has it, else its first one."""
        return wanted if wanted in self.brand.queues else next(iter(self.brand.queues))

    def text(self, template: str, queue: str, now: datetime) -> str:
        """Say that a person takes over: within how many minutes, or when the desk opens."""
        opens = self.next_opening(now)
        if opens is None:
            minutes = self.brand.queues[queue].reply_within_minutes
            return self.templates.say(template, minutes=str(minutes))
        return self.templates.say("handover_closed", opens=opens)

    def next_opening(self, now: datetime) -> str | None:
        """Return when the desk opens next, in words; None while it is open or knows no hours."""
        if not self.brand.hours:
            return None
        local = now.astimezone(self.brand.zone)
        for ahead in range(_DAYS_AHEAD):
            day = local.date() + timedelta(days=ahead)
            hours = None if day in self.brand.holidays else self._hours(day.weekday())
            if hours is None:
                continue
            if ahead == 0 and hours.opens <= local.time() < hours.closes:
                return None
            if ahead > 0 or local.time() < hours.opens:
                return _in_words(ahead, day, hours.opens)
        return None

    def _hours(self, weekday: int) -> Hours | None:
        return self.brand.hours.get(WEEKDAYS[weekday])


def _in_words(days_ahead: int, day: date, at: time) -> str:
    clock = f"{at:%I:%M %p}".lstrip("0").replace(":00", "")
    if days_ahead == 0:
        return f"today at {clock}"
    return f"tomorrow at {clock}" if days_ahead == 1 else f"{day:%A} at {clock}"

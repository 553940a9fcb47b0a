"""What customers are told about when a person answers."""

from datetime import UTC, datetime, time, timedelta

import pytest

from agent.brand import WEEKDAYS, Hours, load_brand
from agent.handover import Handovers
from agent.replies.templates import load_templates
from tests.fakes import DEMO

BRAND = load_brand(DEMO / "brand.yaml")
HANDOVERS = Handovers(brand=BRAND, templates=load_templates(BRAND))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), None),  # Tuesday 11:00 in Colorado
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "today at"),  # Tuesday 5:00
        (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), "tomorrow at"),  # Tuesday 22:00
        (datetime(2026, 11, 29, 18, 0, tzinfo=UTC), "tomorrow at"),  # Sunday
    ],
)
def test_the_next_opening_is_told_in_words(now: datetime, opens: str | None) -> None:
    told = HANDOVERS.next_opening(now)

    assert told is None if opens is None else told is not None and told.startswith(opens)


def test_an_open_desk_says_in_how_many_minutes() -> None:
    now = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    minutes = BRAND.queues["care"].reply_within_minutes

    assert str(minutes) in HANDOVERS.text("handover", "care", now)


def test_an_unknown_queue_falls_back_to_the_first() -> None:
    assert HANDOVERS.queue("nowhere") == next(iter(BRAND.queues))


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (18, 29, "within about 30 minutes"),  # closes at 19:00
        (18, 46, "closes soon and will answer here when it is back, tomorrow at 8 AM"),
        (19, 1, "closed just now and will answer here when it is back, tomorrow at 8 AM"),
    ],
)
def test_minutes_are_promised_only_where_the_desk_stays_open(
    hour: int, minute: int, said: str
) -> None:
    now = datetime(2026, 11, 24, hour, minute, tzinfo=BRAND.zone)

    assert said in HANDOVERS.text("handover", "general", now)


def test_a_desk_that_never_closes_promises_minutes_at_midnight() -> None:
    always = {day: Hours(opens=time(0, 0), closes=time(23, 59)) for day in WEEKDAYS}
    brand = BRAND.model_copy(update={"hours": always, "holidays": ()})
    handovers = Handovers(brand=brand, templates=load_templates(brand))
    now = datetime(2026, 11, 24, 23, 50, tzinfo=BRAND.zone)

    assert "within about 30 minutes" in handovers.text("handover", "general", now)


def test_who_asks_again_near_closing_is_told_the_morning() -> None:
    since = datetime(2026, 11, 24, 18, 46, tzinfo=BRAND.zone)

    told = HANDOVERS.still("general", since, since + timedelta(minutes=5))

    assert "tomorrow at 8 AM" in told


def test_who_asks_when_the_time_is_over_is_told_the_truth() -> None:
    since = datetime(2026, 11, 24, 11, 0, tzinfo=BRAND.zone)

    told = HANDOVERS.still("general", since, since + timedelta(minutes=45))

    assert "longer than I said" in told

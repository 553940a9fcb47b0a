"""What customers are told about when a person answers."""

from datetime import UTC, datetime

import pytest

from agent.brand import load_brand
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

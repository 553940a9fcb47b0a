"""What the console's pages say, as pure functions; and contrast of the colours they use."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import api.pages.assets as pages_assets
from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId
from api.console.access import WRONG_TRIES, Throttle
from api.console.listing import Row, in_order
from api.console.packet import make_packet, sparkline, trend
from api.pages.decision import stages
from api.pages.templating import duration, in_words
from tests.conftest import FakeClock

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def row(name: str, minutes_ago: int, *, waiting: bool) -> Row:
    status = ConversationStatus.WAITING if waiting else ConversationStatus.BOT
    return Row(
        id=ConversationId(name), status=status, name=name, address="", last_text="", last_by="",
        reason="", queue="", rep="", since=NOW - timedelta(minutes=minutes_ago), waiting=waiting,
        revision="",
    )  # fmt: skip


def test_waiting_comes_first_by_age_then_the_latest_news() -> None:
    rows = [
        row("news-old", 90, waiting=False), row("waits-short", 1, waiting=True),
        row("news-new", 2, waiting=False), row("waits-long", 60, waiting=True),
    ]  # fmt: skip

    assert [r.name for r in in_order(rows)] == ["waits-long", "waits-short", "news-new", "news-old"]


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        ((), ""), ((0.2,), ""), ((0.1, -0.7), "getting worse"), ((-0.6, -0.5, 0.2, 0.4), "getting better"),
        ((0.1, 0.0, 0.05), "steady"),
    ],
)  # fmt: skip
def test_the_course_of_the_sentiment_is_named(moods: tuple[float, ...], expected: str) -> None:
    assert trend(moods) == expected


def test_a_conversation_without_any_reading_has_an_empty_packet() -> None:
    packet = make_packet([], failed_turns=2)

    assert (packet.intents, packet.moods, packet.frustration, packet.failed_turns) == (
        (),
        (),
        None,
        2,
    )


@given(st.lists(st.floats(-1, 1), max_size=20))
def test_the_sparkline_stays_within_its_box(moods: list[float]) -> None:
    points = [
        tuple(map(float, p.split(","))) for p in sparkline(moods, width=120, height=32).split()
    ]

    assert len(points) == len(moods)
    assert all(0 <= x <= 120.1 and 0 <= y <= 32 for x, y in points)


@given(
    st.dictionaries(
        st.sampled_from(["understanding", "retrieval", "composing", "guard", "total"]),
        st.floats(0, 10_000, allow_nan=False),
    )
)
def test_stages_lie_side_by_side_on_a_hundred_percent(took_ms: dict[str, float]) -> None:
    placed = stages(took_ms)

    widths = sum(stage.width for stage in placed)
    assert widths == 0 or widths == pytest.approx(100, abs=0.1)
    for before, after in pairwise(placed):
        assert after.start == pytest.approx(before.start + before.width, abs=0.03)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (7200, "2 h"),
        (200_000, "2 d"),
    ],
)
def test_durations_are_told_in_their_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_names_are_told_in_words() -> None:
    assert in_words("contact_human_agent") == "contact human agent"


def test_wrong_tries_count_by_address_and_a_right_one_forgives(clock: FakeClock) -> None:
    throttle = Throttle(clock.now)
    for _ in range(WRONG_TRIES):
        throttle.wrong("192.0.2.1")

    assert throttle.wait_s("192.0.2.1") == 60
    assert throttle.wait_s("192.0.2.2") == 0
    throttle.right("192.0.2.1")
    assert throttle.wait_s("192.0.2.1") == 0


# ── contrast: WCAG 2.2 AA, 1.4.3 (text, 4.5 to 1) and 1.4.11 (controls, 3 to 1) ─────────────────

TEXT = [
    ("ink", "paper"), ("ink", "card"), ("ink", "sunk"), ("ink", "bubble"), ("ink", "accent-soft"),
    ("ink", "warn-soft"), ("ink", "bad-soft"),
    ("muted", "paper"), ("muted", "card"), ("muted", "sunk"), ("muted", "bubble"), ("muted", "accent-soft"),
    ("accent", "paper"), ("accent", "card"), ("accent", "sunk"), ("accent", "accent-soft"),
    ("on-accent", "accent-fill"), ("warn", "warn-soft"), ("warn", "card"), ("warn", "accent-soft"),
    ("bad", "bad-soft"), ("bad", "card"), ("bad", "paper"),
]  # fmt: skip
CONTROLS = [("edge", "card"), ("edge", "paper"), ("accent", "card"), ("tone-0", "bar-track")]


def palettes() -> dict[str, dict[str, str]]:
    sheet = (Path(pages_assets.__file__).parent / "static/tokens.css").read_text(encoding="utf-8")
    light, dark = sheet.split("@media (prefers-color-scheme: dark)", 1)
    found = {}
    for name, part in (("light", light), ("dark", dark)):
        found[name] = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
    return found


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in CONTROLS],
)
def test_colours_have_enough_contrast(scheme: str, front: str, ground: str, least: float) -> None:
    palette = palettes()[scheme]

    assert contrast(palette[front], palette[ground]) >= least

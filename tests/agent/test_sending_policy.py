"""May this text be sent now? Quiet hours everywhere the recipient may be, caps, consent."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.brand import load_brand
from agent.domain.consent import ConsentState, Purpose
from agent.sending.gate import policy_of
from agent.sending.places import load_places
from agent.sending.policy import (
    DAY,
    Allowed,
    Recipient,
    Refused,
    RegionRule,
    SendingPolicy,
    WaitUntil,
    may_send,
    reply_may_wait,
)
from agent.sending.windows import MINUTES, Week, Window, open_now, opens_next, quiet_week
from tests.fakes import DEMO

MINUTE = timedelta(minutes=1)
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "Pacific/Honolulu", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Europe/London", "America/St_Johns",
)  # fmt: skip
POLICY = policy_of(load_brand(DEMO / "brand.yaml"), load_places("America/Denver"))
NEW_YORK = Recipient(zones=("America/New_York",))


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def judge(
    now: datetime,
    recipient: Recipient = NEW_YORK,
    purpose: Purpose = Purpose.MARKETING,
    sent: Sequence[datetime] = (),
    consent: ConsentState = ConsentState.IN,
    policy: SendingPolicy = POLICY,
) -> Allowed | WaitUntil | Refused:
    return may_send(now, recipient, purpose, policy, sent, consent)


@pytest.mark.parametrize(
    ("now", "allowed_at"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:00"),
        ("2026-11-24T19:59:59", "2026-11-24T19:59:59"),
        ("2026-11-24T20:00", "2026-11-25T09:00"),
        ("2026-11-24T08:59:59", "2026-11-24T09:00"),
        ("2026-11-28T20:00", "2026-11-29T12:00"),  # Saturday night: Sunday begins at noon
        ("2026-11-29T11:59", "2026-11-29T12:00"),
        ("2026-03-07T21:00", "2026-03-08T12:00"),  # the clock is put forward that night
        ("2026-10-31T21:00", "2026-11-01T12:00"),  # and back
    ],
)
def test_proactive_texts_keep_to_the_recipients_hours(now: str, allowed_at: str) -> None:
    judged = judge(at(now), purpose=Purpose.TRANSACTIONAL)

    found = judged.time if isinstance(judged, WaitUntil) else at(now)
    assert not isinstance(judged, Refused)
    assert found == at(allowed_at)


def test_every_zone_that_comes_into_question_must_allow_it() -> None:
    both = Recipient(zones=("America/New_York", "America/Los_Angeles"))

    morning = judge(at("2026-11-24T10:00"), both)
    evening = judge(at("2026-11-24T20:30"), both)

    assert morning == WaitUntil(time=at("2026-11-24T12:00"), reason="quiet hours")
    assert evening == WaitUntil(time=at("2026-11-25T12:00"), reason="quiet hours")
    assert judge(at("2026-11-24T12:00"), both) == Allowed()


@pytest.mark.parametrize(
    ("region", "now", "allowed_at"),
    [
        ("RI", "2026-11-27T18:00", "2026-11-30T09:00"),  # Friday evening to Monday
        ("AL", "2026-11-29T13:00", "2026-11-30T09:00"),  # no Sundays
        ("KY", "2026-11-24T09:30", "2026-11-24T10:00"),
        ("TX", "2026-11-29T11:00", "2026-11-29T12:00"),
    ],
)
def test_states_narrow_the_hours_of_marketing(region: str, now: str, allowed_at: str) -> None:
    there = Recipient(zones=NEW_YORK.zones, regions=frozenset({region}))

    assert judge(at(now), there) == WaitUntil(time=at(allowed_at), reason="quiet hours")


def test_states_rules_are_about_solicitations_only() -> None:
    rhode_island = Recipient(zones=NEW_YORK.zones, regions=frozenset({"RI"}))

    judged = judge(at("2026-11-28T12:00"), rhode_island, Purpose.TRANSACTIONAL)

    assert judged == Allowed()


@pytest.mark.parametrize(
    ("consent", "purpose", "why"),
    [
        (ConsentState.OUT, Purpose.MARKETING, "opted out"),
        (ConsentState.OUT, Purpose.CONVERSATIONAL, "opted out"),
        (ConsentState.NONE, Purpose.MARKETING, "not consented"),
        (ConsentState.NONE, Purpose.TRANSACTIONAL, "not consented"),
        (ConsentState.IN, Purpose.CONVERSATIONAL, "not written lately"),
    ],
)
def test_nothing_goes_out_without_consent(
    consent: ConsentState, purpose: Purpose, why: str
) -> None:
    judged = judge(at("2026-11-24T12:00"), purpose=purpose, consent=consent)

    assert isinstance(judged, Refused)
    assert why in judged.reason


def test_a_suppressed_number_and_an_unknown_zone_are_refused() -> None:
    suppressed = Recipient(zones=NEW_YORK.zones, suppressed=True)

    assert isinstance(judge(at("2026-11-24T12:00"), suppressed), Refused)
    assert isinstance(judge(at("2026-11-24T12:00"), Recipient(zones=())), Refused)


def test_hours_that_no_two_places_share_are_refused_and_not_waited_for() -> None:
    apart = Recipient(zones=("America/New_York", "Asia/Shanghai"))
    narrow = SendingPolicy(
        week=quiet_week(time(12), time(11), time(11)),
        per_day=POLICY.per_day, reply_window=DAY, regions=(),
    )  # fmt: skip

    assert isinstance(judge(at("2026-11-24T12:00"), apart, policy=narrow), Refused)


def test_equal_times_mean_no_quiet_hours() -> None:
    week = quiet_week(time(0), time(0), time(12))

    assert open_now(at("2026-11-29T03:00"), ZONES, [week])


def test_a_cap_waits_until_a_day_after_the_oldest_text_that_fills_it() -> None:
    now = at("2026-11-24T15:00")
    once = judge(now, sent=[now - timedelta(hours=2, seconds=30)])

    # The demo brand sends one marketing text in 24 hours.
    assert once == WaitUntil(time=at("2026-11-25T13:00"), reason="frequency cap")
    assert judge(now, sent=[now - DAY]) == Allowed()


def test_a_cap_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    saturday = at("2026-11-28T10:00")

    judged = judge(saturday + timedelta(hours=1), sent=[saturday])

    assert judged == WaitUntil(time=at("2026-11-29T12:00"), reason="frequency cap")


def test_florida_caps_marketing_below_a_generous_brand() -> None:
    generous = SendingPolicy(
        week=POLICY.week, per_day=((Purpose.MARKETING, 10), (Purpose.TRANSACTIONAL, None)),
        reply_window=DAY, regions=POLICY.regions,
    )  # fmt: skip
    florida = Recipient(zones=NEW_YORK.zones, regions=frozenset({"FL"}))
    now = at("2026-11-24T15:00")
    three = [now - timedelta(hours=hours) for hours in (1, 2, 3)]

    assert isinstance(judge(now, florida, sent=three, policy=generous), WaitUntil)
    assert judge(now, florida, sent=three[:2], policy=generous) == Allowed()
    assert judge(now, florida, Purpose.TRANSACTIONAL, three * 9, policy=generous) == Allowed()


def test_a_cap_of_none_a_day_refuses() -> None:
    never = SendingPolicy(
        week=POLICY.week, per_day=((Purpose.MARKETING, 0),), reply_window=DAY, regions=()
    )

    assert isinstance(judge(at("2026-11-24T15:00"), policy=never), Refused)


def test_an_answer_is_held_only_long_after_the_text_that_it_answers() -> None:
    night = at("2026-11-24T23:00")
    recent = Recipient(zones=NEW_YORK.zones, wrote_at=night - timedelta(hours=23))
    long_past = Recipient(zones=NEW_YORK.zones, wrote_at=night - timedelta(hours=25))

    assert reply_may_wait(night, recent, POLICY) == Allowed()
    assert reply_may_wait(night, long_past, POLICY) == WaitUntil(
        time=at("2026-11-25T09:00"), reason="quiet hours"
    )


# ── what must always hold ──────────────────────────────────────────────────────────────────────

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis wants the zone apart
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
some_zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(tuple)
windows = st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES)).map(
    lambda pair: Window(opens=min(pair), closes=max(pair))
)
weeks = st.lists(st.lists(windows, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)


def locally_open(moment: datetime, zone: str, week: Week) -> bool:
    """Say by the wall clock alone whether a window is open; written apart from the code."""
    wall = moment.astimezone(ZoneInfo(zone))
    return any(w.opens <= wall.hour * 60 + wall.minute < w.closes for w in week[wall.weekday()])


@settings(max_examples=150, deadline=None)
@given(
    now=moments,
    zones=some_zones,
    region=st.sampled_from(["", *(name for name, _ in POLICY.regions)]),
    sent=st.lists(st.integers(0, 30 * 60), max_size=5),
)
def test_nothing_is_allowed_in_anybodys_quiet_hours(
    now: datetime, zones: tuple[str, ...], region: str, sent: list[int]
) -> None:
    recipient = Recipient(zones=zones, regions=frozenset({region} - {""}))
    sent_at = [now - minutes * MINUTE for minutes in sent]

    judged = judge(now, recipient, sent=sent_at)

    allowed_at = judged.time if isinstance(judged, WaitUntil) else now
    if isinstance(judged, Refused):
        assert not any_open(now, zones, [POLICY.week, *rules_of(recipient)])
        return
    for zone in zones:
        for week in (POLICY.week, *rules_of(recipient)):
            assert locally_open(allowed_at, zone, week)
    # And it is indeed allowed then.
    again = judge(allowed_at, recipient, sent=[one for one in sent_at if one <= allowed_at])
    assert again == Allowed()


def rules_of(recipient: Recipient) -> list[Week]:
    return [rule.week for name, rule in POLICY.regions if name in recipient.regions]


def any_open(now: datetime, zones: tuple[str, ...], all_weeks: list[Week]) -> bool:
    return any(
        all(locally_open(now + step * 5 * MINUTE, z, w) for z in zones for w in all_weeks)
        for step in range(8 * 24 * 12)
    )


@settings(max_examples=120, deadline=None)
@given(now=moments, zones=some_zones, week=weeks)
@example(
    # The clock is put forward over an opening at 02:30: the first open minute is 03:00.
    now=datetime(2026, 3, 8, 5, tzinfo=UTC), zones=("America/New_York",),
    week=((Window(opens=150, closes=400),),) * 7,
)  # fmt: skip
@example(
    # Put back over it: 01:30 comes twice, and between the two it is closed again.
    now=datetime(2026, 11, 1, 6, 5, tzinfo=UTC), zones=("America/New_York",),
    week=((Window(opens=90, closes=400),),) * 7,
)  # fmt: skip
@example(
    now=datetime(2026, 4, 4, 14, 40, tzinfo=UTC), zones=("Australia/Lord_Howe",),
    week=((Window(opens=105, closes=400),),) * 7,
)  # fmt: skip
def test_the_wait_ends_at_the_first_minute_that_suits(
    now: datetime, zones: tuple[str, ...], week: Week
) -> None:
    found = opens_next(now, zones, [week])

    if all(locally_open(now, zone, week) for zone in zones):
        assert found == now
        return
    minute = now.replace(second=0, microsecond=0) + MINUTE
    end = found or now + timedelta(days=7)
    while minute < end:
        assert not all(locally_open(minute, zone, week) for zone in zones)
        minute += MINUTE
    if found is not None:
        assert all(locally_open(found, zone, week) for zone in zones)
        assert found.second == found.microsecond == 0


@settings(max_examples=60, deadline=None)
@given(
    now=moments,
    sent=st.lists(st.integers(0, 48 * 3600), max_size=12),
    cap=st.integers(1, 4),
)
def test_the_cap_holds_over_every_day(now: datetime, sent: list[int], cap: int) -> None:
    always = SendingPolicy(
        week=quiet_week(time(0), time(0), time(0)), per_day=((Purpose.MARKETING, cap),),
        reply_window=DAY, regions=(("XX", RegionRule(week=((),) * 7)),),
    )  # fmt: skip
    sent_at = [now - timedelta(seconds=seconds) for seconds in sent]

    judged = judge(now, sent=sent_at, policy=always)

    then = judged.time if isinstance(judged, WaitUntil) else now
    assert sum(then - one < DAY for one in sent_at) < cap
    if isinstance(judged, WaitUntil):
        before = then - MINUTE
        assert sum(before - one < DAY for one in sent_at) >= cap

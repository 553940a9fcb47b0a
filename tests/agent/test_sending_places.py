"""Where a recipient may be: from what was stated, the address, and the number."""

import phonenumbers
import pytest
from phonenumbers import timezone

from agent.errors import ConfigurationError
from agent.sending.places import Places, load_places

EAST, CENTRAL, WEST = "America/New_York", "America/Chicago", "America/Los_Angeles"


@pytest.fixture(scope="module")
def places() -> Places:
    return load_places("America/Denver")


@pytest.mark.parametrize(
    ("number", "zones", "regions"),
    [
        ("+13055550123", {EAST}, {"FL"}),
        ("+18505550123", {EAST, CENTRAL}, {"FL"}),  # the library alone says New York
        ("+18504320123", {EAST, CENTRAL}, {"FL"}),
        ("+14485550123", {EAST, CENTRAL}, {"FL"}),  # laid over 850
        ("+12145550123", {CENTRAL}, {"TX"}),
        ("+14165550123", {"America/Toronto"}, set()),
        ("+17875550123", {"America/Puerto_Rico"}, set()),
        ("+33612345678", {"Europe/Paris"}, set()),
        ("+80012345678", set(), set()),
    ],
)
def test_a_number_tells_what_is_possible(
    places: Places, number: str, zones: set[str], regions: set[str]
) -> None:
    place = places.of(number)

    assert set(place.zones) == zones
    assert place.regions == regions


@pytest.mark.parametrize("number", ["+18005550199", "+15550100301", "+15005550123"])
def test_a_number_of_no_place_may_be_anywhere_in_the_country(places: Places, number: str) -> None:
    zones = set(places.of(number).zones)

    assert {EAST, CENTRAL, "America/Denver", WEST, "Pacific/Honolulu"} <= zones


def test_an_address_adds_its_zones_and_its_rules(places: Places) -> None:
    moved = places.of("+14155550123", postal_code="02139")

    assert set(moved.zones) == {EAST, WEST}
    assert moved.regions == {"MA", "CA"}
    assert set(places.of("+18005550199", region="tx").zones) == {CENTRAL, "America/Denver"}


def test_a_stated_zone_settles_the_hours_but_not_the_state(places: Places) -> None:
    place = places.of("+13055550123", time_zone=WEST)

    assert place.zones == (WEST,)
    assert place.regions == {"FL"}


def test_somebody_without_a_number_is_where_the_brand_is(places: Places) -> None:
    assert places.of("visitor-17").zones == ("America/Denver",)


def test_each_area_code_is_one_states_and_its_library_zones_are_covered(places: Places) -> None:
    owners: dict[str, str] = {}
    for name, state in places.file.states.items():
        for code in state.area_codes:
            assert owners.setdefault(code, name) == name
            number = phonenumbers.parse(f"+1{code}5550123")
            known = set(timezone.time_zones_for_geographical_number(number))
            assert known - {"Etc/Unknown"} <= set(places.of(f"+1{code}5550123").zones), code


def test_every_state_and_every_zip_range_is_there_once(places: Places) -> None:
    assert len(places.file.states) == 51
    threes = [f"{three:03}" for three in range(1000)]
    for three in threes:
        assert sum(state.has_zip(three) for state in places.file.states.values()) <= 1, three
    assert set(places.file.rules) <= set(places.file.states)


def test_the_table_is_read_once_a_process(places: Places) -> None:
    assert load_places("America/Chicago").file is places.file


def test_a_broken_table_says_so(tmp_path) -> None:
    path = tmp_path / "places.yaml"
    path.write_text("rules: 3\n")

    with pytest.raises(ConfigurationError, match=r"places\.yaml"):
        load_places("America/Denver", path)

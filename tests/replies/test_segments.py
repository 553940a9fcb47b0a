import json
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from agent.replies.segments import (
    GSM_BASIC,
    GSM_EXTENSION,
    clean,
    encoding_of,
    fit,
    measure,
    shorten,
    split,
)

VECTORS = json.loads(Path(__file__).with_name("segment_vectors.json").read_text(encoding="utf-8"))
GSM = "".join(sorted(GSM_BASIC | GSM_EXTENSION))
TYPOGRAPHIC = "“”‘’–—…•½«»\u00a0\u200b"
FAMILY = "👨‍👩‍👧‍👦"
TEXTS = st.one_of(
    st.text(max_size=400),
    st.text(alphabet=GSM, max_size=400),
    st.text(alphabet=GSM + TYPOGRAPHIC + "жéç😀" + FAMILY + "🇺🇸e\u0301", max_size=300),
    st.lists(st.sampled_from(["Hello there.", "It's fine!", "€5?", FAMILY, "…", "ok", "\n"])).map(
        " ".join
    ),
)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_measures_the_reference_vectors(vector):
    found = measure(vector["text"])

    assert (found.encoding, found.segments, list(found.units)) == (
        vector["encoding"],
        vector["segments"],
        vector["units_per_segment"],
    )


def test_an_empty_text_has_no_parts():
    assert measure("").segments == 0
    assert split("") == ()


@given(TEXTS)
def test_parts_join_back_to_the_text(text):
    assert "".join(split(text)) == text


@given(TEXTS)
def test_no_part_exceeds_its_limit(text):
    parts = split(text)
    alone, several = (160, 153) if encoding_of(text) == "GSM-7" else (70, 67)
    units = measure_units(parts, encoding_of(text))

    assert all(u <= (alone if len(parts) == 1 else several) for u in units)
    assert all(
        u <= (alone if len(measure(text).units) == 1 else several) for u in measure(text).units
    )


@given(TEXTS)
def test_no_cut_falls_inside_a_grapheme_unless_it_is_longer_than_a_part(text):
    limit = 153 if encoding_of(text) == "GSM-7" else 67
    cuts = set()
    place = 0
    for part in split(text)[:-1]:
        place += len(part)
        cuts.add(place)

    for match in regex.finditer(r"\X", text):
        inside = {cut for cut in cuts if match.start() < cut < match.end()}
        assert not inside or measure_units([match.group()], encoding_of(text))[0] > limit


def measure_units(parts, encoding):
    if encoding == "GSM-7":
        return [len(p) + sum(c in GSM_EXTENSION for c in p) for p in parts]
    return [len(p) + sum(ord(c) > 0xFFFF for c in p) for p in parts]


@given(TEXTS)
def test_fitting_never_costs_more_and_is_done_once(text):
    fitted = fit(text)

    assert measure(fitted).segments <= measure(clean(text)).segments
    assert fit(fitted) == fitted


def test_typographic_characters_are_replaced_where_that_saves_parts():
    text = "We’re open “daily” – " + "a" * 60

    assert measure(text).segments == 2
    assert fit(text) == 'We\'re open "daily" - ' + "a" * 60
    assert measure(fit(text)).segments == 1


@pytest.mark.parametrize(
    "text",
    ["It’s ready", "It’s ready 😀 " + "a" * 70, "Señor Núñez’s " + "á" * 80],
    ids=["saves nothing", "an emoji stays UCS-2", "accents are not stripped"],
)
def test_typographic_characters_stay_where_nothing_is_gained(text):
    assert fit(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x1bb", "ab"),
        ("a\x00\x07b", "ab"),
        ("a\tb", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ud800a", "a"),
        ("  a  ", "a"),
    ],
)
def test_control_characters_are_dropped(text, cleaned):
    assert clean(text) == cleaned


def test_shortening_drops_whole_sentences_first():
    text = "Returns are free. " + "They take a few days to arrive with us. " * 9

    shorter = shorten(text, 1)

    assert measure(shorter).segments == 1
    assert shorter.startswith("Returns are free. They")
    assert shorter.endswith("with us.")


def test_shortening_knows_abbreviations_and_decimals():
    text = "It costs $12.50 at St. Mary Ave. downtown, and then " + "word " * 40

    assert shorten(text, 1).endswith("word...")


def test_shortening_leaves_what_fits_alone():
    assert shorten("Short. Text.", 1) == "Short. Text."


@given(TEXTS, st.integers(min_value=1, max_value=3))
def test_a_shortened_text_keeps_its_limit_and_its_graphemes(text, most):
    shorter = shorten(text, most)

    assert measure(shorter).segments <= most
    kept = shorter.removesuffix("...")
    whole = fit(text)
    boundaries = {0, *(m.end() for m in regex.finditer(r"\X", whole))}
    assert whole.startswith(kept)
    assert len(kept) in boundaries or len(kept.rstrip()) in boundaries


def test_ten_thousand_characters_are_shortened_quickly():
    assert measure(shorten("x" * 10_000, 2)).segments == 2
    assert measure(shorten("word " * 2_000, 2)).segments == 2

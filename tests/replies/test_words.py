import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.replies.words import content_stems, plain, split_sentences, units_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It is at St. Mary Ave. now. Come in.", ["It is at St. Mary Ave. now.", "Come in."]),
        ("It costs $12.50. Pay later.", ["It costs $12.50.", "Pay later."]),
        ("We open at 9 a.m. Monday.", ["We open at 9 a.m. Monday."]),
        ("Open until 4 p.m. The desk is closed.", ["Open until 4 p.m.", "The desk is closed."]),
        (
            "See https://x.example/a.b for more. Bye.",
            ["See https://x.example/a.b for more.", "Bye."],
        ),
        ("Ask Dr. Feld. She knows.", ["Ask Dr. Feld.", "She knows."]),
        ("no capital. so no split", ["no capital. so no split"]),
    ],
)
def test_splits_sentences(text, sentences):
    assert split_sentences(text) == sentences


def test_a_list_keeps_the_line_that_leads_it_in():
    units = units_of("We repair:\nboots\ntents\nThat is all.")

    assert [(u.kind, u.lead_in, u.text) for u in units][:2] == [
        ("item", "We repair", "boots"),
        ("item", "We repair", "tents"),
    ]


def test_a_table_row_stays_whole():
    (unit,) = units_of("Method: Standard; Time: 3-5 days; Cost: $5.95")

    assert unit.kind == "row"


def test_a_bare_yes_goes_with_what_follows():
    (unit,) = units_of("Yes. We ship to Canada.")

    assert unit.text == "Yes. We ship to Canada."


def test_markdown_leaves_no_marks():
    text = plain("# Returns\n**Free** returns, see [the page](https://x.example/r).\n- one")

    assert text.strip() == "Free returns, see the page: https://x.example/r.\none"


def test_words_for_one_idea_share_a_stem():
    assert content_stems("shipping") == content_stems("delivery")
    assert content_stems("Returned items") & content_stems("returns")


def test_the_country_is_a_word_and_the_pronoun_none():
    assert content_stems("ships to the US")
    assert "usa" in content_stems("in the US")
    assert content_stems("tell us") == frozenset()


@given(st.text(max_size=300))
def test_never_fails_on_odd_texts(text):
    units_of(text)
    content_stems(text)


def test_a_paragraph_after_a_list_is_no_item_of_it():
    units = units_of(
        "We match a price if all of these hold:\nSame model.\nIn stock.\nNo ads. No coupons."
    )

    assert [(unit.kind, unit.lead_in) for unit in units] == [
        ("item", "We match a price if all of these hold"),
        ("item", "We match a price if all of these hold"),
        ("sentence", ""),
        ("sentence", ""),
    ]


def test_items_below_the_beginning_of_a_sentence_end_it():
    units = units_of(
        "Come at once, without an appointment, if your pet\nhas trouble breathing,\n"
        "has eaten raisins, or\ncannot pass urine.\nDo not wait."
    )

    assert [u.text for u in units] == [
        "Come at once, without an appointment, if your pet has trouble breathing.",
        "Come at once, without an appointment, if your pet has eaten raisins.",
        "Come at once, without an appointment, if your pet cannot pass urine.",
        "Do not wait.",
    ]


def test_a_heading_above_items_begins_no_sentence():
    assert [u.text for u in units_of("Socks\nused ones too")] == ["Socks", "used ones too"]

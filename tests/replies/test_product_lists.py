"""Kinds, colours, limits, several rows at once, and rows that tell no price."""

from dataclasses import replace

import pytest

from agent.replies.cell_words import cell_sentence, yes_or_no
from agent.replies.evidence import from_product
from agent.replies.product_rows import answer_from_products
from agent.replies.questions import read_question
from knowledge_base.catalogue import Catalogue
from knowledge_base.catalogue_names import Names
from knowledge_base.catalogue_query import parse_query
from knowledge_base.types import Product
from tests.replies.builders import product as built


def product(name: str, price: str | None, **changes: object) -> Product:
    row = built(
        name, price or "0", **{"currency": "GBP", "url": "", "sizes": (), "colors": (), **changes}
    )
    return row if price else replace(row, price=None)


CATALOGUE = Catalogue(
    [
        product("Heron Spade", "34", category="Spades", description="A border spade.", attributes={"weight_g": "1900", "material": "ash, steel"}),
        product("Wren Spade", "29", category="Spades", description="For kids.", attributes={"weight_g": "700", "material": "beech, steel"}),
        product("Cress Seeds 5-Pot", "6", category="Seeds"),
        product("Basil Seeds 3-Pot", "4", category="Seeds"),
        product("Terracotta Bowl", "18", category="Pots", colors=("rust", "sand")),
        product("Glazed Urn", "62", category="Pots", colors=("moss", "cobalt")),
        product("Zinc Trough", "75", category="Pots", colors=("slate",)),
        product("Fern Planter", "40", category="Pots", colors=("olive", "black")),
        product("Saturday Sowing Set", "12", category="Kits", attributes={"day": "Sat"}),
        product("Planting over Two Saturdays", "55", category="Workshops", attributes={"day": "Sat"}),
        product("Charcoal Kiln 2", "90", category="Kilns", sizes=("7", "8"), colors=("black",)),
        product("Gas Kiln", "120", category="Kilns", colors=("red",)),
        product("Gas Kiln Mini", "70", category="Kilns", colors=("red",)),
        product("Peat Stick", "3", category="Sundries"),
        product("Rental Frame Full Season", "33", category="Hire"),
        product("Meadow Apron", "21", category="Aprons", description="A canvas gardening apron with pockets.", sizes=("S", "M", "L")),
        product("Studio Apron", "15", category="Aprons", description="A light kitchen apron.", sizes=("S", "M")),
        product("Potting Bench", None, category="Furniture", price_note="call us", attributes={"discount": "none", "warranty": "n/a"}),
        product("Oak Arbour", None, category="Furniture"),
        product("Teak Stool", "85", category="Furniture"),
        product("Cedar Chair", "140", category="Furniture"),
    ]
)  # fmt: skip


def answer(question: str) -> str | None:
    found = CATALOGUE.look_up(question) or CATALOGUE.missed_by(question)
    rows = [from_product(row) for row in found]
    draft = answer_from_products(read_question(question), None, rows)
    return None if draft is None or draft.guess else draft.text


def test_what_a_category_is_called_goes_before_a_word_of_a_name():
    assert answer("cheapest pots") == "The Terracotta Bowl costs least, £18."


def test_a_word_before_the_kind_picks_by_descriptions():
    assert answer("cheapest gardening apron") == "The Meadow Apron costs £21 and is in stock."


def test_a_colour_asked_for_is_told_in_the_rows_own_words():
    assert answer("got green pots?") == (
        "The Glazed Urn (£62) comes in moss and the Fern Planter (£40) comes in olive."
    )


def test_a_colour_that_none_has_is_denied_with_what_there_is():
    assert answer("any purple pots") == (
        "I find none in purple. The Terracotta Bowl comes in rust and sand; the Glazed Urn comes "
        "in moss and cobalt; the Zinc Trough comes in slate."
    )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pots for twenty quid", "The Terracotta Bowl costs £18."),
        ("pots for about forty pounds", "The Fern Planter costs £40."),
        ("any pots under ten pounds", "I find none at that price. The Terracotta Bowl costs least at £18."),
        ("seeds under 10", "There are the Basil Seeds 3-Pot (£4) and the Cress Seeds 5-Pot (£6)."),
    ],
)  # fmt: skip
def test_limits_are_kept_and_missed_ones_said(question: str, text: str):
    assert answer(question) == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("price of the heron spade and the glazed urn", "The Heron Spade costs £34 and the Glazed Urn costs £62."),
        ("how much are the zinc trough, fern planter and wren spade", "The Zinc Trough costs £75, the Fern Planter costs £40 and the Wren Spade costs £29."),
        ("is the meadow apron in stock in m and the studio apron in l", "Yes, the Meadow Apron comes in size M. It is in stock. No, the Studio Apron does not come in L. Sizes: S and M."),
        ("do the glazed urn and the fern planter come in black", "No, the Glazed Urn does not come in black. Colors: moss and cobalt. Yes, the Fern Planter comes in black. It is in stock."),
        ("what do the gas kiln and the gas kiln mini cost", "The Gas Kiln costs £120 and the Gas Kiln Mini costs £70."),
        ("weight and material of the wren spade", "The material of the Wren Spade: beech, steel. It weighs 700 g."),
    ],
)  # fmt: skip
def test_every_row_and_column_named_is_told(question: str, text: str):
    assert answer(question) == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("is the heron spade or the wren spade lighter", "That is the Wren Spade. It weighs 700 g, against 1900 g for the Heron Spade."),
        ("how much is the heavier of the heron spade and the wren spade", "That is the Heron Spade. It weighs 1900 g. It costs £34."),
        ("which is heavier, the wren spade or the heron spade", "That is the Heron Spade. It weighs 1900 g, against 700 g for the Wren Spade."),
    ],
)  # fmt: skip
def test_two_rows_are_compared_by_a_column(question: str, text: str):
    assert answer(question) == text


def test_a_gap_between_two_is_no_limit_on_the_price():
    said = answer("whats the price gap between the heron spade 15 and 20")
    assert "none at that price" not in (said or "")
    assert parse_query("between 15 and 20 lessons").most is None


def test_two_numbers_join_no_rows():
    assert CATALOGUE.look_up("something for 3 and 5 year olds") == ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("how much is the potting bench", "Price of the Potting Bench: call us."),
        ("how much is the oak arbour", "I find no price listed for the Oak Arbour."),
        ("cheapest furniture", "The Teak Stool costs least, £85."),
        ("furniture under 90 pounds", "The Teak Stool costs £85."),
        ("price of the oak arbour and the teak stool", "I find no price listed for the Oak Arbour. The Teak Stool costs £85."),
    ],
)  # fmt: skip
def test_a_price_that_is_not_known_is_never_told(question: str, text: str):
    assert answer(question) == text


def test_a_row_tells_nothing_of_an_empty_cell_and_a_none_in_a_sentence():
    bench = CATALOGUE.by_sku("Potting Bench")
    assert bench is not None
    told = from_product(bench).text
    assert "The Potting Bench has no discount." in told
    assert "warranty" not in told.casefold()


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [
        ("dishwasher safe", "The Jug is dishwasher safe.", "The Jug is not dishwasher safe."),
        ("needs batteries", "The Jug needs batteries.", "The Jug does not need batteries."),
        ("lid included", "The Jug comes with lid.", "The Jug does not come with lid."),
        ("nuts", "The Jug contains nuts.", "The Jug does not contain nuts."),
        ("for beginners", "The Jug is for beginners.", "The Jug is not for beginners."),
        ("free delivery", "The Jug comes with free delivery.", "The Jug does not come with free delivery."),
    ],
)  # fmt: skip
def test_a_plain_yes_or_no_is_said_as_people_do(column: str, yes: str, no: str):
    assert yes_or_no("The Jug", column, yes=True, plural=False) == yes
    assert yes_or_no("The Jug", column, yes=False, plural=False) == no


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("allergens", "None", "No allergens are listed for the Jug."),
        ("next date", "TBC", "The next date of the Jug is still to be confirmed."),
        ("warranty", "-", ""),
        ("warranty", "N/A", ""),
        ("warranty", "2 years", "Warranty of the Jug: 2 years."),
    ],
)
def test_odd_cells_make_a_sentence_or_none(column: str, value: str, text: str):
    assert cell_sentence("Jug", column, value) == text


def follow_up(previous: str, question: str) -> str | None:
    found = CATALOGUE.look_up(question, previous=previous)
    found = found or CATALOGUE.missed_by(question, previous=previous)
    rows = [from_product(row) for row in found]
    draft = answer_from_products(
        read_question(question), None, rows, earlier=read_question(previous)
    )
    return None if draft is None else draft.text


@pytest.mark.parametrize(
    ("previous", "question", "text"),
    [
        ("any pots?", "under 20", "The Terracotta Bowl costs £18."),
        ("pots under 50", "and in blue?", "I find none in blue. The Terracotta Bowl comes in rust and sand; the Fern Planter comes in olive and black."),
        ("how much is the fern planter", "and the heron spade?", "The Heron Spade costs £34."),
        ("meadow apron in L?", "and the studio one", "No, the Studio Apron does not come in L. Sizes: S and M."),
        ("is the zinc trough in", "what about in moss", "No, the Zinc Trough does not come in moss. Colors: slate."),
        ("cheapest spade", "how heavy is it", "The Wren Spade weighs 700 g."),
        ("do you have the wren spade", "whats it made of", "The material of the Wren Spade: beech, steel."),
        ("how heavy is the wren spade", "and the heron", "The Heron Spade weighs 1900 g."),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_its_subject_or_what_was_asked(previous: str, question: str, text: str):
    assert follow_up(previous, question) == text


def test_misspelt_asking_words_still_ask():
    assert answer("zinc trogh pirce") == "The Zinc Trough costs £75."
    assert answer("is the fern planter in stcok") == "The Fern Planter is in stock."


@pytest.mark.parametrize(
    "question",
    ["is the glazed urn, the moss one, in stock", "gas kiln when is it in n is it full"],
)
def test_words_that_ask_join_no_rows(question: str):
    assert Names(CATALOGUE.products).joined(question) == ()


def test_a_day_is_no_kind():
    assert answer("cheapest thing on a saturday") == (
        "The Saturday Sowing Set costs least, £12, against £55 for the Planting over Two Saturdays."
    )


def test_a_word_that_may_be_a_thing_is_denied_as_no_colour():
    assert "none in" not in (answer("any silver kilns") or "")
    assert (answer("any kilns in silver") or "").startswith("I find none in silver.")


def test_a_number_of_the_name_is_no_size():
    assert answer("have you got the charcoal kiln 2") == "The Charcoal Kiln 2 is in stock."


@pytest.mark.parametrize(
    "question", ["do you sell kilns", "any kilns?", "hi, do you guys have kilns", "i need a kiln"]
)
def test_who_asks_what_there_is_of_a_kind_is_told_it(question: str):
    text = answer(question)

    assert text is not None
    assert all(name in text for name in ("Charcoal Kiln 2", "Gas Kiln", "Gas Kiln Mini"))


@pytest.mark.parametrize(
    "question", ["can kilns stay outside", "do you have kilns for bread", "when do kilns come back"]
)
def test_no_other_question_is_answered_by_a_list(question: str):
    assert answer(question) is None

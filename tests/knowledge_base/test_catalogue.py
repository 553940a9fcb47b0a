from decimal import Decimal

import pytest

from knowledge_base.asking_slips import mend_asking
from knowledge_base.catalogue import Catalogue
from knowledge_base.catalogue_query import Order, normal_size, parse_query
from knowledge_base.catalogue_words import Vocabulary
from knowledge_base.types import Product
from knowledge_base.words import stem


def product(sku: str, name: str, category: str, price: str, **values: object) -> Product:
    return Product(
        sku=sku, name=name, category=category, price=Decimal(price), currency="USD", **values
    )


CATALOGUE = Catalogue(
    [
        product("T1", "Ridgeline", "trail shoes", "130", sizes=("8", "9", "9.5"), colors=("slate", "moss"), attributes={"waterproof": "no", "gender": "unisex"}),
        product("T2", "Ridgeline Dry", "trail shoes", "155", sizes=("9", "10"), colors=("slate",), attributes={"waterproof": "yes", "gender": "unisex"}),
        product("T3", "Larkrun", "trail shoes", "120", sizes=("6", "7"), colors=("coral",), attributes={"waterproof": "no", "gender": "women"}),
        product("B1", "Tarnstone Mid Dry", "hiking boots", "199", sizes=("9", "10"), colors=("brown",), available=False, in_stock=0, attributes={"waterproof": "yes"}),
        product("B2", "Highmoor Leather", "hiking boots", "139", sizes=("9",), colors=("tan",), attributes={"waterproof": "yes"}),
        product("W1", "Frosthollow Boot", "winter boots", "149", sizes=("8",), colors=("black",)),
        product("J1", "Squall Shell Jacket", "jackets", "220", sizes=("S", "M", "L"), colors=("storm blue", "black"), attributes={"waterproof": "yes"}),
        product("J2", "Ember Jacket", "jackets", "250", sizes=("M", "XL"), colors=("navy",)),
        product("N1", "Solohut 1", "tents", "280"),
        product("N2", "Duohut 2", "tents", "350"),
        product("S1", "Merino Hike Crew", "socks", "23", sizes=("S", "M"), attributes={"material": "merino wool"}),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "skus"),
    [
        ("do you have the ridgeline in 9", ["T1"]),
        ("how much is the RIDGELINE DRY??", ["T2"]),
        ("ridgline price", ["T1"]),
        ("is the larkrun in stock", ["T3"]),
        ("are the larkruns back", ["T3"]),
        ("Is the Ridgeline Dry cheaper than the Larkrun?", ["T2", "T3"]),
        ("is the ridgeline dry cheaper than the ridgeline", ["T2", "T1"]),
        ("difference between the ridgeline and the ridgeline dry", ["T1", "T2"]),
        ("duohut 2 weight", ["N2"]),
        ("whats T3", ["T3"]),
        ("tarnstone in brown", ["B1"]),
        ("cheapest tent", ["N1", "N2"]),
        ("most expensive jacket", ["J2", "J1"]),
        ("waterproof boots under 150 in 9", ["B2"]),
        ("waterproof hiking boots in 9", ["B2", "B1"]),
        ("got any winter boots", ["W1"]),
        ("tents between 200 and 300 dollars", ["N1"]),
        ("any blue jackets in medium?", ["J1"]),
        ("jackets in navy", ["J2"]),
        ("women's trail shoes under $125", ["T3"]),
        ("which socks do you have", ["S1"]),
        ("do you have wool socks", ["S1"]),
        ("jackets in pink", []),
        ("tents under 50", []),
        ("waterproof under 150 in 9", ["B2"]),
        ("anything waterproof under 160 in a 9", ["T2", "B2"]),
        ("cheapest mens trail shoes", ["T1", "T2"]),
        ("waterproof shoes under 160 in mens 9", ["T2"]),
        ("i need shoes for hiking", ["T1", "T2", "T3"]),
        ("can i return boots", []),
        ("where is my order", []),
        ("do you sell skis", []),
        ("", []),
        ("👍", []),
    ],
)
def test_rows_are_found_by_name_or_by_what_is_asked_of_them(question: str, skus: list[str]):
    assert [p.sku for p in CATALOGUE.look_up(question)] == skus


def test_a_question_that_leans_on_the_one_before_keeps_its_product():
    found = CATALOGUE.look_up("and in moss?", previous="do you have the ridgeline in 9")
    assert [p.sku for p in found] == ["T1"]


def test_another_version_is_one_of_the_product_before():
    before = "do you have the ridgeline in 9"
    assert [p.sku for p in CATALOGUE.look_up("what about the dry", previous=before)] == ["T2"]
    assert [
        p.sku for p in CATALOGUE.look_up("how much is that", previous=f"{before} or the dry")
    ] == ["T2"]
    assert "B1" in {
        p.sku for p in CATALOGUE.look_up("what about the dry", previous="any tarnstone")
    }


def test_a_question_that_leans_on_the_one_before_keeps_its_filter():
    found = CATALOGUE.look_up("and under 140?", previous="waterproof hiking boots in 9")
    assert [p.sku for p in found] == ["B2"]


def test_advice_in_own_words_takes_the_nearest_rows():
    near = [0.0] * len(CATALOGUE)
    near[8], near[9] = 0.5, 0.4
    found = CATALOGUE.look_up("something for one night outside", similar=lambda: near)
    assert [p.sku for p in found] == ["N1", "N2"]


def test_an_empty_catalogue_finds_nothing():
    assert Catalogue([]).look_up("cheapest tent under 50 in blue") == ()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("under $150", None, "150"),
        ("less than 99.95 dollars", None, "99.95"),
        ("150 or less", None, "150"),
        ("my budget is 80", None, "80"),
        ("over 200", "200", None),
        ("between $50 and $100", "50", "100"),
        ("around $100", "80", "120"),
        ("shrubs for under forty bucks", None, "40"),
        ("between twenty five and fifty quid", "25", "50"),
        ("nothing over a hundred", None, "100"),
        ("2 grand max", None, "2000"),
        ("under a hundred and fifty", None, "150"),
        ("anything under two hundred bucks", None, "200"),
        ("under twelve hundred", None, None),
        ("under 1.5 thousand", None, "1500"),
        ("within 30 days", None, None),
        ("under 5 miles", None, None),
    ],
)
def test_price_limits_are_read(text: str, least: str | None, most: str | None):
    query = parse_query(text)
    assert query.least == (None if least is None else Decimal(least))
    assert query.most == (None if most is None else Decimal(most))


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("in 9", ("9",)),
        ("in a size 8 1/2", ("8.5",)),
        ("in a medium", ("m",)),
        ("size XL", ("xl",)),
        ("US 10.5", ("10.5",)),
        ("in 3 days", ()),
        ("at 9 am", ()),
    ],
)
def test_sizes_are_read(text: str, sizes: tuple[str, ...]):
    assert parse_query(text).sizes == sizes


def test_order_is_read():
    assert parse_query("cheapest one").order is Order.CHEAPEST
    assert parse_query("priciest").order is Order.DEAREST


def test_sizes_have_one_form():
    assert [normal_size(s) for s in ("8 1/2", "Medium", "EU 42", "2XL")] == [
        "8.5",
        "m",
        "42",
        "xxl",
    ]


def test_a_name_means_all_its_sizes():
    rows = [
        product(f"{name[0]}{inches}", f"{name} {inches} inch", "Cakes", "26")
        for name in ("Victoria Sponge", "Fudge Cake")
        for inches in (6, 8)
    ]
    catalogue = Catalogue(rows)
    assert [p.sku for p in catalogue.look_up("price of the biggest victoria u do")] == ["V6", "V8"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("choc", "chocol"),
        ("cayak", "kayak"),
        ("lawnmower", "mower"),
        ("vit", "vitamin"),
        ("sox", ""),
        ("anemnoe", "anemon"),
        ("600", ""),
    ],
)
def test_a_customers_word_means_a_word_of_the_rows(word: str, meant: str):
    vocabulary = Vocabulary({"chocol", "kayak", "mower", "vitamin", "anemon", "6"})
    assert vocabulary.means(word) == meant


@pytest.mark.parametrize(
    ("question", "skus"),
    [
        ("smoked goat cheese", []),
        ("600g creatine price", ["C6"]),
        ("boxspring queen", ["Q1"]),
        ("price diff between 300 and 600 creatine", ["C3", "C6"]),
        ("which is the lightest creatine", ["C3", "C6"]),
        ("creatine under 20", ["C3"]),
    ],
)
def test_all_naming_words_of_a_question_count(question: str, skus: list[str]):
    catalogue = Catalogue(
        [
            product("S1", "Smoked Cheddar Cheese", "Cheese", "9"),
            product("G1", "Goat Log Cheese", "Cheese", "8"),
            product("C3", "Creatine 300 g", "Powders", "18", attributes={"weight_g": "300"}),
            product("C6", "Creatine 600 g", "Powders", "30", attributes={"weight_g": "600"}),
            product("Q1", "Box Spring Queen", "Bases", "200"),
        ]
    )
    found = catalogue._meant.meant(question) or catalogue.look_up(question)
    assert [p.sku for p in found] == skus or (not skus and not catalogue._meant.meant(question))


def test_two_numbers_alone_ask_for_no_price():
    assert CATALOGUE.look_up("i need it between 1 and 2 because of nap time") == ()


def test_number_words_are_no_sizes():
    assert parse_query("do you have shoes with a fifty percent discount").sizes == ()


@pytest.mark.parametrize(
    "text", ["what do you have between 20 and 200", "whats available at most 200"]
)
def test_a_limit_without_a_currency_is_one_where_things_are_sought(text: str):
    assert CATALOGUE.look_up(text)


def test_what_narrows_a_question_keeps_its_kind():
    skus = [p.sku for p in CATALOGUE.look_up("under 140", previous="do you have hiking boots")]
    assert skus == ["B2"]


def test_it_after_the_cheapest_is_the_one_picked():
    skus = [p.sku for p in CATALOGUE.look_up("what color is it", previous="cheapest trail shoes")]
    assert skus == ["T3"]


def test_anything_after_one_product_is_no_longer_about_it():
    found = CATALOGUE.look_up("anything under 30 dollars", previous="how much is the larkrun")
    assert [p.sku for p in found] == ["S1"]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("duohut pirce", "duohut price"),
        ("how mcuh is teh larkrun", "how much is the larkrun"),
        ("chepest tent availble", "cheapest tent available"),
        ("stick sock cots", "stick sock cots"),
    ],
)
def test_slips_in_asking_words_are_mended_and_other_words_kept(text: str, mended: str):
    assert mend_asking(text, frozenset()) == mended


def test_a_word_of_the_rows_is_no_slip():
    assert mend_asking("pirce boots", frozenset({stem("pirce")})) == "pirce boots"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("boots for eighty quid", None, 80),
        ("boots for about a hundred", 80, 120),
        ("tents around 50 bucks", 40, 60),
        ("is the gift card for 50 dollars", None, None),
        ("tent for 2 people", None, None),
    ],
)
def test_what_somebody_would_pay_is_a_limit(text: str, least: int | None, most: int | None):
    query = parse_query(text)
    assert (query.least, query.most) == (least, most)


@pytest.mark.parametrize(
    ("text", "size"),
    [("size nine and a half", "9.5"), ("got it in a seven", "7"), ("in two weeks", "")],
)
def test_sizes_in_words_are_read(text: str, size: str):
    assert "".join(parse_query(text).sizes) == size


def test_none_of_a_kind_is_told_by_rows_that_do_not_keep_to_the_limit():
    assert [p.sku for p in CATALOGUE.missed_by("jackets in pink")] == ["J1", "J2"]
    assert [p.sku for p in CATALOGUE.missed_by("tents under 50")] == ["N1", "N2"]
    assert CATALOGUE.missed_by("jackets in navy") == ()
    assert CATALOGUE.missed_by("tents under 300") == ()
    assert CATALOGUE.missed_by("where is my order") == ()


def test_a_limit_on_the_price_without_a_kind_is_told_by_what_comes_near_in_that_size():
    assert CATALOGUE.look_up("waterproof under 100 in 9") == ()
    missed = CATALOGUE.missed_by("waterproof under 100 in 9")
    assert [p.sku for p in missed] == ["B2", "T2", "B1"]
    assert CATALOGUE.missed_by("waterproof under 150 in 9") == ()


def test_whom_a_product_is_for_names_no_row_beyond_the_limit():
    attributes = {"waterproof": "yes", "gender": "women"}
    shop = Catalogue(
        [
            product("H1", "Highmoor Leather", "hiking boots", "240"),
            product("H2", "Highmoor Leather Women", "hiking boots", "260", attributes=attributes),
            product("K1", "Tarn Low Women", "hiking boots", "190", attributes=attributes),
        ]
    )
    assert shop.look_up("womens waterproof boots under 150") == ()
    missed = shop.missed_by("womens waterproof boots under 150")
    assert [p.sku for p in missed] == ["K1", "H2"]
    assert shop.look_up("is the highmoor leather under 150")[0].sku == "H1"

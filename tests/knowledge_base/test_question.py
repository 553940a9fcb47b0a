from datetime import date

import pytest

from knowledge_base.lexical import LexicalIndex, SparingSpeller, Speller
from knowledge_base.opening_hours import as_searched, dated, dates_told, usual_hours
from knowledge_base.question import (
    complete,
    context_of,
    is_elliptic,
    leans,
    mend_words,
    prepare,
    shorten,
    spell_out,
    substitutes,
)
from knowledge_base.question_types import QuestionType, can_answer, question_type
from knowledge_base.words import content_words, numbers, stems, words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("how much is it", QuestionType.PRICE),
        ("what does delivery cost", QuestionType.PRICE),
        ("how long does it take", QuestionType.DURATION),
        ("how many days do i have", QuestionType.DURATION),
        ("how many lessons", QuestionType.NUMBER),
        ("when do you close", QuestionType.TIME),
        ("r u open sundays", QuestionType.TIME),
        ("where are you", QuestionType.PLACE),
        ("who teaches bass", QuestionType.PERSON),
        ("why was it late", QuestionType.REASON),
        ("how do i return it", QuestionType.METHOD),
        ("can i bring a dog", QuestionType.YES_NO),
        ("refund", QuestionType.OTHER),
    ],
)
def test_the_sort_of_answer_is_read(text: str, kind: QuestionType):
    assert question_type(text) is kind


@pytest.mark.parametrize(
    ("kind", "text", "can"),
    [
        (QuestionType.PRICE, "It costs $4.", True),
        (QuestionType.PRICE, "Delivery is free.", True),
        (QuestionType.PRICE, "We bake daily.", False),
        (QuestionType.PLACE, "Find us at 77 Orchard Way.", True),
        (QuestionType.PLACE, "Use 3 eggs.", False),
        (QuestionType.DURATION, "Ready in 2 working days.", True),
        (QuestionType.TIME, "Open until 6 pm.", True),
        (QuestionType.YES_NO, "Anything.", True),
    ],
)
def test_what_can_answer_is_told_by_its_looks(kind: QuestionType, text: str, *, can: bool):
    assert can_answer(kind, text) is can


@pytest.mark.parametrize(
    ("question", "elliptic"),
    [
        ("and in blue?", True),
        ("how much is that one", True),
        ("what about saturday", True),
        ("price?", True),
        ("under 160", True),
        ("anything below forty quid", True),
        ("size 7?", True),
        ("got it in a nine", True),
        ("in navy or black", True),
        ("green mugs?", False),
        ("order 12345", False),
        ("how long do refunds take to reach my card", False),
        ("do you have tents for four people", False),
    ],
)
def test_questions_that_lean_on_the_one_before_are_known(question: str, *, elliptic: bool):
    assert is_elliptic(question) is elliptic


@pytest.mark.parametrize(
    ("question", "leaning", "another"),
    [
        ("what about the large room", True, True),
        ("and on mondays?", True, True),
        ("in red", True, True),
        ("does it come with breakfast", True, False),
        ("which is the cheapest", True, False),
        ("what time", True, False),
        ("is there a lift", False, False),
        ("same day delivery", False, False),
        ("is it possible to pay later", False, False),
        ("and do you sell stamps", False, False),
        ("and thanks", True, False),
    ],
)
def test_what_goes_on_is_told_from_what_is_merely_short(
    question: str, *, leaning: bool, another: bool
):
    assert leans(question) is leaning
    assert substitutes(question) is another


def test_short_words_are_mended_only_where_letters_are_turned_or_one_is_doubled():
    speller = Speller({"card": 2, "apple": 1, "room": 3})
    assert mend_words("gift crad and aple pay", speller) == "gift card and apple pay"
    assert mend_words("how mcuh is a rook", speller) == "how much is a rook"


def test_what_is_a_word_is_meant_as_it_is_written():
    speller = Speller({"floor": 2, "change": 1, "charging": 1, "colour": 1, "store": 3})
    words = SparingSpeller(speller, {"flour", "color", "storm"}.__contains__)
    assert mend_words("flour in any color after the storm", words) == (
        "flour in any colour after the storm"
    )
    assert mend_words("a flor stroe", words) == "a floor store"
    assert speller.mend("charge") == "charge"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("tire", "tyre"),
        ("color", "colour"),
        ("center", "centre"),
        ("organize", "organise"),
        ("program", "programme"),
        ("catalog", "catalogue"),
        ("jewelry", "jewellery"),
    ],
)
def test_another_spelling_is_found_whichever_the_pages_use(written: str, known: str):
    assert Speller({known: 1}).respelt(written) == known
    assert Speller({written: 1}).respelt(known) == written


@pytest.mark.parametrize(("written", "known"), [("shoe", "she"), ("hour", "hor"), ("does", "des")])
def test_short_words_have_one_spelling(written: str, known: str):
    assert Speller({known: 1}).respelt(written) == written


def test_a_word_with_another_ending_is_no_slip():
    speller = Speller({"office": 2, "lower": 1, "polish": 3})
    assert mend_words("the officer of lowes", speller) == "the officer of lowes"
    assert mend_words("nail polsih", speller) == "nail polish"


def test_only_such_questions_are_completed():
    assert complete("and in blue?", "is the ridgeline in 9") == "is the ridgeline in 9 and in blue?"
    assert complete("do you sell warm tents", "is it open") == "do you sell warm tents"


def test_textese_is_spelt_out():
    assert spell_out("where r u, need it tmrw pls") == "where are you, need it tomorrow please"
    assert spell_out("your hours") == "your hours"


def test_long_texts_keep_both_ends():
    text = "beginning " + "middle " * 500 + "end"
    cut = shorten(text)
    assert len(cut) <= 600
    assert cut.startswith("beginning")
    assert cut.endswith("end")


@pytest.mark.parametrize(
    ("word", "mended"),
    [
        ("shiping", "shipping"),
        ("shippng", "shipping"),
        ("subscribtion", "subscription"),
        ("shipping", "shipping"),
        ("boots", "boots"),
        ("cat", "cat"),
        ("whipping", "whipping"),
        ("12345", "12345"),
    ],
)
def test_slips_are_mended_and_other_words_left(word: str, mended: str):
    assert Speller({"shipping": 3, "subscription": 2, "boots": 1, "12346": 9}).mend(word) == mended


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("what time do you close today", "what time do you close today (Sunday)"),
        ("are you open tomorrow", "are you open tomorrow (Monday)"),
        ("can you send it today", "can you send it today"),
        ("when do you open on friday", "when do you open on friday"),
    ],
)
def test_todays_hours_are_asked_by_weekday(question: str, searched: str):
    assert dated(question, date(2026, 11, 22)) == searched


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("how late r u open tmrw", "how late r u open tmrw (Monday)"),
        ("are you open thursday", "are you open thursday (Thursday, November 26)"),
        ("are you open thursdays", "are you open thursdays"),
        ("do you open on friday", "do you open on friday"),
    ],
)
def test_a_day_that_the_pages_speak_of_is_asked_by_its_date(question: str, searched: str):
    told = dates_told(["Both shops are closed on November 26, 2026, and on 1 January."])

    assert dated(question, date(2026, 11, 22), told) == searched


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("when do you open", ()),
        ("opening hours?", ()),
        ("what time yall shut", ()),
        ("are you open", ()),
        ("whats ur hours pls", ()),
        ("when does the durango store close", ("durango",)),
        ("are you open on sunday", None),
        ("are you still open", None),
        ("what time do you close xmas eve", None),
        ("when do the tickets for the spring fair open", None),
        ("can i open an account", None),
        ("how close are you to the station", None),
        ("i cant open the box", None),
        ("how many hours is the course", None),
    ],
)
def test_the_usual_hours_are_told_from_a_named_day_s(
    question: str, named: tuple[str, ...] | None
) -> None:
    assert usual_hours(question) == named


@pytest.mark.parametrize(
    ("question", "by_week"),
    [
        ("when do you open", True),
        ("are you open on sunday", True),
        ("are you open tomorrow (Monday)", True),
        ("are you open thursday (Thursday, November 26)", False),
        ("are you still open", False),
        ("can i open an account", False),
    ],
)
def test_hours_of_a_week_or_a_day_are_searched_in_its_tables(question: str, *, by_week: bool):
    assert ("Monday to Sunday" in as_searched(question)) is by_week


def test_a_question_is_taken_apart():
    texts = ["shipping costs five dollars", "returns are free"]
    index = LexicalIndex.build(texts)
    speller = Speller({"shipping": 1, "costs": 1})
    question = prepare("how much is shiping??", previous="", index=index, speller=speller)
    assert question.text == "how much is shipping??"
    assert question.stems == ("ship",)
    assert question.mended == 1


def test_scores_count_what_a_text_covers():
    index = LexicalIndex.build(["red boots", "blue boots", ""])
    weights = {term: index.weight(term) for term in ("red", "boot")}
    scores = index.score(["red", "boot"], weights)
    assert scores.coverage[0] == pytest.approx(1)
    assert 0 < scores.coverage[1] < 1
    assert scores.coverage[2] == 0
    assert scores.bm25[0] > scores.bm25[1] > scores.bm25[2] == 0


def test_an_index_of_nothing_scores_nothing():
    assert LexicalIndex.build([]).score(["boot"], {"boot": 1.0}).bm25.shape == (0,)


def test_words_have_one_form():
    assert words("Don’t  PAY $1,200 for 9.5!") == ["don", "t", "pay", "1200", "for", "9.5"]
    assert content_words("do you have the boots") == ["boots"]
    assert stems("returning returned returns") == ["return"] * 3
    assert numbers("from $9.50 to 1,200") == {"9.5", "1200"}


def test_a_text_brings_along_what_it_leans_on():
    texts = ["and in white?", "in black?", "how much is the desk lamp", "do you ship to malta"]

    assert context_of(texts) == "how much is the desk lamp in black? and in white?"
    assert context_of(texts[2:]) == "how much is the desk lamp"
    assert context_of([]) == ""

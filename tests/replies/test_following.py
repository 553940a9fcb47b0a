"""What is said beside the sentence that answers best."""

from collections.abc import Sequence

from agent.replies.evidence import from_product
from agent.replies.extractive import ExtractiveComposer
from tests.replies.builders import evidence, product

MONSTERA = from_product(
    product(
        "Monstera 6 inch",
        "28",
        sizes=(),
        colors=(),
        in_stock=4,
        url="",
        description="Swiss cheese plant, about 18 inches tall. Likes shade.",
    )
)


def liking(*words: str):
    """Read as someone who takes any sentence with one of these words for the answer."""

    def read(_question: str, sentences: Sequence[str]) -> list[float]:
        return [5.0 if any(w in s for w in words) else -5.0 for s in sentences]

    return read


def said(question: str, *items, read) -> str:
    draft = ExtractiveComposer(read=read).compose(question, evidence=items)
    assert draft is not None
    return draft.text


def test_a_row_found_by_its_description_tells_the_cells_asked_for():
    text = said("that cheesy plant, how much and any left", MONSTERA, read=liking("Swiss"))
    assert "The Monstera 6 inch costs $28." in text
    assert "The Monstera 6 inch is in stock (4 left)." in text
    assert "shade" not in text


def test_what_is_not_asked_of_a_row_is_not_told():
    text = said("how tall is that cheesy plant", MONSTERA, read=liking("Swiss"))
    assert text == "Monstera 6 inch: Swiss cheese plant, about 18 inches tall."


PRICES = evidence(
    "Lessons",
    "| Package | Price |\n|---|---|\n| One hour | €52 |\n| Ten hours | €480 |",
    1,
)


def test_one_row_of_a_table_answers_one_question_and_several_a_comparison():
    read = liking("hour")
    assert "480" not in said("how much is one hour", PRICES, read=read)
    assert "480" in said("prices for one hour and ten hours", PRICES, read=read)


def test_a_sentence_torn_from_the_one_it_hangs_on_does_not_lead() -> None:
    offers = evidence("Free weekend", "Orders of $75 ship Express at no cost on these days.", 1)
    prices = evidence("Shipping", "Express takes two days and costs $15.", 2)
    text = said("what does express cost", offers, prices, read=liking("Express"))
    assert text.startswith("Express takes two days and costs $15.")


POOL = evidence("Swimming > Prices", "A swim costs £6 and lasts 90 minutes. Towels are extra.", 1)
ASKED_OFTEN = evidence("what is a swim", "A swim is £6 for 90 minutes.", 2)
SAUNA = evidence("Sauna", "The sauna costs £6 for 90 minutes in a cubicle of your own.", 3)


def test_a_fact_is_told_once_though_two_pages_have_it():
    text = said("how much is a swim", POOL, ASKED_OFTEN, read=liking("swim"))
    assert text.count("£6") == 1


def test_equal_figures_of_another_thing_are_told_too():
    text = said("price of a swim and of the sauna", POOL, SAUNA, read=liking("swim", "sauna"))
    assert text.count("£6") == 2


def test_of_two_places_with_a_line_alike_the_place_is_said():
    mill = evidence("Baths > Mill Lane", "**Lockers:** £1 coins only.", 1)
    quay = evidence("Baths > Quay", "**Lockers:** free, bring a padlock.", 2)
    read = liking("padlock")
    assert said("lockers at the quay", mill, quay, read=read).startswith("Quay lockers: free")
    assert said("lockers at the quay", quay, read=read).startswith("Lockers: free")


def test_a_days_row_is_told_under_the_name_of_its_column():
    week = evidence("Baths > Quay", "Day: Sunday; Quay: 9am to 1pm\nDay: Monday; Quay: closed", 1)
    text = said("is the quay open sunday morning", week, read=liking("Sunday"))
    assert text == "Quay: Sunday 9am to 1pm."


def test_a_long_table_in_two_passages_is_one_table():
    first = evidence("Prices", "Job: Puncture, back wheel; Price: €24", 1)
    second = evidence("Prices", "Job: Wheel truing; Price: €21", 2)
    text = said("how much is a back wheel puncture", first, second, read=liking("heel"))
    assert text == "Puncture, back wheel: price €24."


def test_a_row_that_leaves_something_out_limits_no_other_row():
    prices = evidence(
        "Prices", "Job: Puncture; City bike: €17\nJob: New tyre, tyre not included; City bike: €19"
    )
    assert "tyre" not in said("how much is a puncture", prices, read=liking("Puncture"))


def test_a_short_sentence_is_not_repeated_by_another_figure():
    times = evidence(
        "Leaving", "Check-out is until 10:30am. Late check-out until 1pm costs €20. Bye."
    )
    text = said("whats check-out time, can we stay till 1", times, read=liking("heck-out"))
    assert text == "Check-out is until 10:30am. Late check-out until 1pm costs €20."


def test_the_second_of_two_things_asked_is_told_though_it_reads_less_well():
    visits = evidence("Home visits", "We do home visits on Tuesday and Thursday.", 1)
    fees = evidence("Fees", "What: Home visit; Price: £55", 2)

    def read(_question: str, sentences: Sequence[str]) -> list[float]:
        return [1.0 if "Tuesday" in s else -2.0 for s in sentences]

    text = said("home visit cost and which days do you do them", visits, fees, read=read)
    assert text == "We do home visits on Tuesday and Thursday. Home visit: price £55."
    assert "£55" not in said("which days do you do home visits", visits, fees, read=read)


def test_what_a_page_asks_itself_stands_before_its_answer():
    page = evidence("Signing in", "Forgot your password? Choose a code. Bye.")
    text = said("how do i reset my password", page, read=liking("password"))
    assert text == "Forgot your password? Choose a code."

"""Rows and enumerations are cut to the item asked for, and only where one is named."""

import pytest

from agent.replies.cutting import asks_for_several, cut_row, cut_sentence
from agent.replies.questions import read_question

AIRPORTS = "Transfer from Cork Airport €35 one way, from Dublin Airport €170."
RESULTS = "DELE takes three months, DELF six weeks, Goethe three weeks and TEG eight weeks."
FEES = "Adults pay £12, children £6 and students £9."
POSTING = "It takes 3 days to Spain, 5 days to Norway and two weeks elsewhere."


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("pick up from dublin airport price pls", AIRPORTS, "Transfer from Dublin Airport €170."),
        ("fare cork airport", AIRPORTS, "Transfer from Cork Airport €35 one way."),
        ("how long till i get goethe results", RESULTS, "Goethe: three weeks."),
        ("how long does dele take", RESULTS, "DELE takes three months."),
        ("whats it for children", FEES, "Children: £6."),
        ("how long to norway", POSTING, "It takes 5 days to Norway."),
        ("a week?", "Parking costs £5 a day and £25 a week.", "Parking costs £25 a week."),
        (
            "how much for a puppy",
            "A dog costs £10 a day, a puppy costs £8 a day.",
            "A puppy costs £8 a day.",
        ),
        (
            "how much is a child ticket",
            "A ticket costs £10 a person, a child ticket £6 a person.",
            "Child ticket: £6 a person.",
        ),
        ("how much is lunch", "Parking is £5 and lunch is £9.", "Lunch is £9."),
        (
            "when do you shut friday",
            "We close at 5pm on Monday, 6pm on Friday and 4pm on Saturday.",
            "We close at 6pm on Friday.",
        ),
    ],
)
def test_a_sentence_is_cut_to_the_item_named(question: str, text: str, said: str) -> None:
    assert cut_sentence(read_question(question), text) == said


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("transfer from shannon airport how much", AIRPORTS),
        ("cork or dublin airport", AIRPORTS),
        ("is dublin dearer than cork", AIRPORTS),
        ("children and students?", FEES),
        ("what are the prices", FEES),
        ("students?", "Adults pay £12 and students £9, but not on Sundays."),
        ("students?", "Students pay £9 if they bring their card, adults £12."),
        ("how long does it take", "It takes two days."),
        (
            "how much is a pedicure",
            "With a voucher a manicure costs $20, and a pedicure costs $35.",
        ),
        ("how much are pedicures", "For members manicures cost $20 and pedicures cost $35."),
        ("how much are manicures", "Manicures cost $20 and pedicures cost $35 for members."),
        ("how much is delivery", "Delivery is £4.99, or free for orders from £40."),
        ("price of bike rental", "Bike rental costs £15 and a deposit of £100 is taken."),
        ("how long for refunds", "Refunds take 3 days and reach your bank in 10 days."),
        ("do students get off", "Students get 20% and teachers get 10% with a valid ID."),
        (
            "how much to cancel 24 hours ahead",
            "Cancel 48 hours ahead for £10 and 24 hours ahead for £30.",
        ),
    ],
)
def test_a_sentence_stays_whole_where_no_single_item_is_named(question: str, text: str) -> None:
    assert cut_sentence(read_question(question), text) == text


HOURS = "Package: 10 hours; One person: €480; Two people (together): €610"


@pytest.mark.parametrize(
    ("question", "row", "left"),
    [
        (
            "me and the husband together, ten hours?",
            HOURS,
            "Package: 10 hours; Two people (together): €610",
        ),
        ("ten hours please", HOURS, HOURS),
        ("is it cheaper for two people together", HOURS, HOURS),
        (
            "iphone 13 battery price",
            "Model: iPhone 13; Screen: $130; Battery: $75; Time: 30 minutes",
            "Model: iPhone 13; Battery: $75; Time: 30 minutes",
        ),
        (
            "whats the price",
            "Way: Standard; Price: £4.99; Free over: £50",
            "Way: Standard; Price: £4.99; Free over: £50",
        ),
        (
            "weekend",
            "What: Hut; Weekend: £120; Cleaning fee: £30",
            "What: Hut; Weekend: £120; Cleaning fee: £30",
        ),
        ("how long", "Model: iPhone 13; Note: call us", "Model: iPhone 13; Note: call us"),
        ("battery", "| iPhone 13 | $130 | $75 |", "| iPhone 13 | $130 | $75 |"),
    ],
)
def test_a_row_keeps_the_cell_that_is_named(question: str, row: str, left: str) -> None:
    assert cut_row(read_question(question), row) == left


def test_several_items_are_asked_for_in_many_ways() -> None:
    for text in ("which is cheaper", "prices pls", "adults or kids", "both of them"):
        assert asks_for_several(read_question(text))
    assert not asks_for_several(read_question("how much for the 10 hours"))


CLUB = "What: A month; Cats: £13; Dogs up to 25 kg: £16; Dogs over 25 kg: £19; Rabbits: £11"
TYRES = "Job: Puncture; City bike: €24; E-bike: €32"
SAUNA = "What: Shared hour; Guests: €10; Others: €18"


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("how much is it for a 30kg dog", CLUB, "What: A month; Dogs over 25 kg: £19"),
        ("how much is it for a 12 kg dog", CLUB, "What: A month; Dogs up to 25 kg: £16"),
        ("puncture on an e bike how much", TYRES, "Job: Puncture; E-bike: €32"),
        ("ebike flat price", TYRES, "Job: Puncture; E-bike: €32"),
        ("price for non guests", SAUNA, SAUNA),
        ("price for guests", SAUNA, "What: Shared hour; Guests: €10"),
    ],
)
def test_a_row_is_cut_to_the_column_of_the_case(question: str, text: str, said: str) -> None:
    assert cut_row(read_question(question), text) == said

"""Two items told side by side, and the end of a table."""

import pytest

from agent.replies.comparing import answer_compared
from agent.replies.questions import read_question
from tests.replies.builders import evidence

PLANS = evidence(
    "Plans",
    "Plan: Sprig; Price per month: $25; Data: 10 GB\n"
    "Plan: Branch; Price per month: $40; Data: 35 GB\n"
    "Plan: Seed; Price per month: $15; Data: 2 GB",
)
SERVICES = evidence(
    "Workshop > What the services hold",
    "The small service: brakes and gears set, chain oiled. The large service adds wheels trued.",
    2,
)
PRICES = evidence(
    "Workshop > Prices", "Job: Small service; Price: €55\nJob: Large service; Price: €119", 3
)


def compared(question: str) -> str:
    draft = answer_compared(
        read_question(question), [PRICES, SERVICES, PLANS], lambda text: len(text) <= 300
    )
    return "" if draft is None else draft.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "whats the diff between sprig and branch",
            "Sprig: price per month $25, Data 10 GB. Branch: price per month $40, Data 35 GB.",
        ),
        (
            "sprig vs seed?",
            "Sprig: price per month $25, Data 10 GB. Seed: price per month $15, Data 2 GB.",
        ),
        (
            "difference between the small & large service",
            SERVICES.text,
        ),
        (
            "price difference small vs large service",
            "Small service: price €55. Large service: price €119.",
        ),
        ("whats the cheapest plan", "Seed: price per month $15, Data 2 GB."),
        ("most expensive plan?", "Branch: price per month $40, Data 35 GB."),
    ],
)
def test_both_sides_are_told_or_the_end_that_is_asked_for(question: str, said: str) -> None:
    assert compared(question) == said


@pytest.mark.parametrize(
    "question",
    [
        "how much is sprig",
        "difference between sprig and canopy",
        "is sprig or branch better for gaming",
        "whats the cheapest phone",
        "cheapest plan with a hotspot",
        "difference between the services",
    ],
)
def test_what_no_section_sets_side_by_side_is_left_to_the_sentences(question: str) -> None:
    assert compared(question) == ""

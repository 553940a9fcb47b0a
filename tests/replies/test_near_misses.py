"""The guard on hand-made near-misses of twelve classes (``python -m benchmarks.guard``)."""

from collections import Counter

import pytest

from tests.replies.near_misses import Part, Verdict, judge, near_misses, recall_by_class, rejected

LEAST_CASES_OF_A_CLASS = 50
LEAST_HELD_OUT_OF_A_CLASS = 10
LEAST_BRANDS = 25
HOLDS = {
    Part.SEEN: {"recall": 0.99, "recall_of_a_class": 0.94, "most_rejected": 0.08},
    Part.FREE: {"recall": 0.97, "recall_of_a_class": 0.90, "most_rejected": 0.20},
    Part.FREE_DEV: {"recall": 0.91, "recall_of_a_class": 0.69, "most_rejected": 0.20},
    Part.APART: {"recall": 0.90, "recall_of_a_class": 0.69, "most_rejected": 0.38},
}
"""What holds today. The bars (docs/answers.md) are not reached on the cases written apart."""


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [judge(case) for case in near_misses()]


def test_there_are_enough_cases_of_every_class_seen_and_held_out():
    cases = near_misses()
    by_class = Counter(case.kind for case in cases)
    held = Counter(case.kind for case in cases if case.part.held_out)

    assert len(by_class) == len(held) == 12
    assert min(by_class.values()) >= LEAST_CASES_OF_A_CLASS
    assert min(held.values()) >= LEAST_HELD_OUT_OF_A_CLASS
    assert len({case.brand for case in cases}) >= LEAST_BRANDS


def test_no_brand_is_both_seen_and_held_out():
    cases = near_misses()
    held = {case.brand for case in cases if case.part.held_out}

    assert held.isdisjoint(case.brand for case in cases if not case.part.held_out)


@pytest.mark.parametrize(("part_of", "bars"), HOLDS.items())
def test_near_misses_are_caught_and_true_replies_let_through(verdicts, part_of, bars):
    part = [verdict for verdict in verdicts if verdict.case.part is part_of]
    by_class = recall_by_class(part)
    caught = sum(hits for hits, _ in by_class.values())
    # Of the held-out cases only numbers are shown, so that nobody mends the guard by it.
    shown = [] if part_of.held_out else [v.case.true_reply for v in rejected(part)]

    assert caught / len(part) >= bars["recall"], by_class
    assert min(hits / seen for hits, seen in by_class.values()) >= bars["recall_of_a_class"]
    assert len(rejected(part)) / len(part) <= bars["most_rejected"], shown

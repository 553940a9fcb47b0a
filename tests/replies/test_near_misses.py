"""The guard on hand-made near-misses of twelve classes (``python -m benchmarks.guard``)."""

from collections import Counter

import pytest

from tests.replies.near_misses import Verdict, judge, near_misses, recall_by_class, rejected

LEAST_CASES_OF_A_CLASS = 34
LEAST_BRANDS = 15
SEEN = {"recall": 0.99, "recall_of_a_class": 0.94, "most_rejected": 0.05}
HELD_OUT = {"recall": 0.95, "recall_of_a_class": 0.77, "most_rejected": 0.12}


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [judge(case) for case in near_misses()]


def test_there_are_enough_cases_of_every_class_and_half_are_held_out():
    cases = near_misses()
    by_class = Counter(case.kind for case in cases)

    assert len(by_class) == 12
    assert min(by_class.values()) >= LEAST_CASES_OF_A_CLASS
    assert len({case.brand for case in cases}) >= LEAST_BRANDS
    assert Counter(case.kind for case in cases if case.held_out) == Counter(
        {kind: count // 2 for kind, count in by_class.items()}
    )


def test_no_brand_is_in_both_halves():
    cases = near_misses()
    held = {case.brand for case in cases if case.held_out}

    assert held.isdisjoint(case.brand for case in cases if not case.held_out)


@pytest.mark.parametrize(("held_out", "bars"), [(False, SEEN), (True, HELD_OUT)])
def test_near_misses_are_caught_and_true_replies_let_through(verdicts, held_out, bars):
    half = [verdict for verdict in verdicts if verdict.case.held_out is held_out]
    by_class = recall_by_class(half)
    caught = sum(hits for hits, _ in by_class.values())
    # Of the held-out half only numbers are shown, so that nobody mends the guard by it.
    shown = [] if held_out else [v.case.true_reply for v in rejected(half)]

    assert caught / len(half) >= bars["recall"], by_class
    assert min(hits / seen for hits, seen in by_class.values()) >= bars["recall_of_a_class"]
    assert len(rejected(half)) / len(half) <= bars["most_rejected"], shown

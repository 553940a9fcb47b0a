import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.errors import VersionError
from intents.evaluation.comparison import compare, intent_changes
from intents.figures.metrics import Predicted, interval
from intents.figures.paired import differences, mcnemar
from tests.intents.predictions import many, predicted


def test_only_messages_that_both_judged_count() -> None:
    a = [predicted(str(i), "a" if i < 10 else "b") for i in range(20)]
    b = [predicted(str(i), "a") for i in range(5, 30)]
    result = compare("one", "two", a, b)
    assert (result.messages, result.only_a, result.only_b) == (15, 0, 10)
    assert result.p_value < 0.05
    assert result.verdict.startswith("two is better")
    assert len(result.changed) == 10
    with pytest.raises(VersionError, match="different messages"):
        compare("one", "two", a, [predicted("z", "a")])


def test_a_relabelled_message_is_another_message() -> None:
    a, b = [predicted("x", "a", "a")], [predicted("x", "a", "b")]
    with pytest.raises(VersionError, match="different messages"):
        compare("one", "two", a, b)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 10, 0.001953), (1, 9, 0.021484), (600, 700, 0.006)],
)
def test_mcnemar(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p, rel=0.02)


def test_wilson_interval() -> None:
    # Agresti & Coull 1998, table 1: 0 of 10 and 9 of 10.
    assert interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert interval(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-3)
    assert interval(0, 0) == (0.0, 1.0)


def test_the_paired_interval_agrees_with_theory() -> None:
    # 1,000 messages, 60 won and 40 lost: a gain of .02 with a standard error of .00995.
    a = many("a", ["a"] * 900 + ["b"] * 40 + ["b"] * 60)
    b = many("a", ["a"] * 860 + ["b"] * 80 + ["a"] * 60)
    found = differences(list(zip(a, b, strict=True))).accuracy
    assert found.value == pytest.approx(0.02)
    assert found.low == pytest.approx(0.02 - 1.96 * 0.00995, abs=0.003)
    assert found.high == pytest.approx(0.02 + 1.96 * 0.00995, abs=0.003)


PAIRS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from("abcd"), st.sampled_from("abcd"), st.floats(0, 1)
    ),
    min_size=1,
    max_size=30,
)


@given(rows=PAIRS)
@settings(max_examples=50, deadline=None)
def test_a_version_does_not_differ_from_itself_and_swapping_swaps(
    rows: list[tuple[str, str, str, float]],
) -> None:
    def side(place: int) -> list[Predicted]:
        return [
            predicted(str(i), row[place], row[0], confidence=row[3]) for i, row in enumerate(rows)
        ]

    a, b = side(1), side(2)
    same = differences(list(zip(a, a, strict=True)), resamples=50)
    assert (same.accuracy.value, same.accuracy.low, same.accuracy.high) == (0, 0, 0)
    there = differences(list(zip(a, b, strict=True)), resamples=50)
    back = differences(list(zip(b, a, strict=True)), resamples=50)
    assert there.accuracy.value == pytest.approx(-back.accuracy.value, abs=1e-4)
    assert there.macro_f1.low == pytest.approx(-back.macro_f1.high, abs=2e-4)


def test_intents_that_moved_are_named_with_what_became_of_them() -> None:
    a = many("track", ["track"] * 10) + many("hours", ["track"] * 5 + ["hours"] * 5)
    b = many("track", ["track"] * 4 + ["refund"] * 6) + many("hours", ["hours"] * 10)
    changes = {c.intent: c for c in intent_changes(list(zip(a, b, strict=True)))}
    assert (changes["track"].lost, changes["track"].won) == (6, 0)
    assert changes["track"].now_read_as == "refund"
    assert changes["track"].p_value < 0.05
    assert changes["hours"].f1_after > changes["hours"].f1_before
    result = compare("one", "two", a, b)
    assert [c.intent for c in result.worse] == ["track"]
    assert [c.intent for c in result.better] == ["hours"]
    lost, now = result.changed[0]
    assert (lost.right, now.right) == (True, False)

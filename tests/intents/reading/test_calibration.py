import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from intents.reading.calibration import (
    area_under_roc,
    expected_calibration_error,
    fit_logistic,
    fit_monotone,
    fit_temperature,
    fit_top,
    sharpen_top,
    softmax,
)
from intents.training import thresholds


def test_the_temperature_recovers_the_one_that_made_the_labels() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(4000, 5)).astype(np.float32)
    chances = softmax(scores, 0.4)
    truth = np.array([rng.choice(5, p=row) for row in chances])
    assert fit_temperature(scores, truth) == pytest.approx(0.4, rel=0.1)


@given(arrays(np.float64, (3, 4), elements=st.floats(-50, 50)), st.floats(0.01, 3))
def test_softmax_gives_probabilities(scores: np.ndarray, temperature: float) -> None:
    chances = softmax(scores, temperature)
    assert np.isfinite(chances).all()
    assert chances.sum(axis=1) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [
        ([0.1, 0.2, 0.8, 0.9], [False, False, True, True], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [False, False, True, True], 0.0),
        ([0.5, 0.5, 0.5, 0.5], [False, True, False, True], 0.5),
        ([0.1, 0.9], [True, True], 0.5),
    ],
)
def test_area_under_roc(scores: list[float], positive: list[bool], area: float) -> None:
    assert area_under_roc(np.array(scores), np.array(positive)) == pytest.approx(area)


def test_area_under_roc_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    scores, positive = np.round(rng.random(500), 2), rng.random(500) > 0.7
    assert area_under_roc(scores, positive) == pytest.approx(
        metrics.roc_auc_score(positive, scores)
    )


def test_calibration_error_is_nought_for_the_honest_and_large_for_the_boastful() -> None:
    right = np.array([True, False] * 50)
    assert expected_calibration_error(np.full(100, 0.5), right) == pytest.approx(0)
    assert expected_calibration_error(np.full(100, 1.0), right) == pytest.approx(0.5)


def test_the_monotone_curve_rises_and_follows_the_data() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(1000)
    knots = fit_monotone(scores, scores**2 + rng.normal(0, 0.05, 1000), most_knots=20)
    values = [value for _, value in knots]
    assert values == sorted(values)
    read = np.interp([0.2, 0.5, 0.9], *zip(*knots, strict=True))
    assert read == pytest.approx([0.04, 0.25, 0.81], abs=0.05)


def test_a_prior_moves_the_logistic_probability() -> None:
    rng = np.random.default_rng(2)
    evidence = rng.normal(size=(1000, 1))
    positive = rng.random(1000) < 0.1
    low = fit_logistic(evidence, positive, prior=0.05).probability(evidence).mean()
    high = fit_logistic(evidence, positive, prior=0.5).probability(evidence).mean()
    assert low == pytest.approx(0.05, abs=0.02)
    assert high == pytest.approx(0.5, abs=0.05)


def test_for_precision_takes_the_lowest_threshold_that_keeps_it() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    positive = np.array([True, True, False, True, False])
    assert thresholds.for_precision(chances, positive, 0.75) == pytest.approx(0.6)
    assert thresholds.for_precision(chances, positive, 1.0) == pytest.approx(0.8)


def test_for_false_alarms_lets_only_the_allowed_share_pass() -> None:
    rng = np.random.default_rng(4)
    chances, positive = rng.random(1000), rng.random(1000) < 0.3
    threshold = thresholds.for_false_alarms(chances, positive, 0.02)
    assert (chances[~positive] >= threshold).mean() <= 0.02


def test_the_doubt_thresholds_lie_where_the_curves_cross() -> None:
    rng = np.random.default_rng(5)
    best = rng.uniform(0.34, 1.0, 6000)
    others = (1 - best) / 2
    chances = np.column_stack([best, others, others])
    truth = np.array([rng.choice(3, p=row / row.sum()) for row in chances])
    margin = thresholds.too_close(chances, truth, least=0.0)
    # Right as often as said: margin m means best (1 + 2 m) / 3.
    assert (1 + 2 * margin) / 3 == pytest.approx(thresholds.BELIEVED_FROM, abs=0.06)
    assert thresholds.too_low(chances, truth) == 0.0


def test_the_top_is_recalibrated_and_rows_stay_probabilities() -> None:
    rng = np.random.default_rng(6)
    scores = rng.normal(size=(3000, 6))
    truth = np.array([rng.choice(6, p=row) for row in softmax(scores, 1.0)])
    boastful = softmax(scores, 0.3)
    slope, offset = fit_top(boastful, truth)
    honest = sharpen_top(boastful, slope, offset)
    right = honest.argmax(axis=1) == truth
    assert honest.sum(axis=1) == pytest.approx(np.ones(3000))
    before = expected_calibration_error(boastful.max(axis=1), right)
    assert expected_calibration_error(honest.max(axis=1), right) < before / 2


def test_a_top_that_is_always_right_is_left_alone() -> None:
    assert fit_top(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1])) == (1.0, 0.0)

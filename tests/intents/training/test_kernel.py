import numpy as np
import pytest
from scipy.sparse import csr_matrix

from intents.reading.calibration import Floats, Integers
from intents.reading.features import embedding_kernel
from intents.training import kernel
from intents.training.heads import folds_of, nearness_across_folds
from intents.training.kernel import Rows


def some_rows(count: int) -> Rows:
    rng = np.random.default_rng(7)
    projected = rng.normal(size=(count, 6)).astype(np.float32) / 3
    grams = csr_matrix(
        (rng.random((count, 20)) * (rng.random((count, 20)) > 0.7)).astype(np.float32)
    )
    return Rows(projected, grams)


def likeness(left: Rows, right: Rows) -> Floats:
    products = embedding_kernel(left.projected @ right.projected.T)
    return products + (left.grams @ right.grams.T).toarray()


def refitted(rows: Rows, targets: Floats, fold: Integers) -> Floats:
    """What a model trained without the fold says of it, by training one."""
    rest = np.setdiff1d(np.arange(len(targets)), fold)
    offset = targets.mean(axis=0)
    inside = likeness(rows.take(rest), rows.take(rest)) + kernel.RIDGE * np.eye(len(rest))
    alpha = np.linalg.solve(inside, targets[rest] - offset)
    return likeness(rows.take(fold), rows.take(rest)) @ alpha + offset


@pytest.mark.parametrize("count", [30, 60])
def test_out_of_fold_scores_are_those_of_models_trained_without_the_fold(count: int) -> None:
    rows = some_rows(count)
    targets = np.eye(3, dtype=np.float32)[np.arange(count) % 3]
    folds = [np.arange(count)[part::4] for part in range(4)]
    fit = kernel.fit(rows, targets, folds)
    for fold in folds:
        assert np.allclose(fit.out_of_fold[fold], refitted(rows, targets, fold), atol=2e-3)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = some_rows(50)
    targets = np.eye(2, dtype=np.float32)[np.arange(50) % 2]
    folds = [np.arange(25), np.arange(25, 50)]
    whole = kernel.fit(rows, targets, folds)
    monkeypatch.setattr(kernel, "_BLOCK_ROWS", 7)
    parts = kernel.fit(rows, targets, folds)
    assert np.allclose(whole.alpha, parts.alpha, atol=1e-3)
    assert np.allclose(whole.out_of_fold, parts.out_of_fold, atol=1e-3)


def test_whole_writers_are_held_out_where_there_are_three() -> None:
    writers = ["ann", "bob", "cid", "ann", "bob", "cid"]
    folds = folds_of(writers, ["x"] * 6, seed=0)
    assert [list(fold) for fold in folds] == [[0, 3], [1, 4], [2, 5]]


def test_without_writers_each_label_is_spread_over_five_folds() -> None:
    labels = ["x"] * 10 + ["y"] * 10
    folds = folds_of([""] * 20, labels, seed=1)
    assert sorted(int(i) for fold in folds for i in fold) == list(range(20))
    for fold in folds:
        assert sorted(labels[i] for i in fold) == ["x", "x", "y", "y"]


def test_nearness_looks_only_at_other_folds() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    folds = [np.array([0, 1]), np.array([2, 3])]
    near = nearness_across_folds(vectors, folds, np.ones(4, bool))
    assert near == pytest.approx([0, 0, 0, 0])

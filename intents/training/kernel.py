"""Kernel ridge regression on the likeness of ``features``, and its exact out-of-fold scores.

Least squares on class indicators in this kernel (a least-squares SVM, Suykens & Vandewalle 1999)
beats a linear SVM on the same features by three points on held-out writers and by half a point
on BANKING77, and one factorisation gives both the model and what each fold's model, trained
without that fold, would have said of it: with ``A = (K + ridge I)^-1`` and ``a = A T``, the fold
g is predicted as ``T_g - (A_gg)^-1 a_g`` (Rifkin & Lippert 2007). So no fold is trained again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intents.reading.calibration import Floats, Integers
from intents.reading.features import embedding_kernel

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

RIDGE = 0.3
"""Chosen on held-out writers among 0.15, 0.3, 0.6, 1, 3; the curve is flat between 0.15 and 0.6."""

_BLOCK_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """Training texts in the space: ``projected (n, k)`` and ``grams (n, vocabulary)``."""

    projected: Floats
    grams: "csr_matrix"

    def take(self, places: Integers) -> "Rows":
        """Return these rows only."""
        return Rows(self.projected[places], self.grams[places])


@dataclass(frozen=True, slots=True)
class Fit:
    """A trained head.

    ``alpha`` is ``(n, outputs)``, ``offset`` ``(outputs,)``; ``out_of_fold`` holds for each row
    the scores of the model that was trained without the row's fold, ``second`` the same for a
    second way of parting the rows.
    """

    alpha: Floats
    offset: Floats
    out_of_fold: Floats
    second: Floats


def upper_kernel(rows: Rows) -> Floats:
    """Return the likeness of all rows ``(n, n) float32``.

    Only the upper triangle is filled, since the n-grams' part is slow and the matrix symmetric.
    """
    count = len(rows.projected)
    # Block by block: the temporaries of one go would take four times the matrix's memory.
    out = np.empty((count, count), np.float32)
    for start in range(0, count, _BLOCK_ROWS):
        stop = start + _BLOCK_ROWS
        near = rows.projected[start:stop] @ rows.projected[start:].T
        grams = rows.grams[start:stop] @ rows.grams[start:].T
        out[start:stop, start:] = embedding_kernel(near) + grams.toarray()
    return out


def fit(
    rows: Rows,
    targets: Floats,
    folds: Sequence[Integers],
    *,
    second_folds: Sequence[Integers] = (),
    ridge: float = RIDGE,
    progress: Callable[[str], None] = lambda _stage: None,
) -> Fit:
    """Train a head on ``targets (n, outputs)``.

    ``folds`` part the rows, ``second_folds`` may part them in another way; a row in no fold keeps
    NaN as its out-of-fold score.
    """
    progress("comparing messages")
    kernel = upper_kernel(rows)
    progress("solving")
    inverse, alpha, centred, offset = _solve(kernel, targets, ridge)
    parted = [_out_of_fold(inverse, alpha, centred, each) for each in (folds, second_folds)]
    return Fit(alpha, offset, parted[0] + offset, parted[1] + offset)


def out_of_fold_of(
    likeness: Floats, targets: Floats, folds: Sequence[Integers], *, ridge: float = RIDGE
) -> Floats:
    """Return what each fold's own model says ``(n, outputs)``, of a likeness made elsewhere.

    For trying other features: ``likeness (n, n)`` is overwritten.
    """
    inverse, alpha, centred, offset = _solve(likeness, targets, ridge)
    return np.asarray(_out_of_fold(inverse, alpha, centred, folds) + offset, np.float32)


def _solve(kernel: Floats, targets: Floats, ridge: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the inverse, the weights, the centred targets and their mean."""
    offset = targets.mean(axis=0)
    centred = np.ascontiguousarray(targets - offset, np.float32)
    inverse = _inverse(kernel, ridge)
    alpha: Floats = inverse @ centred
    return inverse, alpha, centred, np.asarray(offset, np.float32)


def _out_of_fold(
    inverse: Floats, alpha: Floats, targets: Floats, folds: Sequence[Integers]
) -> Floats:
    out: Floats = np.full_like(targets, np.nan)
    for fold in folds:
        block = inverse[np.ix_(fold, fold)]
        out[fold] = targets[fold] - np.linalg.solve(block, alpha[fold])
    return out


def _inverse(kernel: Floats, ridge: float) -> Floats:
    """Return ``(kernel + ridge I)^-1`` of a kernel's upper triangle, in the same memory."""
    from scipy.linalg import lapack

    kernel[np.diag_indices_from(kernel)] += ridge
    # LAPACK wants columns first: our upper triangle is its lower one.
    factor, failed = lapack.spotrf(kernel.T, lower=True, overwrite_a=True, clean=False)
    if failed:
        message = "the kernel matrix is not positive definite; is a training text not a number?"
        raise ArithmeticError(message)
    inverse, _ = lapack.spotri(factor, lower=True, overwrite_c=True)
    result: Floats = inverse.T
    mirror(result)
    return result


def mirror(matrix: Floats) -> None:
    """Copy a square matrix's upper triangle onto its lower one, block by block."""
    size = len(matrix)
    for start in range(0, size, _BLOCK_ROWS):
        stop = min(start + _BLOCK_ROWS, size)
        matrix[stop:, start:stop] = matrix[start:stop, stop:].T
        corner = np.triu(matrix[start:stop, start:stop])
        matrix[start:stop, start:stop] = corner + np.triu(corner, 1).T

"""Eight bits for a float: each row by its own largest component, zero as zero."""

import numpy as np
from numpy.typing import NDArray

LARGEST = 127
"""The largest step of a signed byte."""

ZERO = 128
"""What stands for 0 in an unsigned byte; ONNX Runtime is quickest at unsigned times signed."""

TINY = 1e-9
"""The least step, so that a row of zeros is one."""

Rows = NDArray[np.float32]


def quantised(rows: Rows) -> tuple[NDArray[np.int8], Rows]:
    """Return ``rows (n, k)`` as bytes and the step ``(n,)`` of each row.

    What was restored by ``dequantised`` gives the same bytes again.
    """
    steps = np.maximum(np.abs(rows).max(axis=1), TINY) / LARGEST
    return np.rint(rows / steps[:, None]).astype(np.int8), steps.astype(np.float32)


def dequantised(small: NDArray[np.int8], steps: Rows) -> Rows:
    """Return what the bytes stand for, ``(n, k)``."""
    restored: Rows = small.astype(np.float32) * steps[:, None]
    return restored

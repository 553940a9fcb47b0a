"""Accuracy on a writer whose lines no model saw, by how many other writers it learnt from.

Where the curve still rises at its end, more people's wording would help. Nothing is trained again
for its points: with the writers in some order, the Cholesky factor of the first ones' kernel is the
corner of that of all, so one factorisation an order gives every point of it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from intents.corpus.data import Corpus
from intents.encoders.encoder import Encoder
from intents.errors import VersionError
from intents.figures.metrics import interval
from intents.reading.calibration import Floats, Integers
from intents.training import kernel
from intents.training.examples import Table, intent_examples_of
from intents.training.heads import one_hot

CURVE = "learning_curve.json"
FORM = 1
MOST_ORDERS = 4
_LEAST_WRITERS = 3
_POINTS = 6

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Accuracy on held-out writers after learning from ``writers`` others (95% Wilson)."""

    writers: int
    messages: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCurve:
    """The curve of some training data. ``held_out`` are the writers whose lines were predicted."""

    data_sha256: str
    held_out: tuple[str, ...]
    points: tuple[Point, ...]
    form: int = FORM

    @property
    def rising_by(self) -> float | None:
        """Accuracy that the last point gained over the one before; None of a single point."""
        if len(self.points) < 2:  # noqa: PLR2004 - a gain takes two
            return None
        return round(self.points[-1].accuracy - self.points[-2].accuracy, 4)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


_CURVE = TypeAdapter(LearningCurve)


def read_curve(path: Path, *, data_sha256: str) -> LearningCurve | None:
    """Return the curve kept, if it is of this data.

    Raises:
        VersionError: the file is broken.
    """
    if not path.is_file():
        return None
    try:
        curve = _CURVE.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise VersionError(f"{path} is unreadable: {error}", hint=f"Delete {path}.") from None
    return curve if curve.data_sha256 == data_sha256 and curve.form == FORM else None


def learning_curve(
    corpus: Corpus,
    encoder: Encoder,
    *,
    most_orders: int = MOST_ORDERS,
    progress: Progress = lambda _stage, _done, _total: None,
) -> LearningCurve:
    """Measure the curve of the intents.

    Each of up to ``most_orders`` writers is held out in turn, the largest first, and the others
    are added one after the other. 12,000 messages take about two minutes and 2.2 GB.

    Returns a curve without points where there are fewer than three writers.
    """
    examples = intent_examples_of(corpus)
    writers = np.array([example.writer for example in examples])
    names = sorted(set(writers), key=lambda name: (-int((writers == name).sum()), name))
    if len(names) < _LEAST_WRITERS:
        return LearningCurve(data_sha256=corpus.digest, held_out=(), points=())
    table = Table([example.text for example in examples], encoder, progress)
    progress("comparing messages", 0, 0)
    rows = table.rows.take(table.places(examples))
    likeness = kernel.upper_kernel(rows)
    kernel.mirror(likeness)
    labels = sorted({example.label for example in examples})
    truth = np.array([labels.index(example.label) for example in examples], np.int64)
    counts: dict[int, list[tuple[int, int, int]]] = {}
    held_out = names[:most_orders]
    for done, name in enumerate(held_out):
        progress("learning from more and more writers", done, len(held_out))
        others = [other for other in names if other != name]
        # Each order starts with another writer, so that no point hangs on who came first.
        order = others[done:] + others[:done]
        parts = [np.flatnonzero(writers == other) for other in order]
        asked = np.flatnonzero(writers == name)
        for point in _one_order(likeness, one_hot(truth, len(labels)), truth, parts, asked):
            counts.setdefault(point[0], []).append(point[1:])
    points = tuple(_point(number, found) for number, found in sorted(counts.items()))
    return LearningCurve(data_sha256=corpus.digest, held_out=tuple(held_out), points=points)


def _one_order(
    likeness: Floats,
    targets: Floats,
    truth: Integers,
    parts: Sequence[Integers],
    asked: Integers,
) -> list[tuple[int, int, int, int]]:
    """Return for growing numbers of writers: that number, messages, right ones, all asked."""
    from scipy.linalg import cholesky, solve_triangular

    order = np.concatenate(parts)
    ends = np.cumsum([len(part) for part in parts])
    system = likeness[np.ix_(order, order)]
    system[np.diag_indices_from(system)] += kernel.RIDGE
    factor = cholesky(system, lower=True, overwrite_a=True, check_finite=False)
    found = []
    for number in _sizes(len(parts)):
        count = int(ends[number - 1])
        known = order[:count]
        offset = targets[known].mean(axis=0)
        corner = factor[:count, :count]
        half = solve_triangular(corner, targets[known] - offset, lower=True, check_finite=False)
        alpha = solve_triangular(corner, half, lower=True, trans="T", check_finite=False)
        guess = (likeness[np.ix_(asked, known)] @ alpha + offset).argmax(axis=1)
        found.append((number, count, int((guess == truth[asked]).sum()), len(asked)))
    return found


def _sizes(writers: int) -> list[int]:
    """Return up to six numbers of writers, from one to all."""
    return sorted({max(1, round(writers * (i + 1) / _POINTS)) for i in range(_POINTS)} | {1})


def _point(writers: int, found: Sequence[tuple[int, int, int]]) -> Point:
    right, asked = sum(row[1] for row in found), sum(row[2] for row in found)
    low, high = interval(right, asked)
    return Point(
        writers=writers,
        messages=round(sum(row[0] for row in found) / len(found)),
        accuracy=round(right / asked, 4),
        low=round(low, 4),
        high=round(high, 4),
    )

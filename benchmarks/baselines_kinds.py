"""What a baseline is: trained on texts and labels, then asked one message at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol


class SkippedError(Exception):
    """A baseline cannot run here; the message is the reason, and what would help."""


class Baseline(Protocol):
    """A trained classifier of another make."""

    @property
    def name(self) -> str:
        """What it is, with its version, for the table."""
        ...

    def classify(self, text: str) -> tuple[str, float]:
        """Return the best intent, and how sure it is, in [0, 1]."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


Weights = Callable[[], Path]
"""Returns the fast encoder's folder as published: looked up only by those who need it."""

Maker = Callable[[Sequence[str], Sequence[str], Weights], Baseline]
"""Trains a baseline on texts and their labels.

Raises:
    SkippedError: what it needs is not installed.
"""

"""What this room is given: an encoder, somewhere to tell progress, and today's date."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""``(n, d) float32``, rows of length 1."""

Progress = Callable[[str], None]
"""Is told what is being done, in words."""

Share = Callable[[float], None]
"""Is told how much is done, in [0, 1]."""

Today = Callable[[], date]


class EncoderLike(Protocol):
    """Turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return ``(n, d) float32``, each row of length 1."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether a lower-case text is a word that the encoder knows as a whole."""
        ...


class Mends(Protocol):
    """Puts right the slips of customers."""

    def mend(self, word: str) -> str:
        """Return the word that was meant, or the word itself."""
        ...


def no_progress(message: str) -> None:
    """Ignore progress."""
    del message


def no_share(share: float) -> None:
    """Ignore how much is done."""
    del share

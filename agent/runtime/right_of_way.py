"""Texts that come in go before turns that think, and few of these at once.

A provider waits for its webhook's answer and calls again if it takes too long; a turn's reply may
come a moment later. In a burst both want the same cores. Only texts count whose sender has been
checked: nobody else can hold turns back. Turns that only compute gain nothing by
being more than the cores, they only get into each other's way; those that wait for a language model
do.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_EASE = 4
"""Texts that can be taken in at once on two cores with time for the models to read each, about 8 ms
of one core."""

THINKERS = 2
"""Turns of one process that think at once where no language model is waited for."""


class RightOfWay:
    """Holds turns back while texts are being taken in, a while at most, so that all get on."""

    def __init__(self, *, longest_s: float = 2.0, thinkers: int = THINKERS) -> None:
        """Make one for a process.

        Args:
            longest_s: how long a turn waits for texts to be taken in, in seconds.
            thinkers: turns that think at once.
        """
        self._longest_s = longest_s
        self._thinkers = threading.BoundedSemaphore(thinkers)
        self._arriving = 0
        self._changed = threading.Condition()

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Count a text while it is taken in."""
        with self._changed:
            self._arriving += 1
        try:
            yield
        finally:
            with self._changed:
                self._arriving -= 1
                if not self._arriving:
                    self._changed.notify_all()

    @property
    def crowded(self) -> bool:
        """Whether so many texts come in that whatever can wait for their turns should wait."""
        return self._arriving > AT_EASE

    @contextmanager
    def thinking(self) -> Iterator[None]:
        """Wait for one of the places to think, and until no text is being taken in."""
        with self._thinkers:
            with self._changed:
                self._changed.wait_for(lambda: not self._arriving, self._longest_s)
            yield

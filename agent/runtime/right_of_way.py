"""Texts that come in go before turns that think, and few of these at once.

A provider waits for its webhook's answer and calls again if it takes too long; a turn's reply may
come a moment later. In a burst both want the same cores. Only texts count whose sender has been
checked: nobody else can hold turns back. Turns that only compute gain nothing by
being more than the cores, they only get into each other's way; those that wait for a language model
do. Processes on one machine share its cores, so that they tell each other by a file's time.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

AT_EASE = 4
"""Texts that can be taken in at once on two cores with time for the models to read each, about 8 ms
of one core."""

THINKERS = 2
"""Turns of one process that think at once where no language model is waited for."""


FRESH_S = 0.03
"""So long after its time a text of another process counts as being taken in."""

_TELL_S = 0.02
"""The file's time is set no more often than this."""


class Beacon:
    """A file whose time says when a process of this machine last took a text in.

    It only spares webhooks a wait: where the file cannot be written or is gone, nothing is told.
    """

    def __init__(self, file: Path) -> None:
        """Make the file where it is not there yet."""
        with suppress(OSError):
            file.touch()
        self._file = file
        self._mine_ns = 0

    def tell(self) -> None:
        """Say that a text is being taken in."""
        now = time.time_ns()
        if abs(now - self._mine_ns) > _TELL_S * 1e9:
            self._mine_ns = now
            with suppress(OSError):
                os.utime(self._file, ns=(now, now))

    def lit(self) -> bool:
        """Whether another process is taking a text in."""
        try:
            at = self._file.stat().st_mtime_ns
        except OSError:
            return False
        return at != self._mine_ns and 0 <= time.time_ns() - at < FRESH_S * 1e9


class RightOfWay:
    """Holds turns back while texts are being taken in, a while at most, so that all get on."""

    def __init__(
        self,
        *,
        longest_s: float = 2.0,
        thinkers: int = THINKERS,
        beacon: Beacon | None = None,
    ) -> None:
        """Make one for a process.

        Args:
            longest_s: how long a turn waits for texts to be taken in, in seconds.
            thinkers: turns that think at once.
            beacon: tells other processes of the machine; None where there are none.
        """
        self._longest_s = longest_s
        self._beacon = beacon
        self._thinkers = threading.BoundedSemaphore(thinkers)
        self._arriving = 0
        self._changed = threading.Condition()

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Count a text while it is taken in."""
        with self._changed:
            self._arriving += 1
        if self._beacon is not None:
            self._beacon.tell()
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
            self._wait_for_texts()
            yield

    def _wait_for_texts(self) -> None:
        until = time.monotonic() + self._longest_s
        with self._changed:
            self._changed.wait_for(lambda: not self._arriving, self._longest_s)
            while self._beacon is not None and self._beacon.lit() and time.monotonic() < until:
                self._changed.wait(FRESH_S / 3)

"""Texts that come in go before turns that think, and few of these at once.

A provider waits for its webhook's answer and calls again if it takes too long; a turn's reply may
come a moment later. In a burst both want the same cores. Only texts count whose sender has been
checked: nobody else can hold turns back. Turns that only compute gain nothing by
being more than the cores, they only get into each other's way; those that wait for a language model
do. Processes on one machine share its cores, so that they tell each other by files' times.
"""

import os
import secrets
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
"""A file's time is set no more often than this."""
_GONE_S = 3600.0
"""A process that has taken no text in for so long may be gone; if not, it makes its file again."""


class Beacon:
    """A folder with a file of each process: its time says when that last took a text in.

    It only spares webhooks a wait: where the folder cannot be written or is gone, nothing is told.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is not there yet; files of processes long gone are deleted."""
        self._folder = folder
        self._mine = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._told_ns = 0
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            for file in folder.iterdir():
                if time.time() - file.stat().st_mtime > _GONE_S:
                    file.unlink(missing_ok=True)

    def tell(self) -> None:
        """Say that a text is being taken in."""
        now = time.time_ns()
        if abs(now - self._told_ns) > _TELL_S * 1e9:
            self._told_ns = now
            with suppress(OSError):
                # Made anew where another process has taken us for gone.
                self._mine.touch()

    def lit(self) -> bool:
        """Whether another process is taking a text in."""
        try:
            with os.scandir(self._folder) as files:
                others = [file for file in files if file.name != self._mine.name]
                return any(self._fresh(file.stat().st_mtime_ns) for file in others)
        except OSError:
            return False

    def _fresh(self, at_ns: int) -> bool:
        # A time that is yet to come is of a clock that was set back.
        return 0 <= time.time_ns() - at_ns < FRESH_S * 1e9


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
        """Wait until no text is being taken in, and for one of the places to think."""
        until = time.monotonic() + self._longest_s
        while True:
            # Before a place is taken, so that whoever waits keeps none from the others.
            self._wait_for_texts(until)
            self._thinkers.acquire()
            if time.monotonic() >= until or not self._texts_come():
                break
            self._thinkers.release()
        try:
            yield
        finally:
            self._thinkers.release()

    def _texts_come(self) -> bool:
        return self._arriving > 0 or (self._beacon is not None and self._beacon.lit())

    def _wait_for_texts(self, until: float) -> None:
        with self._changed:
            while self._texts_come() and (left_s := until - time.monotonic()) > 0:
                # Nobody tells when another process's text is in.
                self._changed.wait(left_s if self._arriving else min(left_s, FRESH_S / 3))

"""Telling people how far a long piece of work is, without flooding them."""

import time
from collections.abc import Callable

Tell = Callable[[str], None]

TELL_EVERY_S = 2.0


class NowAndThen:
    """Passes news on, at most every two seconds."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told = time.monotonic()

    def __call__(self, message: str) -> None:
        """Take news; it is dropped where something was told a moment ago."""
        if time.monotonic() - self._told >= TELL_EVERY_S:
            self.tell_now(message)

    def tell_now(self, message: str) -> None:
        """Tell news that must not be dropped."""
        self._told = time.monotonic()
        self._tell(f"  {message}")


class Steps:
    """Tells each new stage of a work at once, and then now and then how far it is."""

    def __init__(self, tell: Tell) -> None:
        self._news = NowAndThen(tell)
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take news of progress."""
        message = f"{stage}: {done} of {total}" if total else stage
        if stage != self._stage:
            self._stage = stage
            self._news.tell_now(message)
        else:
            self._news(message)

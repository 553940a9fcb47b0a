"""A circuit breaker: what keeps failing is left alone for a while."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Leaves the model alone for ``open_s`` seconds after ``failures`` failures in a row."""

    def __init__(
        self, *, failures: int = 3, open_s: float = 30.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = failures
        self._open_s = open_s
        self._now = now
        self._failures = 0
        self._closed_at = 0.0
        self._lock = threading.Lock()

    def allow(self) -> bool:
        """Whether a call may be made; after the pause one failure opens it again."""
        with self._lock:
            return self._failures < self._most or self._now() >= self._closed_at

    def succeeded(self) -> None:
        """Count a call that worked."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Count a call that did not."""
        with self._lock:
            self._failures += 1
            self._closed_at = self._now() + self._open_s

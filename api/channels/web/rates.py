"""How fast a visitor may write: token buckets in this process."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEYS = 10_000
"""Buckets kept; the least used are forgotten, which is to say full."""


@dataclass(kw_only=True)
class Buckets:
    """One bucket a key: ``burst`` tokens, one more every ``refill_s`` seconds.

    ``now`` tells seconds that never go back.
    """

    burst: int
    refill_s: float
    now: Callable[[], float]
    _kept: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> int:
        """Take a token; return 0, or the seconds until there is one."""
        with self._lock:
            now = self.now()
            tokens, at = self._kept.pop(key, (float(self.burst), now))
            tokens = min(float(self.burst), tokens + (now - at) / self.refill_s)
            enough = tokens >= 1
            self._kept[key] = (tokens - 1 if enough else tokens, now)
            if len(self._kept) > MOST_KEYS:
                self._kept.popitem(last=False)
        return 0 if enough else max(1, math.ceil((1 - tokens) * self.refill_s))

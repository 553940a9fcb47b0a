"""Few heaps: glibc gives up to eight times as many as there are cores, one to each busy thread."""

import ctypes
from contextlib import suppress

MOST_HEAPS = 2
"""What each holds on to is lost to the others: a service under load took 45 MB more with sixteen.
Python's threads hardly ever ask for memory at the same time."""
_M_ARENA_MAX = -8
"""From glibc's ``malloc.h``."""


def limit_heaps() -> None:
    """Let the process's threads share few heaps; does nothing on another C library than glibc."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, MOST_HEAPS)

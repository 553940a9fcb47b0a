"""What was worked out lately, so that nobody works it out again.

A customer's text is read more than once within seconds: by the webhook for opt-outs, by its turn
for everything, by the search for an answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

FEW = 16
"""Texts at once that are a customer's, and may well be asked for again; more are a batch job's."""


class Recent(Generic[Key, Value]):
    """Remembers the value of up to ``most`` keys, the least lately used forgotten first.

    Thread-safe. Values are shared between callers: whoever changes one copies it first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, keys: Sequence[Key], compute: Callable[[list[Key]], Sequence[Value]]
    ) -> list[Value]:
        """Return a value for each key; ``compute`` gets those that are not remembered, once each.

        Two threads that miss the same key at once both compute it. Nothing is remembered of a
        ``compute`` that raises.
        """
        with self._lock:
            known = {key: self._values[key] for key in keys if key in self._values}
            for key in known:
                self._values.move_to_end(key)
        missing = list(dict.fromkeys(key for key in keys if key not in known))
        if missing:
            fresh = dict(zip(missing, compute(missing), strict=True))
            known |= fresh
            with self._lock:
                self._values |= fresh
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
        return [known[key] for key in keys]

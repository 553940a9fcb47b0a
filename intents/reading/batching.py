"""Concurrent requests read together: whoever comes first reads for all who wait.

A batch costs far less than its messages one by one. Nobody waits for company: a request that comes
alone is read at once, those that come meanwhile are read together as soon as that is done.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from intents.encoders.encoder import Encoder
from intents.reading.parameters import Parameters
from intents.types import ConsentReading, Expected, Understanding

MOST_TOGETHER = 16
"""Messages read at once; with more, the first of them would wait too long for the last."""


class ReadsBatches(Protocol):
    """What is batched: an ``Understander``, or anything that reads like one."""

    @property
    def version(self) -> str:
        """The models' version."""
        ...

    @property
    def encoder(self) -> Encoder:
        """The encoder that reads every message."""
        ...

    @property
    def parameters(self) -> Parameters:
        """The version's thresholds and calibration."""
        ...

    def understand_batch(
        self, texts: Sequence[str], expected: Sequence[Expected | None] = ()
    ) -> list[Understanding]:
        """Read many messages."""
        ...

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Read only what a message says about texting."""
        ...

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names from now on."""
        ...


@dataclass(slots=True, eq=False)
class _Request:
    """One message that waits, and what came of it: a reading or an error, once it is ``done``."""

    text: str
    expected: Expected | None
    reading: Understanding | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.reading is not None or self.error is not None


class BatchingUnderstander:
    """Reads like the ``Understander`` in it, concurrent calls together. Thread-safe."""

    def __init__(self, inner: ReadsBatches, *, most: int = MOST_TOGETHER) -> None:
        self.inner = inner
        self._most = most
        self._waiting: list[_Request] = []
        self._reading = False
        self._changed = threading.Condition()

    @property
    def version(self) -> str:
        """The models' version."""
        return self.inner.version

    @property
    def encoder(self) -> Encoder:
        """The encoder that the models read with."""
        return self.inner.encoder

    @property
    def parameters(self) -> Parameters:
        """The version's thresholds and calibration."""
        return self.inner.parameters

    def know_products(self, names: Sequence[str]) -> None:
        """Find these product names in messages from now on, instead of those given before."""
        self.inner.know_products(names)

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Return only what a message says about texting; never waits for others."""
        return self.inner.read_consent(text)

    def understand_batch(
        self, texts: Sequence[str], expected: Sequence[Expected | None] = ()
    ) -> list[Understanding]:
        """Read many messages; they are a batch already."""
        return self.inner.understand_batch(texts, expected)

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        """Read one message, together with those that other threads bring meanwhile."""
        request = _Request(text, expected)
        with self._changed:
            self._waiting.append(request)
        while (batch := self._next_batch(request)) is not None:
            try:
                self._read(batch)
            finally:
                self._finish(batch)
        if request.error is not None:
            raise request.error
        if request.reading is None:
            raise RuntimeError("a request is done without a reading")
        return request.reading

    def _next_batch(self, request: _Request) -> list[_Request] | None:
        """Wait until the request is done (None), or until it is this thread's turn to read."""
        with self._changed:
            self._changed.wait_for(lambda: request.done or not self._reading)
            if request.done:
                return None
            self._reading = True
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            return batch

    def _read(self, batch: Sequence[_Request]) -> None:
        """Read a batch; where it fails, each by itself, so that an error reaches its caller."""
        try:
            readings = self.inner.understand_batch(
                [request.text for request in batch], [request.expected for request in batch]
            )
        except Exception as error:  # noqa: BLE001 - handed to the caller whose message it was
            if len(batch) == 1:
                batch[0].error = error
                return
            for request in batch:
                self._read([request])
            return
        for request, reading in zip(batch, readings, strict=True):
            request.reading = reading

    def _finish(self, batch: Sequence[_Request]) -> None:
        """Let the next thread read. What an interrupted thread left unread waits again."""
        with self._changed:
            self._reading = False
            self._waiting[:0] = [request for request in batch if not request.done]
            self._changed.notify_all()

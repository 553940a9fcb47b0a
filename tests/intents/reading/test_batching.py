"""Concurrent requests are read together, each caller gets its own, and nobody waits alone."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from intents.reading.batching import BatchingUnderstander
from intents.types import ConsentReading, Expected, Understanding
from tests.agent.builders import understanding


@dataclass
class SlowReader:
    """Reads when it is let; remembers what it read together. A text of 'bad' fails its batch."""

    version: str = "slow-1"
    encoder: Any = None
    parameters: Any = None
    batches: list[list[str]] = field(default_factory=list)
    awaited: list[Expected | None] = field(default_factory=list)
    names: tuple[str, ...] = ()
    before: Callable[[], None] = lambda: None

    def understand_batch(
        self, texts: Sequence[str], expected: Sequence[Expected | None] = ()
    ) -> list[Understanding]:
        self.before()
        self.batches.append(list(texts))
        self.awaited += list(expected)
        if "bad" in texts:
            raise ValueError("bad text")
        return [understanding(text=text) for text in texts]

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        return ConsentReading.OPT_OUT, 0.9

    def know_products(self, names: Sequence[str]) -> None:
        self.names = tuple(names)


class Gate:
    """Holds the first batch until so many requests wait behind it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.opened.wait(5)


def read_at_once(
    batching: BatchingUnderstander, gate: Gate, texts: Sequence[str]
) -> dict[str, Understanding | Exception]:
    """Read the first text, and the others while it is being read."""

    def read(text: str) -> Understanding | Exception:
        try:
            return batching.understand(text)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(texts)) as pool:
        first = pool.submit(read, texts[0])
        assert gate.reached.wait(5)
        others = [pool.submit(read, text) for text in texts[1:]]
        deadline = time.monotonic() + 5
        while len(batching._waiting) < len(others) and time.monotonic() < deadline:
            time.sleep(0.001)
        gate.opened.set()
        return {t: f.result(5) for t, f in zip(texts, [first, *others], strict=True)}


def test_a_request_alone_is_read_at_once() -> None:
    inner = SlowReader()

    read = BatchingUnderstander(inner).understand("hi", Expected(kind="yes_no"))

    assert read.text == "hi"
    assert inner.batches == [["hi"]]
    assert inner.awaited == [Expected(kind="yes_no")]


def test_what_comes_while_one_is_read_is_read_together() -> None:
    gate = Gate()
    inner = SlowReader(before=gate)

    read = read_at_once(BatchingUnderstander(inner), gate, ["a", "b", "c", "d"])

    assert [r.text for r in read.values() if isinstance(r, Understanding)] == ["a", "b", "c", "d"]
    assert inner.batches[0] == ["a"]
    assert sorted(inner.batches[1]) == ["b", "c", "d"]


def test_no_batch_is_larger_than_allowed() -> None:
    gate = Gate()
    inner = SlowReader(before=gate)
    texts = [str(n) for n in range(8)]

    read = read_at_once(BatchingUnderstander(inner, most=3), gate, texts)

    assert [len(batch) for batch in inner.batches] == [1, 3, 3, 1]
    assert all(isinstance(r, Understanding) and r.text == t for t, r in read.items())


def test_an_error_reaches_the_caller_whose_text_it_was_and_no_other() -> None:
    gate = Gate()
    inner = SlowReader(before=gate)

    read = read_at_once(BatchingUnderstander(inner), gate, ["a", "b", "bad", "c"])

    assert isinstance(read.pop("bad"), ValueError)
    assert all(isinstance(r, Understanding) and r.text == t for t, r in read.items())


def test_after_an_error_it_goes_on() -> None:
    batching = BatchingUnderstander(SlowReader())

    with pytest.raises(ValueError, match="bad text"):
        batching.understand("bad")

    assert batching.understand("good").text == "good"


def test_many_threads_each_get_their_own() -> None:
    inner = SlowReader(before=lambda: time.sleep(0.002))
    batching = BatchingUnderstander(inner)
    texts = [f"text {n}" for n in range(100)]

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(batching.understand, texts))

    assert [r.text for r in read] == texts
    assert len(inner.batches) < len(texts)


def test_the_rest_is_what_the_one_in_it_does() -> None:
    inner = SlowReader()
    batching = BatchingUnderstander(inner)

    batching.know_products(["Ridgeline"])

    assert inner.names == ("Ridgeline",)
    assert batching.version == "slow-1"
    assert batching.read_consent("stop it") == (ConsentReading.OPT_OUT, 0.9)
    assert [r.text for r in batching.understand_batch(["x", "y"])] == ["x", "y"]

"""What the benchmarks share: percentiles, a table, texts to measure with."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from intents.corpus.data import load_corpus

CHECKOUT = Path(__file__).resolve().parent.parent


def texts(count: int, *, seed: int = 0) -> list[str]:
    """Return utterances of the shipped training data, drawn at random."""
    corpus = load_corpus(CHECKOUT / "training_data")
    everything = [row.text for row in corpus.intents]
    order = np.random.default_rng(seed).permutation(len(everything))
    return [everything[i] for i in order[:count]]


def times_ms(
    work: Callable[[str], object], inputs: Sequence[str], *, warm_up: int = 20
) -> list[float]:
    """Time one call an input, after a warm-up on the first ones."""
    for text in inputs[:warm_up]:
        work(text)
    taken = []
    for text in inputs:
        began = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def row(name: str, taken: Sequence[float], baseline: Sequence[float] | None = None) -> str:
    """Make a table row: p50, p99 and the ratio of medians to the baseline."""
    p50, p99 = np.percentile(taken, [50, 99])
    ratio = "" if baseline is None else f"{p50 / np.median(baseline):.2f}"
    return f"| {name} | {p50:.2f} | {p99:.2f} | {ratio} |"


HEADER = "| what | p50 ms | p99 ms | ratio to baseline |\n|---|---|---|---|"

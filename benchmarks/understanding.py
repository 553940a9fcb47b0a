"""Encoding and understanding one message, beside sentence-transformers in the same run.

    python -m benchmarks.understanding [--messages 400]

The baseline is sentence-transformers encoding the same message with the same weights on one
thread; without the torch extra it is left out and the encoder alone is the baseline.

A second table counts messages a second: one batch of 300, and eight threads that ask at once, with
and without what reads concurrent requests together. The bar is 300 messages/s for a batch on two
cores.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from agent.settings import load_settings
from benchmarks.timing import HEADER, row, texts, times_ms
from intents.reading.batching import BatchingUnderstander
from intents.types import Understanding
from intents.understanding import Understander

BATCH = 300
AT_ONCE = 8
CORES = 2
BAR = 300
"""Messages a second that a batch must reach."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400)
    messages = texts(parser.parse_args().messages)
    settings = load_settings()
    understander = Understander.load(settings.models, threads=1)
    encoded = times_ms(lambda t: understander.encoder.encode([t]), messages)
    understood = times_ms(understander.understand, messages)
    reference = sentence_transformers_times(messages)
    baseline = encoded if reference is None else reference
    print(HEADER)
    if reference is not None:
        print(row("sentence-transformers, encode (baseline)", reference, baseline))
    print(row("ours, encode", encoded, baseline))
    print(row("ours, understand (everything)", understood, baseline))
    print()
    print("| what | messages/s | p50 ms | p99 ms |\n|---|---|---|---|")
    for threads in (1, CORES):
        loaded = Understander.load(settings.models, threads=threads)
        for line in throughput(loaded, texts(BATCH, seed=1), threads):
            print(line)


def throughput(understander: Understander, messages: list[str], threads: int) -> list[str]:
    """Return the rows for one batch, and for many threads at once without and with batching."""
    understander.understand_batch(messages[:AT_ONCE])
    began = time.perf_counter()
    understander.understand_batch(messages)
    rate = len(messages) / (time.perf_counter() - began)
    met = "" if threads < CORES else f" (bar {BAR}: {'met' if rate >= BAR else 'missed'})"
    lines = [f"| one batch of {len(messages)}, encoding on {threads}{met} | {rate:.0f} | | |"]
    for name, read in (
        ("each by itself", understander.understand),
        ("read together", BatchingUnderstander(understander).understand),
    ):
        lines.append(at_once(f"{AT_ONCE} threads, {name}, encoding on {threads}", read, messages))
    return lines


def at_once(name: str, read: Callable[[str], Understanding], messages: Sequence[str]) -> str:
    """Return the row for threads that ask at the same time, each for its own messages."""

    def timed(text: str) -> float:
        began = time.perf_counter()
        read(text)
        return (time.perf_counter() - began) * 1000

    with ThreadPoolExecutor(AT_ONCE) as pool:
        began = time.perf_counter()
        taken = sorted(pool.map(timed, messages))
        rate = len(messages) / (time.perf_counter() - began)
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    return f"| {name} | {rate:.0f} | {p50:.1f} | {p99:.1f} |"


def sentence_transformers_times(messages: list[str]) -> list[float] | None:
    """Time the same weights through sentence-transformers, None where torch is absent."""
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError:
        return None
    from intents.encoders.weights import find_weights

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        weights = find_weights("fast", load_settings().models, scratch=Path(scratch))
        model = SentenceTransformer(str(weights.folder), device="cpu")
    return times_ms(lambda t: model.encode(t, show_progress_bar=False), messages)


if __name__ == "__main__":
    main()

"""The service under load: turns a second, CPU a turn, webhook latency, bursts, a full database.

    python -m benchmarks.load                     SQLite, PostgreSQL with one and two processes
    python -m benchmarks.load --stored 1000000    the same with so many messages stored already
    python -m benchmarks.load --share 0.1         a tenth of the texts

A real `textwise serve` with the live models, signed Twilio webhooks, replies to a stand-in
provider; the crowd and the provider run beside it on the same cores (Linux only, reads /proc).
Baseline: the thinking alone, in one process without a queue, with the same texts.

Columns: turns/s from the first webhook to the last reply, every text of another customer and all
at once; CPU a turn of service and PostgreSQL together; the same for texts that a keyword answers
without a model (webhook, store, queue, outbox: the price of durability); webhook p50 and p99
meanwhile. Then a burst at the default silence: webhook p99, share answered, seconds from the last
text to the last reply.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.load_peer import Provider, deliver
from benchmarks.load_service import SETUPS, Service, Setup, running
from benchmarks.timing import CHECKOUT, texts

FLOOD, BURST, BURST_S = 1000, 2000, 30.0
CONNECTIONS = 8
BURST_CONNECTIONS = 64
DRAIN_S = 300.0
"""How long the last reply is waited for, and 20 s where no more come."""
QUIET_S = 20.0
WARM_UP = 20
KEYWORD = "INFO"
"""Answered by a word, so that nearly all of its turn is webhook, store, queue and outbox."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a load came to. Pairs are p50 and p99, of memory before and after."""

    texts: int
    seconds: float
    cpu_ms: float
    webhook_ms: tuple[float, float]
    refused: int
    answered: float
    drain_s: float
    reply_s: tuple[float, float]
    memory_mb: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One setup's flood, the same with a keyword, and a burst."""

    setup: str
    thinking_ms: float
    flood: Measured
    keyword: Measured
    burst: Measured


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the texts; 0.1 is quick")
    parser.add_argument("--stored", type=int, default=0, help="messages stored before")
    parser.add_argument("--only", default="", help="setups whose name contains this")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    share = arguments.share
    thinking_ms = think_alone_ms(int(FLOOD * share))
    print(
        f"{arguments.stored:,} messages stored before; thinking alone: {thinking_ms:.1f} ms CPU\n"
    )
    figures = [
        measure(setup, share, arguments.stored, thinking_ms)
        for setup in SETUPS
        if arguments.only.casefold() in setup.name.casefold()
    ]
    print_tables(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(f) for f in figures], indent=1))


def measure(setup: Setup, share: float, stored: int, thinking_ms: float) -> Figures:
    """Measure one setup: a flood without silence, then a burst at the default silence."""
    tell(f"{setup.name}: as fast as it goes")
    with running(setup, silence_s=0.0, stored=stored) as service:
        load(service, "warm", WARM_UP)
        flood = load(service, "flood", int(FLOOD * share))
        keyword = load(service, "keyword", int(FLOOD * share))
    tell(f"  {flood}\n{setup.name}: a burst")
    with running(setup, silence_s=2.5, stored=stored) as service:
        load(service, "warm", WARM_UP)
        burst = load(service, "burst", int(BURST * share), per_s=BURST / BURST_S)
    tell(f"  {burst}")
    return Figures(
        setup=setup.name, thinking_ms=thinking_ms, flood=flood, keyword=keyword, burst=burst
    )


def load(service: Service, name: str, count: int, *, per_s: float | None = None) -> Measured:
    """Deliver texts, at a rate or as fast as they are taken; wait for the last reply."""
    crowd = customers(name, count)
    memory, cpu, began = service.memory_mb(), service.cpu_s(), time.monotonic()
    connections = CONNECTIONS if per_s is None else BURST_CONNECTIONS
    done = asyncio.run(
        deliver(service.url, crowd, per_s=per_s, connections=connections, prefix=name)
    )
    delivered = time.monotonic()
    answered = wait_for_replies(service.provider, [sender for sender, _ in crowd])
    replies = service.provider.replies
    waited = [replies.at[d.sender] - d.at for d in done if d.sender in replies.at]
    return Measured(
        texts=count,
        seconds=replies.last - began,
        cpu_ms=(service.cpu_s() - cpu) / count * 1000,
        webhook_ms=percentiles([d.took_ms for d in done]),
        refused=sum(d.status != 200 for d in done),
        answered=answered / count,
        drain_s=max(0.0, replies.last - delivered),
        reply_s=percentiles(waited or [0.0]),
        memory_mb=(memory, service.memory_mb()),
    )


def customers(name: str, count: int) -> list[tuple[str, str]]:
    """Return texts of the shipped data, each from a number of its own."""
    block = ("warm", "flood", "burst", "keyword").index(name) + 1
    said = [KEYWORD] * count if name == "keyword" else texts(count, seed=block)
    return [(f"+1303{block}{n:06d}", text) for n, text in enumerate(said)]


def wait_for_replies(provider: Provider, senders: Sequence[str]) -> int:
    """Wait until every customer has a reply, or no more come; return how many have one."""
    deadline = time.monotonic() + DRAIN_S
    quiet_since, seen = time.monotonic(), -1
    while True:
        answered = sum(sender in provider.replies.at for sender in senders)
        now = time.monotonic()
        if answered != seen:
            quiet_since, seen = now, answered
        if answered == len(senders) or now > deadline or now - quiet_since > QUIET_S:
            return answered
        time.sleep(0.05)


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    p50, p99 = np.percentile(values, [50, 99])
    return float(p50), float(p99)


def think_alone_ms(count: int) -> float:
    """Return the CPU of a turn's thinking alone, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.thinking", str(count)],
        capture_output=True,
        text=True,
        check=True,
        cwd=CHECKOUT,
    )
    return float(done.stdout.strip().splitlines()[-1])


FLOOD_HEAD = """
| as fast as it goes | turns/s | CPU a turn, ms | a keyword's, ms | webhook p50 / p99, ms | \
refused | answered | memory before / after, MB |
|---|---|---|---|---|---|---|---|"""
BURST_HEAD = """
| {texts} texts in {seconds:.0f} s | webhook p50 / p99, ms | refused | answered | \
drained after, s | reply p50 / p99, s | memory before / after, MB |
|---|---|---|---|---|---|---|"""


def print_tables(figures: Sequence[Figures]) -> None:
    print(FLOOD_HEAD)
    for each in figures:
        m = each.flood
        cells = (f"{m.texts / m.seconds:.1f}", f"{m.cpu_ms:.1f}",
                 f"{each.keyword.cpu_ms:.1f}", pair(m.webhook_ms), m.refused,
                 f"{m.answered:.1%}", pair(m.memory_mb))  # fmt: skip
        print(f"| {each.setup} | " + " | ".join(map(str, cells)) + " |")
    count = figures[0].burst.texts
    print(BURST_HEAD.format(texts=count, seconds=count * BURST_S / BURST))
    for each in figures:
        m = each.burst
        cells = (pair(m.webhook_ms), m.refused, f"{m.answered:.1%}", f"{m.drain_s:.1f}",
                 pair(m.reply_s, 1), pair(m.memory_mb))  # fmt: skip
        print(f"| {each.setup} | " + " | ".join(map(str, cells)) + " |")


def tell(words: str) -> None:
    sys.stderr.write(words + "\n")


def pair(values: tuple[float, float], digits: int = 0) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)


if __name__ == "__main__":
    main()

"""The long crash and chaos test: at least 500 kills, half at boundaries, half at random times.

    python -m tests.soak [--kills 500] [--texts 2000] [--state var/soak] [--report docs/soak.md]

Interrupted, it goes on where it was; a new run begins with another ``--state`` or an empty one.
Exits with 1 where anything was lost, doubled or sent after STOP.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.campaign import Campaign, Task, observe
from tests.crash.lane import Lane
from tests.crash.lives import Zygote, running_zygote
from tests.crash.provider import running_provider
from tests.soak.databases import Server, fresh_url, running_server
from tests.soak.ledger import Entry, SoakLedger
from tests.soak.report import write_report
from tests.soak.rounds import Arena, Round
from tests.soak.traffic import Traffic

KINDS = ("sqlite", "postgresql")
ROUND = 10
"""Kills between two judgements."""
RESTARTS = 6
"""Of the PostgreSQL server, while the texts of the chaos arrive."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--state", type=Path, default=Path("var/soak"))
    parser.add_argument("--report", type=Path, default=Path("docs/soak.md"))
    arguments = parser.parse_args()
    ledger = SoakLedger(arguments.state / "ledger.jsonl")
    with running_zygote() as zygote, running_server() as server:
        soak = Soak(zygote, server, ledger)
        for kind in KINDS:
            soak.boundaries(kind, arguments.kills // 4)
        for kind in KINDS:
            soak.random_kills(kind, arguments.kills // 4)
        for kind in KINDS:
            soak.chaos(kind, arguments.texts)
    write_report(arguments.report, ledger)
    tell(f"The report is in {arguments.report}.")
    sys.exit(any(entry.wrong for entry in ledger.entries))


class Soak:
    """The phases; each leaves out what the ledger says is done."""

    def __init__(self, zygote: Zygote, server: Server, ledger: SoakLedger) -> None:
        self._zygote = zygote
        self._server = server
        self._ledger = ledger

    def boundaries(self, kind: str, least: int) -> None:
        """Kill at every boundary of every story, over and over until there are enough kills."""
        phase = f"boundaries, {kind}"
        if self._ledger.kills(phase) >= least:
            return
        with self._home(kind) as (url, home), running_provider() as provider:
            lane = Lane(zygote=self._zygote, provider=provider, url=url, home=home)
            campaign = Campaign()
            tasks = observe(lane, campaign)
            self._add(phase, "observed", Entry(phase=phase, key="observed", wrong=campaign.wrong))
            lap = 0
            while lap == 0 or self._ledger.kills(phase) < least:
                self._lap(lane, phase, tasks, lap)
                lap += 1
            lane.close()

    def _lap(self, lane: Lane, phase: str, tasks: list[Task], lap: int) -> None:
        life = lane.birth()
        for story, boundary in tasks:
            key = f"{lap} {story} {boundary.when} {boundary.effect} {boundary.count}"
            if self._ledger.has(phase, key):
                continue
            began, kills = time.monotonic(), lane.kills
            endings_before = lane.endings.copy()
            life, _ = lane.kill_at(story, boundary, life)
            self._add(phase, key, Entry(
                phase=phase, key=key, kills=lane.kills - kills,
                seconds=time.monotonic() - began, wrong=list(lane.wrong),
                texts=sum((lane.endings - endings_before).values()),
                deliveries=sum((lane.endings - endings_before).values()),
                endings=dict(lane.endings - endings_before),
                effects={f"{boundary.when} {boundary.effect}": lane.kills - kills},
            ))  # fmt: skip
            lane.wrong.clear()
        life.kill()

    def random_kills(self, kind: str, least: int) -> None:
        """Kill at random times; on PostgreSQL one of two processes."""
        phase = f"random times, {kind}"
        done = self._ledger.kills(phase)
        if done >= least:
            return
        with self._arena(kind, seed=done, processes=1 if kind == "sqlite" else 2) as arena:
            while self._ledger.kills(phase) < least:
                key = f"from kill {self._ledger.kills(phase)}"
                self._round(phase, key, lambda: arena.kill_at_random(ROUND))

    def chaos(self, kind: str, texts: int) -> None:
        """Deliver many texts in disorder; PostgreSQL is restarted in between."""
        phase = f"chaos, {kind}"
        if self._ledger.has(phase, str(texts)):
            return
        with self._arena(kind, seed=7, processes=1 if kind == "sqlite" else 2) as arena:
            self._round(phase, str(texts), lambda: self._disorder(arena, kind, texts))

    def _disorder(self, arena: Arena, kind: str, texts: int) -> Round:
        parts = RESTARTS + 1
        done = Round()
        for part in range(parts):
            some = arena.deliver(texts * (part + 1) // parts - texts * part // parts)
            done.texts, done.deliveries = done.texts + some.texts, done.deliveries + some.deliveries
            if kind == "postgresql" and part < RESTARTS:
                self._server.restart(hard=bool(part % 2))
                done.restarts += 1
        return arena.judge(done)

    def _round(self, phase: str, key: str, work: Callable[[], Round]) -> None:
        began = time.monotonic()
        done = work()
        self._add(phase, key, Entry(
            phase=phase, key=key, kills=done.kills, restarts=done.restarts, texts=done.texts,
            deliveries=done.deliveries, in_flight=done.in_flight,
            seconds=time.monotonic() - began, endings=dict(done.endings), wrong=done.wrong,
        ))  # fmt: skip

    def _add(self, phase: str, key: str, entry: Entry) -> None:
        self._ledger.add(entry)
        problems = f", WRONG: {entry.wrong}" if entry.wrong else ""
        tell(f"{phase}: {key}, {self._ledger.kills(phase)} kills{problems}")

    @contextmanager
    def _arena(self, kind: str, *, seed: int, processes: int) -> Iterator[Arena]:
        with self._home(kind) as (url, home), running_provider() as provider:
            arena = Arena(
                zygote=self._zygote, provider=provider, url=url, home=home,
                traffic=Traffic(seed=seed), processes=processes, seed=seed,
            )  # fmt: skip
            yield arena
            arena.close()

    @contextmanager
    def _home(self, kind: str) -> Iterator[tuple[str, Path]]:
        with tempfile.TemporaryDirectory(prefix="textwise-soak-") as folder:
            yield fresh_url(kind, Path(folder), self._server), Path(folder) / "home"


def tell(words: str) -> None:
    """Tell of progress, on stderr."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")


if __name__ == "__main__":
    main()

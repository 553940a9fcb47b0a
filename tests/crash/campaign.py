"""Killing at every boundary: which there are, and what came of each."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.crash.lane import Lane
from tests.crash.life import Boundary
from tests.crash.lives import Zygote
from tests.crash.provider import running_provider
from tests.crash.stories import STORIES

TRIES = 3
"""Where a story comes to its end without meeting a boundary (two turns were fetched at once)."""

IN_FULL = "stop while composing"
"""Every boundary of this story is tried, for what may leave depends on each."""

Task = tuple[str, Boundary]


@dataclass
class Campaign:
    """What came of killing at every boundary of one database."""

    seen: set[str] = field(default_factory=set)
    killed_at: list[Task] = field(default_factory=list)
    missed: list[Task] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def killed_after(self) -> set[str]:
        """The effects after which a process was killed."""
        return {boundary.effect for _, boundary in self.killed_at if boundary.when == "after"}


def observe(lane: Lane, campaign: Campaign) -> list[Task]:
    """Play every story once, unharmed; return all boundaries of all."""
    life = lane.birth()
    tasks = [(story, boundary) for story in STORIES for boundary in lane.observe(story, life)]
    life.kill()
    campaign.seen |= {boundary.effect for _, boundary in tasks}
    campaign.wrong += lane.wrong
    lane.wrong.clear()
    return tasks


def distinct(tasks: Iterable[Task]) -> list[Task]:
    """Return the boundaries that differ: by what has just happened, and what before.

    The others, the same steps of other stories, are tried by ``make soak``.
    """
    kept, known = [], set()
    before = ("", "")
    for story, boundary in tasks:
        last = before[1] if before[0] == story else ""
        step = (last, boundary.when, boundary.effect)
        if step not in known or story == IN_FULL:
            kept.append((story, boundary))
            known.add(step)
        before = (story, boundary.effect)
    return kept


def kill_at_each(lanes: Sequence[Lane], tasks: Sequence[Task], campaign: Campaign) -> None:
    """Kill a process at each boundary, several databases at once."""
    numbers = count()
    lock = threading.Lock()

    def work(lane: Lane) -> None:
        life = lane.birth()
        while True:
            with lock:
                number = next(numbers)
            if number >= len(tasks):
                break
            for _ in range(TRIES):
                life, killed = lane.kill_at(*tasks[number], life)
                if killed:
                    break
            with lock:
                (campaign.killed_at if killed else campaign.missed).append(tasks[number])
        life.kill()

    failures: list[BaseException] = []

    def guarded(lane: Lane) -> None:
        try:
            work(lane)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=guarded, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    campaign.wrong += [problem for lane in lanes for problem in lane.wrong]
    campaign.wrong += [f"{type(failure).__name__}: {failure}" for failure in failures]


def run_campaign(zygote: Zygote, urls: Sequence[str], home: Path) -> Campaign:
    """Observe on the first of these empty databases, then kill on all of them."""
    campaign = Campaign()
    with running_provider() as provider:
        lanes = [
            Lane(zygote=zygote, provider=provider, url=url, home=home / str(number))
            for number, url in enumerate(urls)
        ]
        # Every lane has customers of its own, for they share the provider.
        for number, lane in enumerate(lanes):
            lane.places = 1000 * number
        tasks = distinct(observe(lanes[0], campaign))
        kill_at_each(lanes, tasks, campaign)
        for lane in lanes:
            lane.close()
    return campaign

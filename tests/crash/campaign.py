"""Killing at every boundary: which there are, and what came of each."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from tests.crash.lane import Lane
from tests.crash.life import Boundary
from tests.crash.lives import Life, Zygote
from tests.crash.provider import running_provider
from tests.crash.stories import STORIES

TRIES = 3
"""Where a story comes to its end without meeting a boundary (two turns were fetched at once)."""

PLAYS = 2
"""Unharmed plays of each story. A boundary that only one of them has came about by chance, such as
by which of two threads was faster: it is tried, but need not be met again."""

IN_FULL = "stop while composing"
"""Every boundary of this story is tried, for what may leave depends on each."""

Task = tuple[str, Boundary]


@dataclass
class Campaign:
    """What came of killing at every boundary of one database."""

    seen: set[str] = field(default_factory=set)
    """The effects that every play of a story has."""
    by_chance: set[Task] = field(default_factory=set)
    """Boundaries that not every play of their story has."""
    killed_at: list[Task] = field(default_factory=list)
    missed: list[Task] = field(default_factory=list)
    """Never met, though every play of the story has them."""
    wrong: list[str] = field(default_factory=list)

    @property
    def killed_after(self) -> set[str]:
        """The effects after which a process was killed."""
        return {boundary.effect for _, boundary in self.killed_at if boundary.when == "after"}


def observe(lane: Lane, campaign: Campaign) -> list[Task]:
    """Play every story unharmed; return all boundaries of all."""
    life = lane.birth(calm=True)
    tasks: list[Task] = []
    for story in STORIES:
        plays = [lane.observe(story, life) for _ in range(PLAYS)]
        tasks += [(story, boundary) for boundary in dict.fromkeys(chain(*plays))]
        always = set(plays[0]).intersection(*plays)
        campaign.by_chance |= {
            (story, boundary) for boundary in set().union(*plays) if boundary not in always
        }
        campaign.seen |= {boundary.effect for boundary in always}
    life.kill()
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
            task = tasks[number]
            by_chance = task in campaign.by_chance
            life, killed = _kill(lane, task, life, tries=1 if by_chance else TRIES)
            with lock:
                if killed:
                    campaign.killed_at.append(task)
                elif not by_chance:
                    campaign.missed.append(task)
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


def _kill(lane: Lane, task: Task, life: Life, *, tries: int) -> tuple[Life, bool]:
    """Play a task's story until its boundary is met; return the next process, and whether it was."""
    for _ in range(tries):
        life, killed = lane.kill_at(*task, life)
        if killed:
            return life, True
    return life, False


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

"""One database after another story: play, kill, start again, judge."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from agent.runtime.durable import Pulse
from tests.crash.life import Birth, Boundary, RepReply, Text, phone
from tests.crash.lives import Killed, Life, Zygote
from tests.crash.provider import Provider
from tests.crash.stories import FAILING, STOPPED, STORIES, Event, Wait
from tests.crash.world import SETTLE_S, World

MAYBE_UNKNOWN = ("Outbox._claim", "provider", "Outbox._record", "Outbox._keep")
"""Killed about these, nobody can know whether the provider has taken the text."""


@dataclass(kw_only=True)
class Lane:
    """A database with the service processes that work on it, one after another."""

    zygote: Zygote
    provider: Provider
    url: str
    home: Path
    silent_s: float = 0.6
    places: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    stopped_at: dict[int, int] = field(default_factory=dict)
    """How many texts had left for a customer when their STOP was acknowledged."""

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.world: World | None = None

    def birth(self, *, calm: bool = False) -> Life:
        """Start a process on the database.

        ``calm``: with the service's own patience. A process that is to be killed takes work for
        lost sooner, and on a busy machine also work that it is only slow at.
        """
        life = self.zygote.birth(
            Birth(
                url=self.url,
                home=str(self.home),
                provider=self.provider.url,
                silent_s=Pulse().silent_s if calm else self.silent_s,
            )
        )
        self.world = self.world or World(self.url, self.provider)
        return life

    def close(self) -> None:
        """Let the database go."""
        if self.world is not None:
            self.world.close()

    def observe(self, story: str, life: Life) -> list[Boundary]:
        """Play a story to its end and return the boundaries that it has."""
        place = self._next_place()
        life.arm(None)
        self._play(STORIES[story](place), life, place)
        effects = life.effects()
        self._judge(story, place, None)
        boundaries = [Boundary(when="before", effect=effects[0], count=1)]
        for number, effect in enumerate(effects):
            count = effects[: number + 1].count(effect)
            boundaries.append(Boundary(when="after", effect=effect, count=count))
        return boundaries

    def kill_at(self, story: str, boundary: Boundary, life: Life) -> tuple[Life, bool]:
        """Play a story until the process is killed at a boundary; return the next process.

        The flag is False where the story came to its end without meeting the boundary.
        """
        place = self._next_place()
        life.arm(boundary)
        left = self._play(STORIES[story](place), life, place)
        killed = not _disarmed(life)
        if killed:
            life.gone()
            self.kills += 1
            life = self.birth()
            self._play(left, life, place)
        self._judge(story, place, boundary if killed else None)
        return life, killed

    def _next_place(self) -> int:
        self.places += 1
        return self.places

    def _play(self, events: list[Event], life: Life, place: int) -> list[Event]:
        """Play events until all are settled or the process is gone; return those not done."""
        assert self.world is not None
        for number, event in enumerate(events):
            try:
                self._do(event, life, place)
            except Killed:
                life.gone()
                return events[number:]
        self._settle(life)
        return []

    def _do(self, event: Event, life: Life, place: int) -> None:
        assert self.world is not None
        match event:
            case Text():
                life.text(event)
                if event.text.strip("!").upper() == "STOP":
                    self.stopped_at[place] = len(self.provider.to(phone(place)))
            case RepReply():
                if not self.world.stored(event.to, event.text):
                    life.reply(event)
            case Wait(refused=True):
                self._until_refused(place, life)
            case Wait():
                if not self._settle(life):
                    raise Killed

    def _until_refused(self, place: int, life: Life) -> None:
        assert self.world is not None
        deadline = time.monotonic() + SETTLE_S
        while time.monotonic() < deadline:
            if phone(place) in self.provider.refused or self.world.open_work() == 0:
                return
            if not life.alive():
                raise Killed
            time.sleep(0.01)
        self.wrong.append(f"{self.url}: the provider was never asked")

    def _settle(self, life: Life) -> bool:
        """Wait until everything is done; False if the process is gone before.

        What is delayed counts too, though no text depends on it: where a reply was cancelled, its
        next try is still to come, and the boundaries of that try with it.
        """
        assert self.world is not None
        deadline = time.monotonic() + SETTLE_S
        while life.alive():
            if self.world.open_work() == 0 and not self.world.unfinished():
                return True
            if time.monotonic() > deadline:
                self.wrong.append(f"{self.url}: {self.world.open_work()} pieces of work left open")
                return True
            time.sleep(0.03)
        return False

    def _judge(self, story: str, place: int, boundary: Boundary | None) -> None:
        assert self.world is not None
        where = f"{story!r}, killed {boundary.when} {boundary.effect} ({boundary.count})" \
            if boundary else f"{story!r}, not killed"  # fmt: skip
        verdict = self.world.judge([phone(place)])
        self.endings += verdict.endings
        wrong = list(verdict.wrong)
        if not verdict.endings:
            wrong.append("no text is stored at all")
        if verdict.endings["unknown"] and not _may_be_unknown(story, boundary):
            wrong.append("the outcome of a send is unknown though it need not be")
        if place in self.stopped_at:
            wrong += self._judge_stop(story, place)
        self.wrong += [f"{where}: {problem}" for problem in wrong]

    def _judge_stop(self, story: str, place: int) -> list[str]:
        assert self.world is not None
        wrong = []
        customer = self.world.customer_of(phone(place))
        if self.world.opted_out(customer) != (story in STOPPED):
            wrong.append("the ledger's last line is wrong")
        doubled = [key for key, n in self.world.ledger_lines(customer).items() if n > 1]
        if doubled:
            wrong.append(f"the ledger has the same line twice: {doubled}")
        if story in STOPPED:
            later = self.provider.to(phone(place))[self.stopped_at[place] :]
            wrong += [
                f"{taken.text!r} left after STOP"
                for taken in later
                if not self.world.essential(taken.message_id)
            ]
        return wrong


def _disarmed(life: Life) -> bool:
    """Whether the process outlived its boundary; from here on it is in no danger."""
    try:
        life.arm(None)
    except Killed:
        return False
    return True


def _may_be_unknown(story: str, boundary: Boundary | None) -> bool:
    if story in FAILING:
        return True
    if boundary is None:
        return False
    # Beside a STOP another send may be under way, wherever the process is killed; and beside a
    # second turn that is woken, where a busy machine heard two texts of a burst apart.
    beside = story in STOPPED or (boundary.effect == _WAKES and boundary.count > 1)
    return beside or boundary.effect.startswith(MAYBE_UNKNOWN)


_WAKES = "dbos.transition_delayed_workflows"

"""Rounds of random traffic against service processes that are killed at random."""

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.life import Birth, Text
from tests.crash.lives import Killed, Life, Unavailable, Zygote
from tests.crash.provider import Provider
from tests.crash.world import World
from tests.soak.traffic import Traffic

IN_FLIGHT_S = 2.0
"""A send that had begun before STOP was acknowledged may reach the provider so much later."""
EARLIEST_S, LATEST_S = 0.02, 1.2
"""Between two kills."""
STUCK_S = 90.0
"""Work that gets no less for so long is stuck; on a busy machine all of it takes longer."""
_LOOK_EVERY_S = 5.0


@dataclass
class Round:
    """What one round came to."""

    kills: int = 0
    restarts: int = 0
    texts: int = 0
    deliveries: int = 0
    in_flight: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    settled_s: float = 0.0


@dataclass(kw_only=True)
class Arena:
    """One database, its processes, the provider and the traffic."""

    zygote: Zygote
    provider: Provider
    url: str
    home: Path
    traffic: Traffic
    processes: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._random = random.Random(self.seed)
        self._lives: list[Life | None] = [self._birth() for _ in range(self.processes)]
        self.world = World(self.url, self.provider)
        self._again: list[Text] = []
        self._stopped_at: dict[str, float] = {}
        self._senders: set[str] = set()

    def kill_at_random(self, kills: int) -> Round:
        """Deliver texts while processes are killed at random times, then judge."""
        done = Round()
        for _ in range(kills):
            place = self._random.randrange(self.processes)
            life = self._lives[place]
            assert life is not None
            timer = threading.Timer(
                self._random.uniform(EARLIEST_S, LATEST_S), _kill, args=(life.pid,)
            )
            timer.start()
            while life.alive():
                self._deliver(self._next(), done)
                time.sleep(self._random.uniform(0, 0.06))
            timer.join()
            life.gone()
            done.kills += 1
            self._lives[place] = self._birth()
        self._finish(done)
        return done

    def deliver(self, count: int, *, pause_s: float = 0.0) -> Round:
        """Deliver so many new texts, and again what is not acknowledged; do not judge yet."""
        done = Round()
        while done.texts < count:
            self._deliver(self._next(), done)
            if pause_s:
                time.sleep(pause_s)
        return done

    def judge(self, done: Round) -> Round:
        """Wait until everything is done, and judge all customers of this arena."""
        self._finish(done)
        return done

    def close(self) -> None:
        """End the processes."""
        for life in self._lives:
            if life is not None:
                life.kill()
        self.world.close()

    def _birth(self) -> Life:
        return self.zygote.birth(
            Birth(url=self.url, home=str(self.home), provider=self.provider.url)
        )

    def _next(self) -> Text:
        if self._again and self._random.random() < 0.3:
            return self._again.pop(0)
        return self.traffic.next()

    def _deliver(self, text: Text, done: Round) -> None:
        """Deliver a text to one process or another; keep it where none acknowledges it."""
        self._senders.add(text.sender)
        for life in self._random.sample(self._lives, len(self._lives)):
            assert life is not None
            try:
                known = life.text(text)
            except (Killed, Unavailable):
                continue
            done.deliveries += 1
            done.texts += not known
            if text.id in self.traffic.stops:
                self._stopped_at.setdefault(text.sender, time.monotonic())
            return
        self._again.append(text)

    def _finish(self, done: Round) -> None:
        deadline = time.monotonic() + 60
        while self._again and time.monotonic() < deadline:
            self._deliver(self._again.pop(0), done)
        if self._again:
            done.wrong.append(f"{len(self._again)} texts are not taken")
        began = time.monotonic()
        if not self._settled():
            done.wrong.append(f"{self.world.open_work()} pieces of work are left open")
        done.settled_s = time.monotonic() - began
        verdict = self.world.judge(sorted(self._senders))
        done.endings, done.wrong = verdict.endings, done.wrong + verdict.wrong
        self._judge_stops(done)
        self._senders.clear()
        self._stopped_at.clear()

    def _settled(self) -> bool:
        """Wait until nothing is left open, for as long as it gets less."""
        least, since = self.world.open_work(), time.monotonic()
        while not self.world.settled(_LOOK_EVERY_S):
            left = self.world.open_work()
            if left < least:
                least, since = left, time.monotonic()
            elif time.monotonic() > since + STUCK_S:
                return False
        return True

    def _judge_stops(self, done: Round) -> None:
        for sender, at in self._stopped_at.items():
            for taken in self.provider.to(sender):
                if taken.at <= at or self.world.essential(taken.message_id):
                    continue
                if taken.at <= at + IN_FLIGHT_S and self.world.began_before_stop(taken.message_id):
                    done.in_flight += 1
                else:
                    done.wrong.append(f"{taken.text!r} left {taken.at - at:.2f} s after STOP")
            if not self.world.opted_out(self.world.customer_of(sender)):
                done.wrong.append(f"{sender} said STOP and is not opted out")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return

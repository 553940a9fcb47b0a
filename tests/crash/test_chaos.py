"""Chaos on a small scale: whatever happens in whatever order, the promises hold."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.crash.life import Text, phone
from tests.crash.small_world import Crash, SmallWorld

PLACES = st.integers(1, 3)
MOODS = st.sampled_from(["", "", "", "[busy] ", "[down] ", "[hang] ", "[person] ", "[late] "])


class Chaos(RuleBasedStateMachine):
    """Customers, a provider in many moods, a clock, and a process that crashes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.delivered: list[Text] = []
        self.unacknowledged: list[Text] = []
        self.stopped: dict[str, int] = {}
        self.number = 0

    @initialize()
    def open(self) -> None:
        self.world = SmallWorld(Path(self.folder.name))

    def _deliver(self, text: Text) -> None:
        """Deliver a text; a provider that hears nothing delivers it again later."""
        try:
            self.world.take(text)
        except Crash:
            self.unacknowledged.append(text)
            return
        self.delivered.append(text)
        word = text.text.strip("! ").upper()
        if word == "STOP" and not text.id.endswith("again"):
            self.stopped.setdefault(text.sender, len(self.world.provider.to(text.sender)))
        elif word == "START":
            self.stopped.pop(text.sender, None)

    def _text(self, place: int, words: str) -> Text:
        self.number += 1
        return Text(id=f"in-{self.number}", sender=phone(place), text=words)

    @rule(place=PLACES, mood=MOODS, more=st.integers(0, 2))
    def burst(self, place: int, mood: str, more: int) -> None:
        for _ in range(more + 1):
            self._deliver(self._text(place, f"{mood}is it warm? #{place} ({self.number})"))

    @rule(place=PLACES, word=st.sampled_from(["STOP", "stop!", "START", "HELP"]))
    def consent_word(self, place: int, word: str) -> None:
        # Providers deliver in order what they deliver again, as far as STOP and START go.
        self.redeliver()
        self._deliver(self._text(place, word))

    @precondition(lambda self: self.delivered)
    @rule(which=st.integers(0, 1000))
    def duplicate(self, which: int) -> None:
        text = self.delivered[which % len(self.delivered)]
        with suppress(Crash):
            assert self.world.take(text).duplicate

    @precondition(lambda self: self.unacknowledged)
    @rule()
    def redeliver(self) -> None:
        waiting, self.unacknowledged = self.unacknowledged, []
        for text in waiting:
            self._deliver(text)

    @rule(pieces=st.integers(1, 4), which=st.integers(0, 1000))
    def work(self, pieces: int, which: int) -> None:
        for _ in range(pieces):
            ready = self.world.queue.ready()
            if ready:
                with suppress(Crash):
                    self.world.do(ready[which % len(ready)])

    @rule(seconds=st.sampled_from([0.5, 2.0, 5.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.forward(seconds)

    @rule(commits=st.integers(1, 6), when=st.sampled_from(["before", "after"]))
    def a_crash_draws_near(self, commits: int, when: str) -> None:
        self.world.crash_in, self.world.crash_before = commits, when == "before"

    @invariant()
    def nothing_leaves_twice_or_after_stop(self) -> None:
        if not hasattr(self, "world"):
            return
        taken = [t.message_id for t in self.world.provider.taken]
        assert len(taken) == len(set(taken))
        for sender, before in self.stopped.items():
            for late in self.world.provider.to(sender)[before:]:
                assert self.world.judge.essential(late.message_id), f"{late.text} left after STOP"

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.crash_in = None
            self.redeliver()
            self.world.drain()
            verdict = self.world.judge.judge()
            self.world.close()
            self.folder.cleanup()
            assert verdict.wrong == []


TestChaos = Chaos.TestCase
TestChaos.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    # Without shrinking: a failure prints its steps, and shrinking them takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

"""Telling people how far a long piece of work is, without flooding them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

Tell = Callable[[str], None]

TELL_EVERY_S = 2.0


class NowAndThen:
    """Passes news on, at most every two seconds."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told = time.monotonic()

    def __call__(self, message: str) -> None:
        """Take news; it is dropped where something was told a moment ago."""
        if time.monotonic() - self._told >= TELL_EVERY_S:
            self.tell_now(message)

    def tell_now(self, message: str) -> None:
        """Tell news that must not be dropped."""
        self._told = time.monotonic()
        self._tell(f"  {message}")


class Steps:
    """Tells each new stage of a work at once, and then now and then how far it is."""

    def __init__(self, tell: Tell) -> None:
        self._news = NowAndThen(tell)
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take news of progress."""
        message = f"{stage}: {done} of {total}" if total else stage
        if stage != self._stage:
            self._stage = stage
            self._news.tell_now(message)
        else:
            self._news(message)


STEPS = "TEXTWISE_STEPS"
"""Set in the environment of a command whose steps another process shows."""

_MARK = "step "
_LINES_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """How far a command is; ``total`` is 0 where nobody knows."""

    stage: str
    done: int
    total: int


class StepLines:
    """Writes steps as lines for another process: new stages at once, else twice a second."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._stage = ""
        self._written = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take news of progress."""
        if stage == self._stage and time.monotonic() - self._written < _LINES_EVERY_S:
            return
        self._stage, self._written = stage, time.monotonic()
        self._out.write(f"{_MARK}{json.dumps([stage, done, total])}\n")
        self._out.flush()


def last_step(told: str) -> Step | None:
    """Return the last step among the lines of a command, None where there is none."""
    for line in reversed(told.split("\n")[:-1]):
        if line.startswith(_MARK):
            try:
                stage, done, total = json.loads(line.removeprefix(_MARK))
            except ValueError:
                continue
            return Step(stage=str(stage), done=int(done), total=int(total))
    return None


def without_steps(told: str) -> str:
    """Return the other lines: what the command told people."""
    return "\n".join(line for line in told.split("\n") if not line.startswith(_MARK))

"""The outside: starts service processes, tells them what to do, sees them die."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from agent.settings import CHECKOUT
from tests.crash.life import Birth, Boundary, Refused, RepReply, Text

BORN_S = 180.0
"""How long a process may take until it serves; a busy machine needs many times the usual."""


ANSWER_S = 120.0
"""And for one text."""


class Killed(Exception):  # noqa: N818 - it is what was wanted, not an error
    """The process was killed while it did what it was told."""


class Unavailable(Exception):  # noqa: N818 - an answer like any other
    """The service could not take it just now; a provider delivers it again."""


class Life:
    """A running service process."""

    def __init__(self, connection: Connection, log: Path) -> None:
        self._connection = connection
        self._log = log
        self.pid: int = self._receive(BORN_S)

    def arm(self, boundary: Boundary | None) -> None:
        """Let it be killed at a boundary; None: write down effects, and nothing more."""
        self._ask("arm", boundary)

    def effects(self) -> list[str]:
        """Return the effects since arming."""
        return list(self._ask("effects"))

    def text(self, text: Text) -> bool:
        """Deliver a text; return whether it was known."""
        return bool(self._ask("text", text))

    def reply(self, reply: RepReply) -> str:
        """Let a rep answer; return the message's id."""
        return str(self._ask("reply", reply))

    def kill(self) -> None:
        """Kill it, whatever it is doing."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
        self.gone()

    def alive(self) -> bool:
        """Whether the process is there."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def gone(self, within_s: float = 10.0) -> bool:
        """Wait until the process is gone."""
        deadline = time.monotonic() + within_s
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        self._connection.close()
        return True

    def _ask(self, command: str, argument: Any = None) -> Any:
        try:
            self._connection.send((command, argument))
            answer = self._receive(ANSWER_S)
        except (EOFError, OSError) as error:
            raise Killed(command) from error
        if isinstance(answer, Refused):
            raise Unavailable(answer.reason)
        return answer

    def _receive(self, within_s: float) -> Any:
        if not self._connection.poll(within_s):
            raise TimeoutError(f"A service process says nothing; see {self._log}.")
        try:
            return self._connection.recv()
        except EOFError:
            if not hasattr(self, "pid"):
                raise RuntimeError(
                    "A service process did not start:\n" + self._log.read_text()[-3000:]
                ) from None
            raise


class Zygote:
    """Gives birth to service processes."""

    def __init__(self, folder: Path) -> None:
        key = secrets.token_bytes(16)
        address = str(folder / "zygote")
        self._listener = Listener(address, "AF_UNIX", authkey=key)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.zygote", address],
            cwd=CHECKOUT,
            env={**os.environ, "ZYGOTE_KEY": key.hex(), "OPENBLAS_NUM_THREADS": "1"},
        )
        self._control = self._listener.accept()
        self._lock = threading.Lock()

    def birth(self, birth: Birth) -> Life:
        """Start a service process and wait until it serves."""
        with self._lock:
            self._control.send(birth)
            connection = self._listener.accept()
        return Life(connection, Path(birth.home) / "life.log")

    def close(self) -> None:
        """End; the processes it gave birth to end with their connections."""
        self._control.close()
        self._listener.close()
        self._process.wait(timeout=10)


@contextmanager
def running_zygote() -> Iterator[Zygote]:
    """Have a zygote for a while."""
    with tempfile.TemporaryDirectory(prefix="textwise-lives-") as folder:
        zygote = Zygote(Path(folder))
        try:
            yield zygote
        finally:
            zygote.close()

"""A task that a thread repeats beside the turns."""

import threading
from collections.abc import Callable

import structlog

from agent.runtime.patience import is_outage

_log = structlog.get_logger(__name__)

_STOP_S = 5.0


class Repeated:
    """Runs ``task`` every ``every_s`` seconds, and at once when nudged.

    A task that returns True has more to do and runs again without waiting. One that raises is
    logged and tried again at its time; that the database is away takes one line.
    """

    def __init__(self, name: str, task: Callable[[], bool | None], *, every_s: float) -> None:
        self._name = name
        self._task = task
        self._every_s = every_s
        self._nudged = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Run the task soon."""
        self._nudged.set()

    @property
    def stopping(self) -> bool:
        """Whether a long task should come to its end."""
        return self._stop.is_set()

    def close(self) -> None:
        """End after the task under way."""
        self._stop.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_STOP_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            more = self._once()
            if not more:
                self._nudged.wait(self._every_s)
                self._nudged.clear()

    def _once(self) -> bool:
        try:
            return bool(self._task())
        except Exception as error:  # noqa: BLE001 - the outermost edge of this thread
            if is_outage(error):
                _log.warning("background_waits", task=self._name, error=type(error).__name__)
            else:
                _log.exception("background_failed", task=self._name)
            return False

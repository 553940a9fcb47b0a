"""Looking into DBOS's queues: at once where this process has put something in, else now and then.

DBOS looks into a queue at a fixed pace. Quick enough for a customer who waits, that pace cost 4% of
a core while nothing happened; slow enough to cost nothing, it kept customers waiting. So the
queues' threads are ours: DBOS's own loop, with a clock that can be nudged.
"""

import heapq
import threading
import time
from collections.abc import Callable

import structlog
from dbos import DBOS
from dbos._queue import Queue, queue_worker_thread

from agent.runtime.patience import is_outage

_log = structlog.get_logger(__name__)

LEAST_GAP_S = 0.1
"""Between two looks, however often it is nudged: one look costs about 4 ms of CPU."""
_STOP_S = 3.0
_GRAIN_S = 0.05
"""Alarms this close to each other ring together."""


class NudgedStop(threading.Event):
    """What stops a queue's loop, and what it waits on between two looks.

    ``wait`` comes back early when ``nudge`` is called, but not within ``LEAST_GAP_S`` of the wait
    before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._nudged = threading.Event()
        self._stopped = threading.Event()
        self._looked_at = 0.0

    def nudge(self) -> None:
        """Look soon."""
        self._nudged.set()

    def set(self) -> None:
        """Stop."""
        super().set()
        self._stopped.set()
        self._nudged.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a nudge, the stop or the time; return whether it is the stop."""
        self._nudged.wait(timeout)
        too_early_s = self._looked_at + LEAST_GAP_S - time.monotonic()
        if too_early_s > 0:
            self._stopped.wait(too_early_s)
        self._nudged.clear()
        self._looked_at = time.monotonic()
        return self.is_set()


class QueueWorkers:
    """The threads that look into the queues, one each."""

    def __init__(self) -> None:
        self._stops: dict[str, NudgedStop] = {}
        self._threads: list[threading.Thread] = []

    def start(self, dbos: DBOS, queue: Queue) -> None:
        """Begin to look into a queue."""
        stop = self._stops[queue.name] = NudgedStop()
        thread = threading.Thread(
            target=queue_worker_thread,
            args=(stop, dbos, queue),
            daemon=True,
            name=f"queue-{queue.name}",
        )
        self._threads.append(thread)
        thread.start()

    def nudge(self, queue_name: str) -> None:
        """Look into a queue soon; nothing where this process does not look into it."""
        stop = self._stops.get(queue_name)
        if stop is not None:
            stop.nudge()

    def close(self) -> None:
        """Stop looking; what is under way goes on."""
        for stop in self._stops.values():
            stop.set()
        for thread in self._threads:
            thread.join(timeout=_STOP_S)
        self._stops.clear()
        self._threads.clear()


class Alarms:
    """Calls functions later, from one thread however many there are."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int]] = []
        self._calls: dict[int, dict[Callable[[], None], None]] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="alarms")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; what is not due yet is forgotten."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=_STOP_S)

    def after(self, delay_s: float, call: Callable[[], None]) -> None:
        """Call a function after a while; the same one at about the same time is called once."""
        tick = int((time.monotonic() + delay_s) / _GRAIN_S) + 1
        with self._changed:
            calls = self._calls.setdefault(tick, {})
            if not calls:
                heapq.heappush(self._due, (tick * _GRAIN_S, tick))
                self._changed.notify_all()
            calls[call] = None

    def _run(self) -> None:
        while True:
            with self._changed:
                calls = self._next()
            if calls is None:
                return
            for call in calls:
                try:
                    call()
                except Exception as error:  # noqa: BLE001 - the outermost edge of this thread
                    if is_outage(error):
                        _log.warning("alarm_waits", error=type(error).__name__)
                    else:
                        _log.exception("alarm_failed")

    def _next(self) -> list[Callable[[], None]] | None:
        """Wait for what is due next; None once stopped."""
        while not self._stopped:
            if not self._due:
                self._changed.wait()
                continue
            left_s = self._due[0][0] - time.monotonic()
            if left_s <= 0:
                _, tick = heapq.heappop(self._due)
                return list(self._calls.pop(tick))
            self._changed.wait(left_s)
        return None

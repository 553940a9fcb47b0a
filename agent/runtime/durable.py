"""Turns and sends on DBOS, by the rules that DESIGN.md gives.

* DBOS's tables live in the app's database; a turn is enqueued in the transaction that stores its
  text. Arguments and results are ids only, serialised as JSON.
* The queue of turns is partitioned by conversation, one at a time each. A burst's silence is a
  delay of the enqueued turn; the last text's turn finds the silence over and claims all.
* Every process has its own executor id and a heartbeat; work of those silent for 15 s is enqueued
  again (``_reap``), and so is what a process claimed itself and lost (``Orphans``).
* The application's version is a constant: what a process of another build left is picked up.
* A workflow here is one idempotent function without recorded steps: ``TurnRunner`` and ``Outbox``
  find in the database what they have already done, so recording steps would only double it.
* What this process enqueues it looks for at once; what others enqueue, within a poll.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig

from agent.domain.ports import Ids
from agent.runtime.background import Repeated
from agent.runtime.finished import Finished
from agent.runtime.orphans import Orphans
from agent.runtime.polling import Alarms, QueueWorkers
from agent.runtime.queueing import APP_NAME, APP_VERSION, SCHEMA, SENDS, TURNS, JsonSerializer
from agent.runtime.work import Work
from agent.runtime.workflows import register

_log = structlog.get_logger(__name__)

WORKERS = 6
"""Turns at once in one process; unlimited workers on one engine deadlocked (DESIGN.md)."""
TURN_POLL_S, SEND_POLL_S = 2.0, 4.0
"""For what nobody nudged us for: other processes' work, of which they look after most themselves.
Whoever has helped once goes on at the end of each turn."""
STOP_S = 5.0
"""How long stopping waits for turns under way; what is not done then is done after the restart."""
_FREE_AFTER_S = (0.03, 0.5)
"""Until DBOS has noted the end of a workflow, and the next of its conversation may begin: as a
rule, and where the database is slow."""
_LONGEST_ALARM_S = 120.0
"""Later work is found by DBOS's own look each second; remembering it would only cost memory."""
WATCH_EVERY_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Seconds between a process's signs of life, and of silence after which it counts as dead."""

    beat_s: float = 5.0
    silent_s: float = 15.0


class DurableRuntime:
    """Owns DBOS in this process. ``launch`` starts workers, heartbeat and reaper."""

    def __init__(
        self,
        *,
        engine: sa.Engine,
        work: Work,
        ids: Ids,
        single_process: bool,
        pulse: Pulse,
        keep_days: float = 14.0,
        watch: Callable[[], bool | None] | None = None,
    ) -> None:
        """Take what is needed; nothing runs yet.

        Args:
            engine: DBOS's own.
            work: what the workflows call.
            ids: for the process's own id.
            single_process: whether every other process's work may be taken over at once.
            pulse: pace of the heartbeat.
            keep_days: finished rows of DBOS are deleted after these.
            watch: looks now and then for what is stuck (``agent.runtime.watch``).
        """
        self._engine = engine
        self._work = work
        self._dbos: DBOS | None = None
        self._orphans: Repeated | None = None
        self._single_process = single_process
        self._pulse = pulse
        self._finished = Finished(keep=timedelta(days=keep_days))
        self.executor_id = ids.new("exe")
        self._stop = threading.Event()
        self._alarms = Alarms()
        self._workers = QueueWorkers()
        self._beating_since: float | None = None
        self._watch = None if watch is None else Repeated("watch", watch, every_s=WATCH_EVERY_S)
        self._heart = threading.Thread(target=self._beat_and_reap, daemon=True, name="heartbeat")

    def launch(self) -> None:
        """Migrate DBOS's tables, register workflows and queues, and start working."""
        config: DBOSConfig = {
            "name": APP_NAME,
            "system_database_engine": self._engine,
            "dbos_system_schema": SCHEMA,
            "application_version": APP_VERSION,
            "executor_id": self.executor_id,
            "serializer": JsonSerializer(),
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
        dbos = self._dbos = DBOS(config=config)
        register(self._work)
        # Our queues are looked into by our own threads, which can be nudged.
        DBOS.listen_queues([])
        DBOS.launch()
        # DBOS would wait up to a minute after each try and longer than the database is away, and
        # knows only some of its errors; what fails for it we take up again (``Orphans``).
        dbos._sys_db._retry_connection_errors = False  # noqa: SLF001 - no option for it
        turns = DBOS.register_queue(
            TURNS,
            worker_concurrency=WORKERS,
            partition_concurrency=1,
            polling_interval_sec=TURN_POLL_S,
            on_conflict="always_update",
        )
        sends = DBOS.register_queue(
            SENDS,
            worker_concurrency=WORKERS,
            polling_interval_sec=SEND_POLL_S,
            on_conflict="always_update",
        )
        self._alarms.start()
        self._work.queue.connect(self._enqueued)
        self._beat()
        # On SQLite there is one process: whoever else has left a heartbeat is gone.
        self._reap(0.0 if self._single_process else self._pulse.silent_s)
        self._work.under_way.on_end = self._look_again
        for queue in (turns, sends):
            self._workers.start(dbos, queue)
        self._heart.start()
        orphans = Orphans(dbos=dbos, executor_id=self.executor_id, idle_s=self._pulse.silent_s)
        self._orphans = Repeated("orphans", self._orphaned(orphans), every_s=self._pulse.beat_s)
        self._orphans.start()
        if self._watch is not None:
            self._watch.start()

    def close(self) -> None:
        """Stop working; what is unfinished is picked up at the next start."""
        self._stop.set()
        for repeated in (self._watch, self._orphans):
            if repeated is not None:
                repeated.close()
        self._workers.close()
        self._alarms.close()
        self._work.under_way.wait_for_none(STOP_S)
        for patient in (self._work.outbox, self._work.runner):
            patient.patience.stop.set()
        DBOS.destroy(destroy_registry=True)
        self._engine.dispose()
        if self._heart.is_alive():
            self._heart.join(timeout=STOP_S)

    # ── looking at once ────────────────────────────────────────────────────────────────────

    def _look_again(self) -> None:
        """Look for the next turn soon: a worker is free, and a conversation perhaps too."""
        for delay_s in _FREE_AFTER_S:
            self._alarms.after(delay_s, self._nudges[TURNS])

    def _enqueued(self, queue: str, delay_s: float) -> None:
        """Look when it is time for what this process has just enqueued."""
        if delay_s <= 0:
            self._workers.nudge(queue)
        elif delay_s <= _LONGEST_ALARM_S:
            self._alarms.after(delay_s, self._wakes[queue])

    @cached_property
    def _nudges(self) -> dict[str, Callable[[], None]]:
        return {queue: partial(self._workers.nudge, queue) for queue in (TURNS, SENDS)}

    @cached_property
    def _wakes(self) -> dict[str, Callable[[], None]]:
        return {queue: partial(self._wake, queue) for queue in (TURNS, SENDS)}

    def _wake(self, queue: str) -> None:
        """Take up what was delayed until now; DBOS itself would look within a second."""
        if self._dbos is not None and not self._stop.is_set():
            self._dbos._sys_db.transition_delayed_workflows()  # noqa: SLF001 - the only way
            self._workers.nudge(queue)

    def _orphaned(self, orphans: Orphans) -> Callable[[], None]:
        def look() -> None:
            if orphans.look():
                for queue in (TURNS, SENDS):
                    self._workers.nudge(queue)

        return look

    # ── heartbeat, reaping, tidying ────────────────────────────────────────────────────────

    def _beat_and_reap(self) -> None:
        while not self._stop.wait(self._pulse.beat_s):
            try:
                self._beat()
                if self._steady():
                    self._reap(self._pulse.silent_s)
                self._finished.tidy()
            except Exception as error:  # noqa: BLE001 - a heart that stops is taken for a dead process
                # The database went away, as a rule; the next beat tries again.
                self._beating_since = None
                _log.warning("heartbeat_failed", error=type(error).__name__)

    def _beat(self) -> None:
        with self._work.database.begin() as uow:
            uow.live.beat(self.executor_id)
        self._beating_since = self._beating_since or time.monotonic()

    def _steady(self) -> bool:
        """Whether the others have had time for a sign of life since the database was last away."""
        since = self._beating_since
        return since is not None and time.monotonic() - since >= self._pulse.silent_s

    def _reap(self, silence_s: float) -> None:
        """Enqueue again the work of executors that give no sign of life."""
        with self._work.database.read() as uow:
            silent = uow.live.silent_executors(silence_s)
        for executor_id in silent:
            if executor_id == self.executor_id:
                continue
            recovered = DBOS._recover_pending_workflows([executor_id])  # noqa: SLF001 - the only way
            _log.info("reaped", executor=executor_id, workflows=len(recovered))
            with self._work.database.begin() as uow:
                uow.live.forget_executor(executor_id)
            for queue in (TURNS, SENDS):
                self._workers.nudge(queue)

"""Turns and sends on DBOS, by the rules that DESIGN.md gives.

* DBOS's tables live in the app's database; a turn is enqueued in the transaction that stores its
  text. Arguments and results are ids only, serialised as JSON.
* The queue of turns is partitioned by conversation, one at a time each. A burst's silence is a
  delay of the enqueued turn; the last text's turn finds the silence over and claims all.
* Every process has its own executor id and a heartbeat; work of those silent for 15 s is enqueued
  again (``_reap``).
* The application's version is a constant: what a process of another build left is picked up.
* A workflow here is one idempotent function without recorded steps: ``TurnRunner`` and ``Outbox``
  find in the database what they have already done, so recording steps would only double it.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from dbos._serialization import Serializer
from sqlmodel import Session

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.ports import Ids
from agent.outbox import Outbox
from agent.runtime.turn_runner import TurnRunner
from agent.store.unit_of_work import Database

_log = structlog.get_logger(__name__)

APP_NAME = "textwise"
APP_VERSION = "textwise-1"
"""Constant on purpose: DBOS never picks up work of another version. Change workflow bodies only
through ``DBOS.patch``."""
TURNS, SENDS = "turns", "sends"
WORKERS = 6
"""Turns at once in one process; unlimited workers on one engine deadlocked (DESIGN.md)."""
TURN_POLL_S, SEND_POLL_S = 0.1, 0.5
STOP_S = 5.0
"""How long stopping waits for turns under way; what is not done then is done after the restart."""
SCHEMA = "dbos"


class JsonSerializer(Serializer):
    """Ids as JSON instead of DBOS's pickle."""

    def serialize(self, data: Any) -> str:
        """Serialise arguments and results."""
        return json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        """Restore arguments and results."""
        return json.loads(serialized_data)

    def name(self) -> str:
        """Name the format in DBOS's rows."""
        return "textwise_json"


class DurableQueue:
    """Enqueues turns and sends in the caller's transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._client: DBOSClient | None = None

    def connect(self) -> None:
        """Connect once DBOS has migrated its tables."""
        self._client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=JsonSerializer(),
            application_name=APP_NAME,
        )

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        """Enqueue a turn; it runs after the commit and the delay, one a conversation at a time."""
        options: EnqueueOptions = {
            "workflow_name": "take_turn",
            "queue_name": TURNS,
            "workflow_id": turn_id,
            "queue_partition_key": conversation_id,
            "app_version": APP_VERSION,
        }
        self._enqueue(session, options, conversation_id, delay_s)

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        """Enqueue the sending of one message."""
        options: EnqueueOptions = {
            "workflow_name": "send_message",
            "queue_name": SENDS,
            "app_version": APP_VERSION,
        }
        self._enqueue(session, options, message_id, delay_s)

    def _enqueue(
        self, session: Session, options: EnqueueOptions, argument: str, delay_s: float
    ) -> None:
        if self._client is None:
            raise RuntimeError("DurableQueue.connect() comes before enqueueing")
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        self._client.enqueue_in_transaction(session, options, argument)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Seconds between a process's signs of life, and of silence after which it counts as dead."""

    beat_s: float = 5.0
    silent_s: float = 15.0


class UnderWay:
    """Counts work under way, so that stopping can wait for it."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait_for_none(self, timeout_s: float) -> bool:
        """Wait until nothing is under way; False if the time was not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the workflows call."""

    runner: TurnRunner
    outbox: Outbox
    database: Database
    queue: DurableQueue
    on_turn_done: Callable[[TurnId], None]
    under_way: UnderWay = field(default_factory=UnderWay)

    def take_turn(self, turn_id: TurnId, conversation_id: ConversationId) -> None:
        """Run a turn and send its replies."""
        with self.under_way:
            try:
                for message_id in self.runner.run(turn_id, conversation_id):
                    self._send(message_id)
            finally:
                self.on_turn_done(turn_id)

    def send(self, message_id: MessageId) -> None:
        """Send one message; where the provider was busy, enqueue the next try."""
        with self.under_way:
            self._send(message_id)

    def _send(self, message_id: MessageId) -> None:
        retry_after_s = self.outbox.send(message_id)
        if retry_after_s is not None:
            with self.database.begin() as uow:
                self.queue.enqueue_send(uow.session, message_id, delay_s=retry_after_s)


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
    ) -> None:
        self._engine = engine
        self._work = work
        self._single_process = single_process
        self._pulse = pulse
        self.executor_id = ids.new("exe")
        self._stop = threading.Event()
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
        DBOS(config=config)
        _register(self._work)
        DBOS.launch()
        DBOS.register_queue(
            TURNS,
            worker_concurrency=WORKERS,
            partition_concurrency=1,
            polling_interval_sec=TURN_POLL_S,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            SENDS,
            worker_concurrency=WORKERS,
            polling_interval_sec=SEND_POLL_S,
            on_conflict="always_update",
        )
        self._work.queue.connect()
        self._beat()
        # On SQLite there is one process: whoever else has left a heartbeat is gone.
        self._reap(0.0 if self._single_process else self._pulse.silent_s)
        self._heart.start()

    def close(self) -> None:
        """Stop working; what is unfinished is picked up at the next start."""
        self._stop.set()
        self._work.under_way.wait_for_none(STOP_S)
        DBOS.destroy(destroy_registry=True)
        self._engine.dispose()
        if self._heart.is_alive():
            self._heart.join(timeout=STOP_S)

    def _beat_and_reap(self) -> None:
        while not self._stop.wait(self._pulse.beat_s):
            try:
                self._beat()
                self._reap(self._pulse.silent_s)
            except sa.exc.DBAPIError as error:
                # The database went away; the next beat tries again.
                _log.warning("heartbeat_failed", error=type(error).__name__)

    def _beat(self) -> None:
        with self._work.database.begin() as uow:
            uow.live.beat(self.executor_id)

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


def _register(work: Work) -> None:
    @DBOS.workflow(name="take_turn")
    def take_turn(conversation_id: str) -> None:
        turn_id = DBOS.workflow_id
        if turn_id is None:
            raise RuntimeError("a turn runs inside its workflow")
        work.take_turn(TurnId(turn_id), ConversationId(conversation_id))

    @DBOS.workflow(name="send_message")
    def send_message(message_id: str) -> None:
        work.send(MessageId(message_id))

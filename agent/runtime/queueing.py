"""Putting turns and sends into DBOS's queues, in the transaction of whoever has something to do."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions
from dbos._serialization import Serializer
from sqlmodel import Session

from agent.domain.ids import ConversationId, MessageId, TurnId

APP_NAME = "textwise"
APP_VERSION = "textwise-1"
"""Constant on purpose: DBOS never picks up work of another version. Change workflow bodies only
through ``DBOS.patch``."""
TURNS, SENDS = "turns", "sends"
SCHEMA = "dbos"

OnEnqueued = Callable[[str, float], None]
"""Told of a queue's name and of the delay in seconds, once the enqueuing is committed."""


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
        self._on_enqueued: OnEnqueued = _nobody

    def connect(self, on_enqueued: OnEnqueued | None = None) -> None:
        """Connect once DBOS has migrated its tables.

        Args:
            on_enqueued: told of each commit that put something into a queue.
        """
        self._on_enqueued = on_enqueued or _nobody
        self._client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=JsonSerializer(),
            application_name=APP_NAME,
            # Whoever enqueues is told at once that the database is away, and told to come again.
            retry_connection_errors=False,
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
        told = partial(_committed, self._on_enqueued, options["queue_name"], max(0.0, delay_s))
        sa.event.listen(session, "after_commit", told, once=True)


def _committed(on_enqueued: OnEnqueued, queue: str, delay_s: float, session: Session) -> None:
    del session
    on_enqueued(queue, delay_s)


def _nobody(queue: str, delay_s: float) -> None:
    """Tell nobody: other processes do the work."""
    del queue, delay_s

"""What DBOS's workflows call: a turn with its sends, or one send."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.outbox import Outbox
from agent.runtime.queueing import DurableQueue
from agent.runtime.turn_runner import TurnRunner
from agent.store.unit_of_work import Database


class UnderWay:
    """Counts work under way, so that stopping can wait for it. ``on_end`` is told of each end."""

    def __init__(self) -> None:
        self.on_end: Callable[[], None] | None = None
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()
        if self.on_end is not None:
            self.on_end()

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
            self.outbox.patience.through(partial(self._enqueue_again, message_id, retry_after_s))

    def _enqueue_again(self, message_id: MessageId, delay_s: float) -> None:
        with self.database.begin() as uow:
            self.queue.enqueue_send(uow.session, message_id, delay_s=delay_s)

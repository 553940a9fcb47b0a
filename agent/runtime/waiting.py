"""Waiting for a turn's result: an in-process event, with the database as the truth behind it."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from agent.domain.ids import MessageId, TurnId
from agent.store.unit_of_work import Database

_LOOK_S = 0.5
"""How often the database is looked at meanwhile: another process may have run the turn."""


class WaitingRoom:
    """Callers wait here for the turn that answers their text."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done = threading.Condition()
        self._generation = 0

    def turn_done(self, turn_id: TurnId) -> None:
        """Wake everyone who waits; each looks whether it was their turn."""
        del turn_id
        with self._done:
            self._generation += 1
            self._done.notify_all()

    def wait(self, message_id: MessageId, *, timeout_s: float) -> Mapping[str, Any] | None:
        """Return the ``replies`` and ``turn`` of the turn that took a text, None after the time."""
        deadline = time.monotonic() + timeout_s
        while True:
            with self._done:
                generation = self._generation
            result = self._result(message_id)
            left_s = deadline - time.monotonic()
            if result is not None or left_s <= 0:
                return result
            with self._done:
                if self._generation == generation:
                    self._done.wait(min(_LOOK_S, left_s))

    def _result(self, message_id: MessageId) -> Mapping[str, Any] | None:
        with self._database.read() as uow:
            turn_id = uow.messages.get(message_id).turn_id
            record = None if turn_id is None else uow.turns.get(turn_id)
        return None if record is None or not record.finished else record.result

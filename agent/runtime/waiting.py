"""Waiting for a turn's result: an in-process event, with the database as the truth behind it."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from agent.domain.ids import MessageId, TurnId
from agent.runtime.patience import is_outage
from agent.store.unit_of_work import Database

LONGEST_S = 30.0
"""A call that waits longer is answered without its replies (contract: 202)."""
_LOOK_S = 0.5
"""How often the database is looked at meanwhile: another process may have run the turn."""


class WaitingRoom:
    """Callers wait here for the turn that answers their text; they hold no connection meanwhile.

    ``longest_s``: how long anybody waits here who names no time of their own.
    """

    def __init__(self, database: Database, *, longest_s: float = LONGEST_S) -> None:
        self.longest_s = longest_s
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
        try:
            with self._database.read() as uow:
                turn_id = uow.messages.get(message_id).turn_id
                record = None if turn_id is None else uow.turns.get(turn_id)
        except SQLAlchemyError as error:
            if not is_outage(error):
                raise
            # The text is stored and its turn will be taken: whoever waits is not told of an error.
            return None
        return None if record is None or not record.finished else record.result

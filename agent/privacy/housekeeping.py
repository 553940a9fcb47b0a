"""Keeping no longer than the brand file says: looked after by one process at a time."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from agent.brand import Retention
from agent.domain.ports import Clock
from agent.privacy.retention import delete_old
from agent.store.unit_of_work import Database

_log = structlog.get_logger(__name__)

TURN = "housekeeping"
EVERY = timedelta(hours=1)
"""The brand file counts in days, so an hour is soon enough."""
LOOK_EVERY_S = 300.0


@dataclass(slots=True, kw_only=True)
class Housekeeping:
    """Deletes what is past its time, once an hour whatever the number of processes.

    Should the process whose turn it is die, the next turn goes on where it was.
    """

    database: Database
    retention: Retention
    clock: Clock
    _deleted: int = field(default=0)
    _at_it: bool = field(default=False)

    def tidy(self) -> bool:
        """Delete one batch if it is time; True where there is another."""
        if not self._at_it and not self._is_our_turn():
            return False
        deleted = delete_old(self.database, self.retention, self.clock)
        self._deleted += deleted.rows
        self._at_it = deleted.more
        if not deleted.more and self._deleted:
            _log.info("old_rows_deleted", rows=self._deleted)
            self._deleted = 0
        return deleted.more

    def _is_our_turn(self) -> bool:
        with self.database.begin() as uow:
            return uow.live.take_turn(TURN, every=EVERY)

"""Waiting for a database that is away, instead of giving up work that nobody else would do."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
import structlog

_log = structlog.get_logger(__name__)

Result = TypeVar("Result")


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database cannot be reached, not that a statement is wrong."""
    if isinstance(error, sa.exc.DBAPIError):
        away = (sa.exc.OperationalError, sa.exc.InterfaceError)
        return error.connection_invalidated or isinstance(error, away)
    # The pool had no connection in time.
    return isinstance(error, sa.exc.TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Repeats what fails because the database is away.

    Waits ``first_s`` seconds, then twice as long each time up to ``longest_s``; after ``most_s``
    in all the error is raised. A restart of PostgreSQL takes seconds to a minute.
    """

    first_s: float = 0.2
    longest_s: float = 3.0
    most_s: float = 600.0
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when the process stops: the error is raised at once, the work is found at the start."""

    def through(self, task: Callable[[], Result]) -> Result:
        """Return the result of a task that is safe to repeat.

        Raises:
            Exception: whatever the task raises that is no outage, or the last outage.
        """
        wait_s, deadline = self.first_s, time.monotonic() + self.most_s
        while True:
            try:
                return task()
            except Exception as error:
                if not is_outage(error) or time.monotonic() + wait_s > deadline:
                    raise
                _log.warning("database_away", error=type(error).__name__, again_in_s=wait_s)
                if self.stop.wait(wait_s):
                    raise
                wait_s = min(self.longest_s, 2 * wait_s)

"""Every lasting effect of a process, by name: the boundaries at which it may be killed.

What a restart finds differs only by what was committed and by what the provider has taken. So the
steps of a turn and of a send end at commits and at the provider's answers, and killing a process
after each of these, and before the first, tries every state that a crash can leave behind. They
are watched where they happen, at the databases' drivers; the code under test knows nothing of it,
and a transaction that is added to it is a new boundary by itself.

An effect is named after the function that opened its transaction, such as ``TurnRunner._claim``,
or after DBOS's own, such as ``dbos.start_queued_workflows``.
"""

import re
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

PROVIDER = "provider"
"""The provider has answered; nothing of it is stored yet."""

_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.IGNORECASE | re.DOTALL
)
_ROOMS = ("agent.inbox", "agent.outbox", "agent.desk", "agent.delivery_news", "agent.runtime")
"""Where texts are taken, answered and sent. Learning and the like only read what comes of it."""
_PERIODIC = re.compile(r"_beat|_reap|forget|housekeep|_prune|_watch|_sweep")
"""Done by the clock, not by a text; the kills at random times meet them."""

Seen = Callable[[str, str], None]
"""Called with ``before`` or ``after`` and the effect's name, in the thread that causes it."""


class Effects:
    """Tells of every lasting effect of this process, once ``install`` was called."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._local = threading.local()

    def install(self) -> None:
        """Watch every engine of this process, for its whole life."""
        commit = DefaultDialect.do_commit

        def do_commit(dialect: Any, connection: Any) -> None:
            name = _name() if _has_written(connection) else None
            if name is not None:
                self._seen("before", name)
            commit(dialect, connection)
            if name is not None:
                self._seen("after", name)

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
        sa.event.listen(sa.Engine, "begin", _begin)
        sa.event.listen(sa.Engine, "after_cursor_execute", self._executed)

    def provider(self) -> None:
        """Tell that the provider has answered."""
        self._seen("after", PROVIDER)

    def _executed(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if connection.dialect.name != "postgresql":
            return
        if not _WRITES.match(statement) or cursor.rowcount == 0:
            return
        if connection.connection.dbapi_connection.autocommit:
            name = _name()
            if name is not None:
                self._seen("after", name)
        else:
            connection.info["wrote"] = True


def _begin(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.info["wrote"] = False
    else:
        connection.info["changes"] = connection.connection.dbapi_connection.total_changes


def _has_written(connection: Any) -> bool:
    if hasattr(connection.dbapi_connection, "total_changes"):
        changes = connection.dbapi_connection.total_changes
        return bool(changes != connection.info.get("changes", changes))
    return bool(connection.info.pop("wrote", False))


def _name() -> str | None:
    """Name the transaction that is being committed; None where it is no step of a text's way."""
    frame: FrameType | None = sys._getframe(1)
    engine = ""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        function = frame.f_code.co_qualname
        if module.startswith("dbos._sys_db"):
            if "<locals>" not in function:
                engine = function.rsplit(".", 1)[-1]
        elif engine and not module.startswith(("contextlib", "sqlalchemy")):
            return None if _PERIODIC.search(engine) else f"dbos.{engine}"
        elif module.startswith("agent.") and not module.startswith("agent.store"):
            known = module.startswith(_ROOMS) and not _PERIODIC.search(function)
            return function if known else None
        frame = frame.f_back
    return None

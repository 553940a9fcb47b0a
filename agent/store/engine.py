"""Engines. SQLite in WAL mode with a busy timeout; PostgreSQL through psycopg 3."""

import threading
import time
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

SQLITE_BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another; a turn's transaction holds the lock for milliseconds."""
CONNECT_TIMEOUT_S = 5
"""How long PostgreSQL may take to answer; libpq itself waits for minutes on a silent network."""
POOL_TIMEOUT_S = 8.0
"""How long to wait for a free connection. Providers give up on a webhook after 15 s."""
PING_AFTER_S = 1.0
"""A connection that nobody used for so long is asked whether it is still there. Asking each time
cost more than a tenth of a turn's statements; one that breaks in between is an outage as any."""
PREPARE_AFTER, MOST_PREPARED = 2, 500
"""Times that a connection runs a statement before PostgreSQL is told to remember its plan, and how
many it remembers. A turn has about seventy statements, each in a few forms: what is NULL counts."""

READ_ONLY = "textwise_read_only"
"""Execution option of connections that will not write: they do not queue for the write lock."""


def create_engine(url: str, *, pool_size: int = 10) -> sa.Engine:
    """Make an engine for the store, of a SQLAlchemy URL (SQLite or PostgreSQL).

    Every SQLite transaction that may write takes the write lock as it begins.
    """
    engine = create_engine_for_dbos(url, pool_size=pool_size)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _leave_transactions_to_us)
        turnstile = _Turnstile()
        sa.event.listen(engine, "begin", turnstile.enter)
        sa.event.listen(engine, "checkin", turnstile.leave)
    return engine


def create_engine_for_dbos(url: str, *, pool_size: int = 10) -> sa.Engine:
    """Make an engine as DBOS expects it: it begins its transactions itself.

    Parameters are kept out of errors, and so texts and numbers out of logs.
    """
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url,
            connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_TIMEOUT_MS / 1000},
            hide_parameters=True,
        )
        sa.event.listen(engine, "connect", _configure_sqlite)
        return engine
    named = "connect_timeout" in sa.make_url(url).query
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_S,
        # The one used last goes first: few connections then know the statements of all.
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={} if named else {"connect_timeout": CONNECT_TIMEOUT_S},
    )
    sa.event.listen(engine, "connect", _prepare_statements)
    sa.event.listen(engine, "checkin", _note_use)
    sa.event.listen(engine, "checkout", partial(_ping_if_idle, engine.dialect))
    return engine


def _prepare_statements(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.prepare_threshold = PREPARE_AFTER
    connection.prepared_max = MOST_PREPARED


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT] = time.monotonic()


def _ping_if_idle(
    dialect: sa.Dialect,
    connection: DBAPIConnection,
    record: ConnectionPoolEntry,
    _proxy: PoolProxiedConnection,
) -> None:
    """Have a connection replaced that was idle and is gone, and all others with it."""
    used_at = record.info.get(_USED_AT)
    if used_at is None or time.monotonic() - used_at < PING_AFTER_S:
        return
    try:
        alive = dialect.do_ping(connection)
    except Exception as error:  # psycopg's own; whatever it is, this connection is no good
        raise sa.exc.InvalidatePoolError("an idle connection is gone") from error
    if not alive:
        raise sa.exc.InvalidatePoolError("an idle connection is gone")


_USED_AT = "textwise_used_at"


def _configure_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # As DBOS's own engine does: its first write takes the lock at once.
    connection.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # In WAL mode NORMAL survives a crash of the process; only power loss may undo the last commits.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()


def _leave_transactions_to_us(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None


class _Turnstile:
    """Lets this process's writers into SQLite one after another.

    SQLite itself makes a writer that finds the lock taken sleep and look again, up to 100 ms each
    time, and whoever looks at the right moment goes first: in a burst some waited for seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def enter(self, connection: sa.Connection) -> None:
        """Begin a transaction; one that may write waits for the writer before it."""
        if connection.get_execution_options().get(READ_ONLY, False):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(_INSIDE):
            self._lock.acquire()
            connection.info[_INSIDE] = True
        # A transaction that reads first and writes later would fail with "database is locked" at
        # its first write; taking the write lock at once makes writers queue up instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def leave(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        """Let the next writer in, once a connection is given back to the pool."""
        if record.info.pop(_INSIDE, False):
            self._lock.release()


_INSIDE = "textwise_inside"

"""Engines: many writers into one SQLite file; PostgreSQL's connections and statements."""

import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.store import engine as engines
from agent.store.engine import PREPARE_AFTER, create_engine
from agent.store.unit_of_work import Database

WRITERS, HOLD_S = 25, 0.01
INSERT = sa.text("INSERT INTO lines (writer) VALUES (:writer)")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'writers.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE lines (id INTEGER PRIMARY KEY, writer INTEGER)")
    yield engine
    engine.dispose()


def test_no_writer_waits_much_longer_than_those_before_it_take(sqlite: sa.Engine) -> None:
    waited: list[float] = []

    def write(writer: int) -> None:
        for _ in range(3):
            began = time.monotonic()
            with sqlite.begin() as connection:
                waited.append(time.monotonic() - began)
                connection.execute(INSERT, {"writer": writer})
                time.sleep(HOLD_S)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM lines").scalar() == 3 * WRITERS
    # All writers together hold the lock for 0.75 s; left to SQLite some waited for longer still.
    assert max(waited) < 3 * WRITERS * HOLD_S * 3


def test_a_writer_that_fails_lets_the_next_one_in(sqlite: sa.Engine) -> None:
    with pytest.raises(sa.exc.OperationalError), sqlite.begin() as connection:
        connection.exec_driver_sql("INSERT INTO nothing VALUES (1)")
    with pytest.raises(RuntimeError, match="in between"), sqlite.begin():
        raise RuntimeError("in between")
    with sqlite.begin() as connection:
        connection.exec_driver_sql("INSERT INTO lines (writer) VALUES (1)")


def test_one_connection_may_write_several_times(sqlite: sa.Engine) -> None:
    with sqlite.connect() as connection:
        for writer in range(3):
            with connection.begin():
                connection.execute(INSERT, {"writer": writer})
    with sqlite.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM lines").scalar() == 3


@pytest.fixture
def postgres(engine: sa.Engine) -> sa.Engine:
    if engine.dialect.name != "postgresql":
        pytest.skip("of PostgreSQL alone")
    return engine


def backend(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def end_backend(engine: sa.Engine, pid: int) -> None:
    other = create_engine(engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        while connection.execute(
            sa.text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid}
        ).first():
            connection.rollback()
            time.sleep(0.01)
    other.dispose()


def test_a_connection_that_went_while_it_was_idle_is_replaced(
    postgres: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PING_AFTER_S", 0.0)
    gone = backend(postgres)
    end_backend(postgres, gone)

    assert backend(postgres) != gone


def test_a_connection_in_use_is_not_asked_whether_it_is_there(postgres: sa.Engine) -> None:
    backend(postgres)
    asked: list[object] = []
    ping = postgres.dialect.do_ping
    postgres.dialect.do_ping = lambda connection: asked.append(connection) or ping(connection)  # type: ignore[method-assign, func-returns-value]
    pids = {backend(postgres) for _ in range(5)}

    assert (len(pids), asked) == (1, [])


def test_statements_stay_prepared_whatever_is_read_in_between(
    postgres: sa.Engine, database: Database
) -> None:
    for _ in range(PREPARE_AFTER + 2):
        with database.begin() as uow:
            uow.conversations.counts()
        with database.read() as uow:
            uow.live.active("knowledge")
    with postgres.connect() as connection:
        prepared = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements")
        statements = [row.statement for row in prepared]

    assert any("GROUP BY conversations.status" in statement for statement in statements)
    assert any("FROM active" in statement for statement in statements)


def test_nothing_done_while_reading_is_kept(database: Database) -> None:
    on_postgres = database.engine.dialect.name == "postgresql"
    refused = pytest.raises(sa.exc.InternalError, match="read-only")
    with refused if on_postgres else nullcontext(), database.read() as uow:
        uow.live.set_active("knowledge", "kb_stray")
    with database.read() as uow:
        assert uow.live.active("knowledge") is None

"""Engines: many writers into one SQLite file."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.store.engine import create_engine

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

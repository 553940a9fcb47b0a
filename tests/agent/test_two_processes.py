"""Two service processes on one PostgreSQL: what both find to do is done once."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.domain.messages import Delivery
from agent.runtime.overdue import OVERDUE
from agent.settings import CHECKOUT
from agent.store.unit_of_work import Database
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock

PATIENCE_S = 60.0


@pytest.fixture
def house(database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(database.engine, database, clock, ids, tmp_path)


@contextmanager
def service(house: House, home: Path, *, at: datetime) -> Iterator[None]:
    """Run a service whose clock says that it is then; it is stopped in order."""
    url = house.parts.database.engine.url.render_as_string(hide_password=False)
    ahead = (at - datetime.now(UTC)).total_seconds()
    command = [sys.executable, "-m", "tests.agent.later_service", url, str(home), str(ahead)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE) as process:
        try:
            yield
            process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def until_so_many_wait(engine: sa.Engine, count: int) -> None:
    """Wait until so many transactions want a conversation that another one has locked."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND query LIKE '%conversations%FOR UPDATE%'"
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until(lambda: connection.scalar(query) == count)


def sends(engine: sa.Engine) -> list[str]:
    """Return the states of all sends that were ever enqueued."""
    with engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT status FROM dbos.workflow_status")))


@pytest.mark.timeout(5 * PATIENCE_S)
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_promise_not_kept_is_owned_up_to_once_though_two_processes_see_it(
    house: House, tmp_path: Path
) -> None:
    house.text("human")
    engine = house.parts.database.engine
    with service(house, tmp_path, at=house.clock.now()):
        pass  # it is early still, and the queue's own tables are made

    late = house.clock.now() + timedelta(minutes=31)
    with ExitStack() as services:
        # Both have found the promise broken before either can say so.
        with house.parts.database.begin() as uow:
            uow.conversations.lock(house.conversation().id)
            for number in (1, 2):
                services.enter_context(service(house, tmp_path, at=late))
                until_so_many_wait(engine, number)
        until(lambda: "SUCCESS" in sends(engine) and len(set(sends(engine))) == 1)

    first, told = house.outbound()
    assert "30 minutes" in first.text
    assert "takes longer than I said" in told.text
    assert told.delivery is Delivery.SENT
    assert sends(engine) == ["SUCCESS"]
    assert (tmp_path / "sent").read_text(encoding="utf-8").splitlines() == [told.text]
    with house.parts.database.read() as uow:
        rules = [case.rule for case in uow.escalations.open_cases()]
    assert rules.count(OVERDUE) == 1

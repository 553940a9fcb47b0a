"""A learner on each kind of database."""

from pathlib import Path

import pytest

from agent.store.unit_of_work import Database
from tests.agent.learning.house import Learner
from tests.conftest import FakeClock


@pytest.fixture
def learner(database: Database, clock: FakeClock, tmp_path: Path) -> Learner:
    return Learner(database, clock, tmp_path)


@pytest.fixture
def sqlite_learner(sqlite_database: Database, clock: FakeClock, tmp_path: Path) -> Learner:
    return Learner(sqlite_database, clock, tmp_path)

"""What the conversation tests share."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.store.unit_of_work import Database
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock


@pytest.fixture
def house(
    engine: sa.Engine, database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path
) -> House:
    return build_house(engine, database, clock, ids, tmp_path)

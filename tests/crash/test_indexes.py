"""No query on a text's way reads a whole table: a million stored messages must not slow it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.crash.life import Text, phone
from tests.crash.small_world import SmallWorld

GROWING = ("messages", "turns", "traces", "conversations", "customers", "consent_events",
           "escalations", "events")  # fmt: skip
"""Tables with a row or more for each text."""

Query = tuple[str, Any]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    world = SmallWorld(tmp_path)
    yield world
    world.close()


def test_every_query_of_a_turn_and_a_send_uses_an_index(world: SmallWorld) -> None:
    queries: dict[str, Any] = {}

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if re.match(r"SELECT|UPDATE|DELETE", statement) and "waiting" not in statement:
            queries.setdefault(statement, parameters)

    sa.event.listen(world.engine, "before_cursor_execute", note)
    for number, words in enumerate(
        ["is it warm? #1", "[busy] and this? #1", "[person] #1", "[refused] #1", "STOP", "START"]
    ):
        text = Text(id=f"in-{number}", sender=phone(1), text=words)
        world.take(text)
        world.take(text)
        world.drain()
    sa.event.remove(world.engine, "before_cursor_execute", note)
    assert len(queries) > 15
    whole = [statement for statement, parameters in queries.items()
             if reads_a_whole_table(world, statement, parameters)]  # fmt: skip
    assert whole == []


def reads_a_whole_table(world: SmallWorld, statement: str, parameters: Any) -> bool:
    with world.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan]
    return any(re.match(rf"SCAN ({'|'.join(GROWING)})\b", step) for step in steps)

"""The judge of the crash tests sees what is wrong; a proof by a blind judge is none."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.crash.life import Text, phone
from tests.crash.provider import Taken
from tests.crash.small_world import SmallWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """One customer whose question is answered, and one who has said STOP."""
    world = SmallWorld(tmp_path)
    world.take(Text(id="in-1", sender=phone(1), text="is it warm? #1"))
    world.take(Text(id="in-2", sender=phone(2), text="STOP"))
    world.drain()
    yield world
    world.close()


def change(world: SmallWorld, sql: str) -> None:
    with world.engine.begin() as connection:
        connection.execute(sa.text(sql))


def double(world: SmallWorld) -> None:
    taken = world.provider.taken[0]
    world.provider.taken.append(Taken(message_id=taken.message_id, to=taken.to, text="", at=0.0))


def say_twice(world: SmallWorld) -> None:
    messages = sa.Table("messages", sa.MetaData(), autoload_with=world.engine)
    said = sa.select(messages).where(messages.c.text.like("Echo%"))
    with world.engine.begin() as connection:
        row = connection.execute(said).mappings().one()
        connection.execute(sa.insert(messages), {**row, "id": "msg_copy", "provider_id": "PXcopy"})


INBOUND = "UPDATE messages SET turn_id = NULL WHERE provider_id = 'in-1'"
FAULTS: dict[str, Callable[[SmallWorld], None]] = {
    "is lost: its turn is": lambda w: change(w, INBOUND),
    "is lost: its turn is claimed": lambda w: change(w, "UPDATE turns SET state = 'claimed'"),
    "is lost: replies ['failed']": lambda w: change(
        w, "UPDATE messages SET delivery = 'failed' WHERE text LIKE 'Echo%'"
    ),
    "is lost: replies ['cancelled']": lambda w: change(
        w, "UPDATE messages SET delivery = 'cancelled' WHERE text LIKE 'Echo%'"
    ),
    "left 2 times": double,
    "counts as sent and never left": lambda w: w.provider.taken.clear(),
    "left and counts as pending": lambda w: change(
        w, "UPDATE messages SET delivery = 'pending' WHERE text LIKE 'Echo%'"
    ),
    "says 'Echo: is it warm? #1' 2 times": say_twice,
}


def test_a_world_in_order_is_judged_so(world: SmallWorld) -> None:
    verdict = world.judge.judge()
    assert verdict.wrong == []
    assert verdict.endings == {"answered": 2}
    assert world.judge.opted_out(world.judge.customer_of(phone(2)))
    assert not world.judge.opted_out(world.judge.customer_of(phone(1)))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(world: SmallWorld, fault: str) -> None:
    FAULTS[fault](world)
    assert any(fault in problem for problem in world.judge.judge().wrong)

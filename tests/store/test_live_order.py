"""A live page misses no news, in whatever order PostgreSQL's transactions commit."""

from datetime import timedelta

import sqlalchemy as sa

from agent.domain.ids import ConversationId
from agent.store import news
from agent.store.repositories.live import SETTLED_AFTER
from agent.store.unit_of_work import Database
from tests.conftest import FakeClock

CONVERSATION = ConversationId("con_1")


def kinds(database: Database, after: int = 0) -> list[str]:
    with database.read() as uow:
        return [news.kind for news in uow.live.news_after(after)]


def test_news_come_in_the_order_of_their_ids(database: Database) -> None:
    for kind in ("one", "two"):
        with database.begin() as uow:
            uow.live.publish(CONVERSATION, kind)

    assert kinds(database) == ["one", "two"]


def test_news_that_commit_late_are_not_passed_over(
    database: Database, engine: sa.Engine, clock: FakeClock
) -> None:
    if engine.dialect.name != "postgresql":
        # Writers come one after the other here: no transaction can be overtaken.
        with database.begin() as uow:
            uow.live.publish(CONVERSATION, "only")
        assert kinds(database) == ["only"]
        return
    with database.begin() as uow:
        uow.live.publish(CONVERSATION, "before")
    with database.begin() as slow:
        slow.live.publish(CONVERSATION, "slow")
        news.write(slow.session)
        slow.session.flush()
        with database.begin() as quick:
            quick.live.publish(CONVERSATION, "quick")
        assert kinds(database) == ["before"], "the id before the quick one is still missing"
        with database.read() as uow:
            assert uow.live.last_event_id() == 1, "a page that opens now begins there too"

    assert kinds(database) == ["before", "slow", "quick"]
    assert kinds(database, after=1) == ["slow", "quick"]


def test_news_that_never_come_hold_the_others_up_for_a_moment_only(
    database: Database, engine: sa.Engine, clock: FakeClock
) -> None:
    with database.begin() as uow:
        uow.live.publish(CONVERSATION, "before")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # What a transaction that is rolled back leaves behind.
            connection.execute(sa.text("SELECT nextval('events_id_seq')"))
    with database.begin() as uow:
        uow.live.publish(CONVERSATION, "after")

    clock.at += SETTLED_AFTER + timedelta(seconds=1)

    assert kinds(database) == ["before", "after"]

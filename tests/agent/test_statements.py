"""How much a turn asks the database: most of its price on PostgreSQL."""

from collections import Counter

import sqlalchemy as sa

from agent.store.unit_of_work import Database
from tests.agent.house import House

MOST = {"text": 12, "turn": 23, "send": 15}
"""Statements for a text of a known customer, of its turn and of sending its reply; on SQLite two more
for a turn and for a send than on PostgreSQL, which begin their transactions."""


def test_a_turn_asks_the_database_no_more_than_it_must(house: House, database: Database) -> None:
    house.answerer.answers["do you mend kettles?"] = "Yes, within a week."
    house.text("do you mend kettles?")
    asked: Counter[str] = Counter()
    doing = "text"

    def count(*_call: object) -> None:
        asked[doing] += 1

    sa.event.listen(database.engine, "before_cursor_execute", count)
    house.text("do you mend kettles?", run=False)
    turn_id, conversation_id = house.parts.queue.waiting.pop()
    doing = "turn"
    replies = house.parts.runner.run(turn_id, conversation_id)
    doing = "send"
    for message_id in replies:
        house.parts.outbox.send(message_id)

    assert len(replies) == 1
    assert house.last() == "Yes, within a week."
    assert {what: asked[what] for what in MOST if asked[what] > MOST[what]} == {}

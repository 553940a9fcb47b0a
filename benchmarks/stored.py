"""Fill an empty database as years of traffic would.

    python -m benchmarks.stored DATABASE_URL [MESSAGES]

Customers, conversations, messages, turns, traces, consent and news. A thousand conversations are
written row by row; the database itself copies them as often as it takes, with keys of their own,
so that a million messages take a minute or two.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import SQLModel

from agent.domain.conversations import ConversationStatus
from agent.domain.messages import Author, Delivery, Direction
from agent.domain.turns import TurnState
from agent.store.consent_tables import ConsentEventRow
from agent.store.customer_tables import CustomerRow
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.service_tables import EventRow
from agent.store.tables import ConversationRow, MessageRow, TraceRow, TurnRow

CONVERSATIONS, EACH = 1000, 10
"""In one block; five of the ten messages are the customer's, each with its turn and trace."""
KEYS: Mapping[type[SQLModel], tuple[str, ...]] = {
    CustomerRow: ("id", "address"),
    ConversationRow: ("id", "customer_id", "customer_address"),
    TurnRow: ("id", "conversation_id"),
    TraceRow: ("turn_id", "conversation_id"),
    MessageRow: ("id", "conversation_id", "provider_id", "turn_id"),
    ConsentEventRow: ("customer_id", "evidence"),
    EventRow: ("conversation_id",),
}
"""By table, parents first: the columns that differ from one copy of the block to the next."""
TRACE = {"text": "is it in stock?", "intent": "product_info", "confidence": 0.9, "entities": [],
         "topics": [{"topic": "stock", "probability": 0.7}]}  # fmt: skip


def store_messages(url: str, count: int) -> None:
    """Store at least so many messages in an empty database, and what goes with them."""
    engine = create_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        for table in KEYS:
            rows = [row.model_dump() for row in _block() if isinstance(row, table)]
            if "id" in rows[0] and rows[0]["id"] is None:
                for row in rows:
                    del row["id"]
            connection.execute(sa.insert(table), rows)
    blocks = -(-count // (CONVERSATIONS * EACH))
    for block in range(1, blocks):
        with engine.begin() as connection:
            for table, keys in KEYS.items():
                _copy(connection, table.__table__, keys, block)  # type: ignore[attr-defined]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _copy(connection: sa.Connection, table: sa.Table, keys: tuple[str, ...], block: int) -> None:
    """Copy the first block's rows, each key with the copy's number behind it."""
    mark = f"-{block}"
    columns = [c for c in table.columns if not (c.name == "id" and isinstance(c.type, sa.Integer))]
    first_key = table.c[keys[0]]
    values = [
        (column + mark).label(column.name) if column.name in keys else column for column in columns
    ]
    query = sa.select(*values).where(first_key.not_like("%-%"))
    connection.execute(sa.insert(table).from_select([c.name for c in columns], query))


def _block() -> Iterator[SQLModel]:
    began = datetime.now(UTC) - timedelta(days=300)
    for number in range(CONVERSATIONS):
        at = began + timedelta(hours=7 * number)
        customer, conversation = f"cus{number}", f"con{number}"
        yield CustomerRow(id=customer, address=f"+1970{number:07d}", created_at=at)
        yield ConversationRow(
            id=conversation, customer_id=customer, channel="sms",
            customer_address=f"+1970{number:07d}", brand_address="+15550100200",
            status=ConversationStatus.RESOLVED, created_at=at, updated_at=at,
        )  # fmt: skip
        yield ConsentEventRow(
            customer_id=customer, purpose="conversational", sender="pinyon-pace", action="opt_in",
            source="keyword", text_shown="", text_version="", evidence=f"msg{number}", at=at,
        )  # fmt: skip
        for place in range(EACH):
            yield from _message(number, place, conversation, at + timedelta(minutes=place))


def _message(number: int, place: int, conversation: str, at: datetime) -> Iterator[SQLModel]:
    inbound = place % 2 == 0
    turn = f"turn{number}x{place // 2}"
    yield MessageRow(
        id=f"msg{number}x{place}", conversation_id=conversation,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        author=Author.CUSTOMER if inbound else Author.AGENT,
        text="Do you have the trail shoe in 42, and how long does it take to Denver?",
        provider="twilio", provider_id=f"SMold{number}x{place}", turn_id=turn,
        delivery=None if inbound else Delivery.DELIVERED, encoding="gsm7", segments=1,
        created_at=at, updated_at=at,
    )  # fmt: skip
    yield EventRow(conversation_id=conversation, kind="message", data={}, at=at)
    if inbound:
        yield TurnRow(
            id=turn, conversation_id=conversation, state=TurnState.COMPOSED, attempts=1,
            route="knowledge", result={"replies": [], "turn": {"route": "knowledge"}},
            created_at=at, finished_at=at, reviewed_at=at,
        )  # fmt: skip
        yield TraceRow(
            turn_id=turn, conversation_id=conversation, schema_version=1, model_version="fast-1",
            rules_version="1", signals_before=TRACE, decision_before={"route": "knowledge"},
            signals_after=TRACE, decision_after={"route": "knowledge"}, evidence=[], cut=[],
            took_ms={"total": 12.0}, created_at=at,
        )  # fmt: skip


if __name__ == "__main__":
    store_messages(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)

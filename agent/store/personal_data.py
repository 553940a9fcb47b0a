"""Everything that is stored about one customer: to hand out, and to erase.

Rows are found by the tables' own columns, so that none is forgotten: a new table that names a
customer, a conversation, a turn, a message or an address is handed out and erased without anybody
thinking of it; one that does not must stand in ``IMPERSONAL`` (a test says so).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from agent.store import consent_tables, delivery_tables, knowledge_tables, news, sending_tables
from agent.store.customer_tables import CustomerRow
from agent.store.learning_tables import JobRow
from agent.store.tables import ConversationRow, MessageRow, TurnRow

IMPERSONAL = frozenset(
    {
        "users", "api_keys", "active", "processes", "llm_usage", "shadow_tallies",
        "sending_numbers",
        JobRow.__tablename__,
        knowledge_tables.WrittenAnswerRow.__tablename__,
        knowledge_tables.KnowledgeFileRow.__tablename__,
        knowledge_tables.KnowledgeChangeRow.__tablename__,
        delivery_tables.SendingNumberRow.__tablename__,
        sending_tables.SuppressionRow.__tablename__,
        sending_tables.KeptConsentRow.__tablename__,
        consent_tables.ConsentErasureRow.__tablename__,
    }
)  # fmt: skip
"""Tables without a row about somebody who texts. Jobs are emptied at each erasure; the last three
hold a keyed hash or an id that then means nothing."""

ADDRESSES = ("customer_address", "address", "phone", "phone_number")
ENGINE_SCHEMA = "dbos"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """The ids that rows about a customer name."""

    customers: Sequence[str]
    addresses: Sequence[str]
    conversations: Sequence[str]
    turns: Sequence[str]
    messages: Sequence[str]

    def by_column(self) -> dict[str, Sequence[str]]:
        return {
            "customer_id": self.customers,
            "conversation_id": self.conversations,
            "turn_id": self.turns,
            "message_id": self.messages,
            **dict.fromkeys(ADDRESSES, self.addresses),
        }


def links(table: sa.Table) -> list[str]:
    """Return the columns by which a table's rows belong to somebody."""
    if table.name == CustomerRow.__tablename__:
        return ["id"]
    known = ("customer_id", "conversation_id", "turn_id", "message_id", *ADDRESSES)
    return [name for name in known if name in table.c]


def export_customer(session: Session, address: str) -> dict[str, list[dict[str, Any]]] | None:
    """Return all rows about the customer by table, or None where there is none."""
    ids = _ids(session, address)
    if not ids.customers:
        return None
    found = {}
    for table, condition in _belonging(ids):
        rows = session.execute(sa.select(table).where(condition)).mappings()
        found[table.name] = [_plain(row) for row in rows]
    # The customer first, what hangs on it after.
    return dict(reversed(found.items()))


def erase_customer(session: Session, address: str) -> int:
    """Delete all rows about the customer, the engine's too; return how many."""
    news.write(session)
    ids = _ids(session, address)
    if not ids.customers:
        return 0
    _allow(session, ids.customers)
    count = 0
    for table, condition in _belonging(ids):
        count += _delete(session, sa.delete(table).where(condition))
    # Jobs hold what they found, messages among it; they can be run again.
    session.execute(sa.delete(JobRow))
    count += _erase_from_engine(session, ids)
    session.expire_all()
    return count


def engine_tables(session: Session) -> dict[str, sa.Table]:
    """Return the durable engine's tables by name; none where it has never run here."""
    connection = session.connection()
    schema = ENGINE_SCHEMA if connection.dialect.name == "postgresql" else None
    inspector = sa.inspect(connection)
    if not inspector.has_table("workflow_status", schema=schema):
        return {}
    metadata = sa.MetaData(schema=schema)
    ours = set(SQLModel.metadata.tables)
    metadata.reflect(
        connection, only=lambda name, _: name not in ours, schema=schema, resolve_fks=False
    )
    return {table.name: table for table in metadata.tables.values()}


def _ids(session: Session, address: str) -> _Ids:
    customers = list(session.exec(select(CustomerRow.id).where(CustomerRow.address == address)))
    conversations = list(
        session.exec(
            select(ConversationRow.id).where(
                sa.or_(
                    _column(ConversationRow, "customer_id").in_(customers),
                    _column(ConversationRow, "customer_address") == address,
                )
            )
        )
    )
    return _Ids(
        customers=customers,
        addresses=[address],
        conversations=conversations,
        turns=_of_conversations(session, TurnRow, conversations),
        messages=_of_conversations(session, MessageRow, conversations),
    )


def _of_conversations(
    session: Session, row: type[SQLModel], conversations: Sequence[str]
) -> list[str]:
    condition = _column(row, "conversation_id").in_(conversations)
    return list(session.execute(sa.select(_column(row, "id")).where(condition)).scalars())


def _belonging(ids: _Ids) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Yield each table with the condition for the rows, children before parents."""
    wanted = ids.by_column()
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name in IMPERSONAL:
            continue
        if table.name == CustomerRow.__tablename__:
            yield table, table.c.id.in_(ids.customers)
        elif names := links(table):
            yield table, sa.or_(*(table.c[name].in_(wanted[name]) for name in names))


def _allow(session: Session, customers: Sequence[str]) -> None:
    """Let these customers' lines of the consent ledger go; all others stay protected."""
    for customer_id in customers:
        session.merge(
            consent_tables.ConsentErasureRow(customer_id=customer_id, at=datetime.now(UTC))
        )
    session.flush()


def _erase_from_engine(session: Session, ids: _Ids) -> int:
    """Delete what the engine keeps of this customer's turns and sends, but for those running.

    Its rows hold ids only, which mean nothing once what they name is gone.
    """
    tables = engine_tables(session)
    if not tables:
        return 0
    workflows = _workflows(session, tables, ids)
    count = 0
    for start in range(0, len(workflows), _AT_ONCE):
        some = workflows[start : start + _AT_ONCE]
        for table in tables.values():
            if "workflow_uuid" in table.c:
                count += _delete(session, sa.delete(table).where(table.c.workflow_uuid.in_(some)))
    return count


def _workflows(session: Session, tables: Mapping[str, sa.Table], ids: _Ids) -> list[str]:
    """Find the workflows of these turns, and those whose arguments name one of these ids."""
    status = tables["workflow_status"]
    found = set(ids.turns)
    arguments = [json.dumps(one) for one in (*ids.conversations, *ids.messages)]
    for table in tables.values():
        if not {"workflow_uuid", "inputs"} <= set(table.c.keys()):
            continue
        for start in range(0, len(arguments), _AT_ONCE):
            named = (
                table.c.inputs.contains(argument, autoescape=True)
                for argument in arguments[start : start + _AT_ONCE]
            )
            query = sa.select(table.c.workflow_uuid).where(sa.or_(*named))
            found.update(session.execute(query).scalars())
    running = sa.select(status.c.workflow_uuid).where(status.c.status == "PENDING")
    return sorted(found - set(session.execute(running).scalars()))


_AT_ONCE = 200
"""Conditions in one statement; SQLite allows a depth of 1000."""


def _delete(session: Session, statement: sa.Delete) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _plain(row: Any) -> dict[str, Any]:
    """Make a row's values such as JSON knows."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(row), default=_text))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _column(row: type[SQLModel], name: str) -> sa.Column[str]:
    column: sa.Column[str] = row.__table__.c[name]  # type: ignore[attr-defined]
    return column

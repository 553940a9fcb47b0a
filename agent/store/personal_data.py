"""Everything that is stored about one customer: to hand out, and to erase."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from agent.store.learning_tables import JobRow, LabelRow, ShadowDifferenceRow
from agent.store.tables import (
    AppointmentRow,
    ConsentEventRow,
    ConversationRow,
    CustomerRow,
    EscalationRow,
    EventRow,
    MessageRow,
    NoteRow,
    OrderRow,
    TraceRow,
    TurnRow,
)

# Children before parents, so that foreign keys hold while they go.
_BY_CONVERSATION: tuple[type[SQLModel], ...] = (
    LabelRow, ShadowDifferenceRow, TraceRow, TurnRow, EscalationRow, NoteRow, EventRow, MessageRow,
)  # fmt: skip
_BY_CUSTOMER: tuple[type[SQLModel], ...] = (
    ConsentEventRow, AppointmentRow, OrderRow, ConversationRow,
)  # fmt: skip


def export_customer(session: Session, address: str) -> dict[str, list[dict[str, Any]]] | None:
    """Return all rows about the customer by table, or None where there is none."""
    customer = _find(session, address)
    if customer is None:
        return None
    data = {"customers": [customer.model_dump(mode="json")]}
    for table, condition in _conditions(customer.id):
        rows = session.exec(select(table).where(condition)).all()
        data[str(table.__tablename__)] = [row.model_dump(mode="json") for row in rows]
    return data


def erase_customer(session: Session, address: str) -> int:
    """Delete all rows about the customer; return how many."""
    customer = _find(session, address)
    if customer is None:
        return 0
    count = 1
    for table, condition in _conditions(customer.id):
        count += int(session.execute(sa.delete(table).where(condition)).rowcount)  # type: ignore[attr-defined]
    # Jobs hold what they found, messages among it; they can be run again.
    session.execute(sa.delete(JobRow))
    session.delete(customer)
    session.flush()
    return count


def _find(session: Session, address: str) -> CustomerRow | None:
    return session.exec(select(CustomerRow).where(CustomerRow.address == address)).first()


def _conditions(customer_id: str) -> list[tuple[type[SQLModel], sa.ColumnElement[bool]]]:
    conversations = select(ConversationRow.id).where(ConversationRow.customer_id == customer_id)
    by_conversation = [
        (table, table.__table__.c.conversation_id.in_(conversations))  # type: ignore[attr-defined]
        for table in _BY_CONVERSATION
    ]
    by_customer = [
        (table, table.__table__.c.customer_id == customer_id)  # type: ignore[attr-defined]
        for table in _BY_CUSTOMER
    ]
    return [*by_conversation, *by_customer]

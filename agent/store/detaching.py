"""Parting a profile from a number that is not its owner's."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId, CustomerId, TurnId
from agent.domain.messages import Direction
from agent.store.customer_tables import CustomerRow
from agent.store.tables import ConversationRow, MessageRow

PREFIX = "detached:"
"""Begins the address of a profile whose number was somebody else's."""

_KEEP_TOGETHER = frozenset({MessageRow.__tablename__, ConversationRow.__tablename__})


def detach_profile(
    session: Session,
    conversation_id: ConversationId,
    turn_id: TurnId,
    *,
    now: datetime,
    new_id: Callable[[str], str],
) -> tuple[CustomerId, ConversationId]:
    """Make whoever texts a new customer; leave name, orders and history with the old profile.

    The conversation keeps its id, the running turn and texts still to be taken; everything before
    goes to a conversation of the old profile, whose address then begins with ``detached:``.

    Returns:
        The new customer, and the conversation with the history.
    """
    present = session.get_one(ConversationRow, conversation_id)
    old = session.get_one(CustomerRow, present.customer_id)
    number, old.address = old.address, f"{PREFIX}{old.id}"
    session.add(old)
    session.flush()
    new = CustomerRow(id=new_id("cus"), address=number, created_at=now)
    session.add(new)
    session.flush()
    history = _part(session, present, old, new, now=now, new_id=new_id)
    _move(session, present.id, history, turn_id)
    session.flush()
    session.expire_all()
    return CustomerId(new.id), ConversationId(history)


def _part(
    session: Session,
    present: ConversationRow,
    old: CustomerRow,
    new: CustomerRow,
    *,
    now: datetime,
    new_id: Callable[[str], str],
) -> str:
    """Give the present conversation to the new customer; the others stay with the old one."""
    threads = session.exec(
        select(ConversationRow).where(ConversationRow.customer_id == old.id)
    ).all()
    for thread in threads:
        if thread.id == present.id:
            continue
        thread.customer_address = old.address
        thread.status = ConversationStatus.RESOLVED
        session.add(thread)
    history = ConversationRow(
        id=new_id("con"),
        customer_id=old.id,
        channel=present.channel,
        customer_address=old.address,
        brand_address=present.brand_address,
        status=ConversationStatus.RESOLVED,
        created_at=present.created_at,
        updated_at=now,
    )
    present.customer_id, present.created_at = new.id, now
    session.add(present)
    session.add(history)
    session.flush()
    return history.id


def _move(session: Session, present: str, history: str, turn_id: TurnId) -> None:
    """Move every table's rows of the conversation to the history, but for those of the turn."""
    for table in SQLModel.metadata.sorted_tables:
        if "conversation_id" not in table.c or table.name in _KEEP_TOGETHER:
            continue
        before = table.c.conversation_id == present
        if table.name == "turns":
            before &= table.c.id != turn_id
        elif "turn_id" in table.c:
            before &= sa.or_(table.c.turn_id.is_(None), table.c.turn_id != turn_id)
        session.execute(sa.update(table).where(before).values(conversation_id=history))
    session.execute(
        sa.update(MessageRow)
        .where(
            col(MessageRow.conversation_id) == present,
            sa.or_(
                col(MessageRow.turn_id) != turn_id,
                # An inbound text without a turn is one that the next turn takes.
                sa.and_(
                    col(MessageRow.turn_id).is_(None),
                    col(MessageRow.direction) == Direction.OUTBOUND,
                ),
            ),
        )
        .values(conversation_id=history)
    )

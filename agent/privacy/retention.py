"""Deleting what is older than the brand keeps it. The housekeeping calls it now and then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from agent.brand import Retention
from agent.domain.conversations import ConversationStatus
from agent.domain.messages import FINAL_DELIVERIES, Delivery, Direction
from agent.domain.ports import Clock
from agent.domain.turns import TurnState
from agent.store.knowledge_tables import OpenQuestionRow
from agent.store.learning_tables import LabelRow, ShadowDifferenceRow
from agent.store.service_tables import EventRow
from agent.store.tables import (
    ConversationRow,
    EscalationRow,
    MessageRow,
    NoteRow,
    TraceRow,
    TurnRow,
)
from agent.store.unit_of_work import Database

BATCH = 500
"""Turns or rows deleted in one transaction, so that nobody waits long for the write lock."""
_LEFT = (*FINAL_DELIVERIES, Delivery.SENT)
"""Texts of which nothing more is to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How many rows of a batch were deleted. ``more``: there is another batch."""

    rows: int
    more: bool


def delete_old(database: Database, retention: Retention, clock: Clock) -> Deleted:
    """Delete one batch of what is past its time; call again while there is ``more``.

    Never deleted here: customers, consent, open cases, conversations with a person, and texts
    that are still to be answered, sent or looked up.
    """
    rows, more = 0, False
    now = clock.now()
    if retention.events_days is not None:
        with database.begin() as uow:
            count = _delete_events(uow.session, now - timedelta(days=retention.events_days))
        rows, more = rows + count, more or count == BATCH
    if retention.conversations_days is not None:
        before = now - timedelta(days=retention.conversations_days)
        with database.begin() as uow:
            done = _delete_turns(uow.session, before)
        rows, more = rows + done.rows, more or done.more
        with database.begin() as uow:
            done = _delete_rest(uow.session, before)
        rows, more = rows + done.rows, more or done.more
    return Deleted(rows=rows, more=more)


def _delete_events(session: Session, before: datetime) -> int:
    old = select(EventRow.id).where(EventRow.at < before).order_by(col(EventRow.id)).limit(BATCH)
    keys = list(session.exec(old))
    return _delete(session, EventRow, col(EventRow.id).in_(keys))


def _delete_turns(session: Session, before: datetime) -> Deleted:
    """Delete finished turns with their texts, traces and what was learnt of them."""
    unsettled = select(MessageRow.turn_id).where(
        MessageRow.direction == Direction.OUTBOUND,
        col(MessageRow.turn_id).is_not(None),
        col(MessageRow.delivery).not_in(_LEFT),
    )
    turns = list(
        session.exec(
            select(TurnRow.id)
            .where(
                TurnRow.created_at < before,
                TurnRow.state != TurnState.CLAIMED,
                col(TurnRow.conversation_id).not_in(_with_a_person()),
                col(TurnRow.id).not_in(unsettled),
            )
            .limit(BATCH)
        )
    )
    texts = sa.select(col(MessageRow.id)).where(col(MessageRow.turn_id).in_(turns))
    rows = _delete_texts(session, list(session.execute(texts).scalars()))
    for row in (OpenQuestionRow, LabelRow, ShadowDifferenceRow, TraceRow):
        rows += _delete(session, row, col(row.turn_id).in_(turns))
    rows += _delete(session, EscalationRow, col(EscalationRow.turn_id).in_(turns))
    rows += _delete(session, TurnRow, col(TurnRow.id).in_(turns))
    return Deleted(rows=rows, more=len(turns) == BATCH)


def _delete_rest(session: Session, before: datetime) -> Deleted:
    """Delete old texts outside turns (a rep's, proactive ones), notes and closed cases."""
    texts = list(
        session.exec(
            select(MessageRow.id)
            .where(
                MessageRow.created_at < before,
                MessageRow.direction == Direction.OUTBOUND,
                col(MessageRow.turn_id).is_(None),
                col(MessageRow.delivery).in_(_LEFT),
                col(MessageRow.conversation_id).not_in(_with_a_person()),
            )
            .limit(BATCH)
        )
    )
    rows = _delete_texts(session, texts)
    rows += _delete(
        session,
        NoteRow,
        col(NoteRow.created_at) < before,
        col(NoteRow.conversation_id).not_in(_with_a_person()),
    )
    rows += _delete(session, EscalationRow, col(EscalationRow.closed_at) < before)
    return Deleted(rows=rows, more=len(texts) == BATCH)


def _delete_texts(session: Session, keys: list[str]) -> int:
    """Delete texts, and before them what other tables note about them."""
    rows = 0
    for table in SQLModel.metadata.sorted_tables:
        if any(key.references(MessageRow.__table__) for key in table.foreign_keys):  # type: ignore[attr-defined]
            about = sa.delete(table).where(table.c.message_id.in_(keys))
            rows += int(session.execute(about).rowcount)  # type: ignore[attr-defined]
    return rows + _delete(session, MessageRow, col(MessageRow.id).in_(keys))


def _with_a_person() -> sa.Select[str]:
    return sa.select(col(ConversationRow.id)).where(
        col(ConversationRow.status).in_([ConversationStatus.WAITING, ConversationStatus.HUMAN])
    )


def _delete(session: Session, table: type[SQLModel], *where: sa.ColumnElement[bool]) -> int:
    return int(session.execute(sa.delete(table).where(*where)).rowcount)  # type: ignore[attr-defined]

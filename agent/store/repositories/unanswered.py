"""Which texts have not come to an end: every one is answered, unknown, or with a person."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from agent.domain.consent import ConsentAction, Purpose
from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Author, Delivery, Direction
from agent.domain.ports import Clock
from agent.domain.turns import TurnState
from agent.store.consent_tables import ConsentEventRow
from agent.store.delivery_tables import SendNoteRow
from agent.store.tables import ConversationRow, EscalationRow, MessageRow, TurnRow

_TABLES = SQLModel.metadata.tables
_MESSAGES = _TABLES[str(MessageRow.__tablename__)]
_CONVERSATIONS = _TABLES[str(ConversationRow.__tablename__)]
_TURNS = _TABLES[str(TurnRow.__tablename__)]
_CASES = _TABLES[str(EscalationRow.__tablename__)]
_CONSENT = _TABLES[str(ConsentEventRow.__tablename__)]
_NOTES = _TABLES[str(SendNoteRow.__tablename__)]

_AWAY = (Delivery.SENT, Delivery.DELIVERED, Delivery.UNKNOWN)
_UNSENT = (Delivery.PENDING, Delivery.QUEUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckText:
    """A customer's text that no turn has taken."""

    message_id: MessageId
    conversation_id: ConversationId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckTurn:
    """A turn that has not come to its end."""

    turn_id: TurnId
    conversation_id: ConversationId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckSend:
    """A text that has not left though nothing holds it. ``since`` is when it was composed."""

    message_id: MessageId
    conversation_id: ConversationId
    delivery: Delivery
    proactive: bool
    since: datetime


class Unanswered:
    """Finds what is stuck, by indexes that hold little else, and proves that nothing is lost."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def texts(self, before: datetime, *, limit: int) -> list[StuckText]:
        """Return texts older than a time that no turn has taken, oldest first."""
        rows = self._session.execute(
            sa.select(_MESSAGES.c.id, _MESSAGES.c.conversation_id, _MESSAGES.c.created_at)
            .where(
                # Literals: SQLite uses a partial index only where it sees the index's own words.
                sa.text("messages.direction = 'inbound' AND messages.turn_id IS NULL"),
                _MESSAGES.c.created_at < before,
            )
            .order_by(_MESSAGES.c.created_at)
            .limit(limit)
        )
        return [
            StuckText(message_id=MessageId(i), conversation_id=ConversationId(c), since=at)
            for i, c, at in rows
        ]

    def turns(self, before: datetime, *, limit: int) -> list[StuckTurn]:
        """Return turns begun before a time and not ended, oldest first."""
        rows = self._session.execute(
            sa.select(_TURNS.c.id, _TURNS.c.conversation_id, _TURNS.c.created_at)
            .where(sa.text("turns.state = 'claimed'"), _TURNS.c.created_at < before)
            .order_by(_TURNS.c.created_at)
            .limit(limit)
        )
        return [
            StuckTurn(turn_id=TurnId(i), conversation_id=ConversationId(c), since=at)
            for i, c, at in rows
        ]

    def sends(self, before: datetime, *, limit: int) -> list[StuckSend]:
        """Return texts of which there are no news since a time and that nothing holds."""
        now = self._clock.now()
        message, note = _MESSAGES, _NOTES
        free = sa.and_(
            sa.or_(message.c.not_before.is_(None), message.c.not_before <= now),
            sa.or_(note.c.slot_at.is_(None), note.c.slot_at <= now),
        )
        rows = self._session.execute(
            sa.select(
                message.c.id,
                message.c.conversation_id,
                message.c.delivery,
                message.c.proactive,
                message.c.created_at,
            )
            .select_from(message.outerjoin(note, note.c.message_id == message.c.id))
            .where(
                message.c.delivery.in_((*_UNSENT, Delivery.SENDING)),
                message.c.updated_at < before,
                free,
            )
            .order_by(message.c.updated_at)
            .limit(limit)
        )
        return [
            StuckSend(
                message_id=MessageId(i),
                conversation_id=ConversationId(c),
                delivery=Delivery(delivery),
                proactive=proactive,
                since=at,
            )
            for i, c, delivery, proactive, at in rows
        ]

    def lost(self, before: datetime, *, since: datetime | None = None) -> list[MessageId]:
        """Return texts that came before a time and ended in none of the allowed ways.

        They are: a reply of their turn, or a later one of a rep, has left (or nobody knows); it is
        held and will leave; a person has or had the conversation since; the customer has said
        STOP; the turn ended with nothing to say. Meant for tests, audits and the doctor: it looks
        at every text since ``since``.
        """
        text = _MESSAGES.alias("text")
        in_charge = (ConversationStatus.WAITING, ConversationStatus.HUMAN)
        query = (
            sa.select(text.c.id)
            .select_from(
                text.join(_CONVERSATIONS, _CONVERSATIONS.c.id == text.c.conversation_id).outerjoin(
                    _TURNS, _TURNS.c.id == text.c.turn_id
                )
            )
            .where(
                text.c.direction == Direction.INBOUND,
                text.c.created_at < before,
                _CONVERSATIONS.c.status.not_in(in_charge),
                ~self._replied(text),
                ~_with_person(text),
                ~_opted_out(text),
                ~_nothing_to_say(text),
            )
            .order_by(text.c.created_at)
        )
        if since is not None:
            query = query.where(text.c.created_at >= since)
        return [MessageId(found) for found in self._session.execute(query).scalars()]

    def _replied(self, text: sa.FromClause) -> sa.Exists:
        reply, note = _MESSAGES.alias("reply"), _NOTES.alias("note")
        now = self._clock.now()
        held = sa.or_(reply.c.not_before > now, note.c.slot_at > now)
        by_rep = sa.and_(reply.c.author == Author.REP, reply.c.created_at >= text.c.created_at)
        return (
            sa.select(sa.literal(1))
            .select_from(reply.outerjoin(note, note.c.message_id == reply.c.id))
            .where(
                reply.c.conversation_id == text.c.conversation_id,
                reply.c.direction == Direction.OUTBOUND,
                sa.or_(reply.c.turn_id == text.c.turn_id, by_rep),
                sa.or_(reply.c.delivery.in_(_AWAY), sa.and_(reply.c.delivery.in_(_UNSENT), held)),
            )
            .exists()
        )


def _with_person(text: sa.FromClause) -> sa.Exists:
    case = _CASES.alias("case")
    since = sa.or_(case.c.closed_at.is_(None), case.c.closed_at >= text.c.created_at)
    return (
        sa.select(sa.literal(1))
        .where(case.c.conversation_id == text.c.conversation_id, since)
        .exists()
    )


def _opted_out(text: sa.FromClause) -> sa.Exists:
    """Whether the customer's last word on conversations is a STOP, or was one since the text."""
    line, later = _CONSENT.alias("line"), _CONSENT.alias("later")
    taken_back = (
        sa.select(sa.literal(1))
        .where(
            later.c.customer_id == line.c.customer_id,
            later.c.purpose == line.c.purpose,
            later.c.action == ConsentAction.OPT_IN,
            later.c.id > line.c.id,
        )
        .exists()
    )
    return (
        sa.select(sa.literal(1))
        .where(
            line.c.customer_id == _CONVERSATIONS.c.customer_id,
            line.c.purpose == Purpose.CONVERSATIONAL,
            line.c.action == ConsentAction.OPT_OUT,
            sa.or_(line.c.at >= text.c.created_at, ~taken_back),
        )
        .exists()
    )


def _nothing_to_say(text: sa.FromClause) -> sa.ColumnElement[bool]:
    reply = _MESSAGES.alias("said")
    spoke = (
        sa.select(sa.literal(1))
        .where(reply.c.turn_id == text.c.turn_id, reply.c.direction == Direction.OUTBOUND)
        .exists()
    )
    # A text without a turn has no state to compare: NULL would make it neither lost nor not.
    return sa.and_(sa.func.coalesce(_TURNS.c.state, "") == TurnState.COMPOSED, ~spoke)

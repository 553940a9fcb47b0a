"""Cases handed to people."""

from sqlmodel import Session, col, select

from agent.domain.escalations import Escalation
from agent.domain.ids import ConversationId, EscalationId, TurnId
from agent.domain.ports import Clock, Ids
from agent.domain.signals import Escalate
from agent.store.tables import EscalationRow


class Escalations:
    """Cases by conversation."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def open(
        self, conversation_id: ConversationId, escalate: Escalate, turn_id: TurnId | None
    ) -> Escalation:
        """Open a case."""
        row = EscalationRow(
            id=self._ids.new("esc"),
            conversation_id=conversation_id,
            turn_id=turn_id,
            rule=escalate.rule,
            queue=escalate.queue,
            reason=escalate.reason,
            opened_at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        return _escalation(row)

    def of_conversation(self, conversation_id: ConversationId) -> list[Escalation]:
        """Return all cases of a conversation, oldest first."""
        rows = self._session.exec(
            select(EscalationRow)
            .where(EscalationRow.conversation_id == conversation_id)
            .order_by(col(EscalationRow.opened_at))
        ).all()
        return [_escalation(row) for row in rows]

    def open_cases(self) -> list[Escalation]:
        """Return every case not closed yet, oldest first."""
        rows = self._session.exec(
            select(EscalationRow)
            .where(col(EscalationRow.closed_at).is_(None))
            .order_by(col(EscalationRow.opened_at))
        ).all()
        return [_escalation(row) for row in rows]

    def take(self, conversation_id: ConversationId, rep: str) -> None:
        """Note which rep works on the open cases."""
        for row in self._open(conversation_id):
            row.taken_at = row.taken_at or self._clock.now()
            row.rep = rep
            self._session.add(row)

    def close(self, conversation_id: ConversationId) -> None:
        """Close the open cases."""
        for row in self._open(conversation_id):
            row.closed_at = self._clock.now()
            self._session.add(row)

    def _open(self, conversation_id: ConversationId) -> list[EscalationRow]:
        return list(
            self._session.exec(
                select(EscalationRow).where(
                    EscalationRow.conversation_id == conversation_id,
                    col(EscalationRow.closed_at).is_(None),
                )
            )
        )


def _escalation(row: EscalationRow) -> Escalation:
    return Escalation(
        id=EscalationId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        rule=row.rule,
        queue=row.queue,
        reason=row.reason,
        opened_at=row.opened_at,
        turn_id=None if row.turn_id is None else TurnId(row.turn_id),
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        rep=row.rep,
    )

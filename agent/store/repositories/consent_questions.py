"""Open questions about consent: double opt-ins, and 'do you want no more texts?'."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.consent.questions import ConsentQuestion, QuestionKind, QuestionState
from agent.domain.ids import ConversationId, CustomerId, MessageId
from agent.domain.ports import Clock, Ids
from agent.store.consent_tables import ConsentQuestionRow


class ConsentQuestions:
    """Questions by customer. A customer has at most one open question of each kind."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def ask(
        self,
        customer_id: CustomerId,
        *,
        conversation_id: ConversationId,
        sender: str,
        kind: QuestionKind,
        message_id: MessageId,
        lapses_at: datetime,
        asked_at: datetime | None = None,
        topics: tuple[str, ...] = (),
        frequency: str = "",
        source: str = "",
        text_shown: str = "",
        text_version: str = "",
        details: Mapping[str, str] | None = None,
        origin: str = "",
    ) -> None:
        """Note that a question is asked. ``asked_at``: of the text that gave cause; now if None."""
        self._session.add(
            ConsentQuestionRow(
                id=self._ids.new("cqu"),
                customer_id=customer_id,
                conversation_id=conversation_id,
                sender=sender,
                kind=kind,
                message_id=message_id,
                topics=list(topics),
                frequency=frequency,
                source=source,
                text_shown=text_shown,
                text_version=text_version,
                details=dict(details or {}),
                origin=origin,
                state=QuestionState.OPEN,
                asked_at=asked_at or self._clock.now(),
                lapses_at=lapses_at,
            )
        )
        self._session.flush()

    def open(
        self, customer_id: CustomerId, *, sender: str, kind: QuestionKind
    ) -> ConsentQuestion | None:
        """Return the customer's open question of this kind, or None."""
        row = self._session.exec(
            select(ConsentQuestionRow)
            .where(
                ConsentQuestionRow.customer_id == customer_id,
                ConsentQuestionRow.sender == sender,
                ConsentQuestionRow.kind == kind,
                ConsentQuestionRow.state == QuestionState.OPEN,
            )
            .order_by(col(ConsentQuestionRow.asked_at).desc())
        ).first()
        return None if row is None else _question(row)

    def asked_by(self, message_id: MessageId) -> ConsentQuestion | None:
        """Return the question that a message asks, or None."""
        row = self._session.exec(
            select(ConsentQuestionRow).where(ConsentQuestionRow.message_id == message_id)
        ).first()
        return None if row is None else _question(row)

    def settle(self, question_id: str, state: QuestionState) -> bool:
        """Close a question; False where it was closed already."""
        result = self._session.execute(
            sa.update(ConsentQuestionRow)
            .where(
                col(ConsentQuestionRow.id) == question_id,
                col(ConsentQuestionRow.state) == QuestionState.OPEN,
            )
            .values(state=state, settled_at=self._clock.now())
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]

    def lapsed(self, *, limit: int = 200) -> list[ConsentQuestion]:
        """Return open questions whose time is over, oldest first."""
        rows = self._session.exec(
            select(ConsentQuestionRow)
            .where(
                ConsentQuestionRow.state == QuestionState.OPEN,
                ConsentQuestionRow.lapses_at <= self._clock.now(),
            )
            .order_by(col(ConsentQuestionRow.lapses_at))
            .limit(limit)
        ).all()
        return [_question(row) for row in rows]

    def count_since(
        self, since: datetime, *, customer_id: CustomerId | None = None, origin: str | None = None
    ) -> int:
        """Count the double opt-ins asked since then: of a customer, from an origin, or all."""
        query = select(sa.func.count()).where(
            ConsentQuestionRow.kind == QuestionKind.DOUBLE_OPT_IN,
            ConsentQuestionRow.asked_at >= since,
        )
        if customer_id is not None:
            query = query.where(ConsentQuestionRow.customer_id == customer_id)
        if origin is not None:
            query = query.where(ConsentQuestionRow.origin == origin)
        return self._session.exec(query).one()

    def of_customer(self, customer_id: CustomerId) -> list[ConsentQuestion]:
        """Return all of a customer's questions, oldest first."""
        rows = self._session.exec(
            select(ConsentQuestionRow)
            .where(ConsentQuestionRow.customer_id == customer_id)
            .order_by(col(ConsentQuestionRow.asked_at))
        ).all()
        return [_question(row) for row in rows]


def _question(row: ConsentQuestionRow) -> ConsentQuestion:
    return ConsentQuestion(
        id=row.id,
        customer_id=CustomerId(row.customer_id),
        conversation_id=ConversationId(row.conversation_id),
        sender=row.sender,
        kind=QuestionKind(row.kind),
        message_id=MessageId(row.message_id),
        topics=tuple(row.topics or ()),
        frequency=row.frequency,
        source=row.source,
        text_shown=row.text_shown,
        text_version=row.text_version,
        details=tuple((row.details or {}).items()),
        state=QuestionState(row.state),
        asked_at=row.asked_at,
        lapses_at=row.lapses_at,
        settled_at=row.settled_at,
    )

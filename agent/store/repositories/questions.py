"""Questions that got no answer, and what a lead has made of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId, TurnId
from agent.domain.knowledge import OpenQuestion, QuestionKind, QuestionState
from agent.domain.ports import Clock, Ids
from agent.domain.signals import FailureKind
from agent.domain.turns import TurnRecord
from agent.store.knowledge_tables import OpenQuestionRow
from agent.store.label_rows import text_hash
from agent.store.tables import TraceRow, TurnRow


class Questions:
    """Questions without an answer, by group and by state."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def add(self, turn: TurnRecord, place: int, text: str, kind: QuestionKind) -> None:
        """Keep a turn's question, masked; one that is kept already stays as it is."""
        known = select(OpenQuestionRow.id).where(
            OpenQuestionRow.turn_id == turn.id, OpenQuestionRow.place == place
        )
        if self._session.exec(known).first() is not None:
            return
        self._session.add(
            OpenQuestionRow(
                id=self._ids.new("qst"),
                turn_id=turn.id,
                place=place,
                conversation_id=turn.conversation_id,
                text=text,
                text_hash=text_hash(text),
                kind=kind,
                asked_at=turn.created_at,
                state=QuestionState.OPEN,
            )
        )
        self._session.flush()

    def get(self, question_id: str) -> OpenQuestion | None:
        """Return a question, or None."""
        row = self._session.get(OpenQuestionRow, question_id)
        return None if row is None else _question(row)

    def since(
        self, since: datetime, states: Sequence[QuestionState], *, limit: int
    ) -> list[OpenQuestion]:
        """Return the newest questions of these states from a time on."""
        rows = self._session.exec(
            select(OpenQuestionRow)
            .where(col(OpenQuestionRow.state).in_(states), col(OpenQuestionRow.asked_at) >= since)
            .order_by(col(OpenQuestionRow.asked_at).desc(), col(OpenQuestionRow.id))
            .limit(limit)
        )
        return [_question(row) for row in rows]

    def unsorted(self, since: datetime) -> bool:
        """Whether a question from a time on waits to be sorted."""
        query = select(OpenQuestionRow.id).where(
            OpenQuestionRow.group_id == "",
            OpenQuestionRow.state == QuestionState.OPEN,
            col(OpenQuestionRow.asked_at) >= since,
        )
        return self._session.exec(query.limit(1)).first() is not None

    def sort(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Put questions, by id, under the one that stands for them."""
        for group, members in groups.items():
            self._update(col(OpenQuestionRow.id).in_(members), group_id=group)

    def settle(
        self, question_ids: Sequence[str], state: QuestionState, *, by: str, answer_id: str = ""
    ) -> int:
        """Give questions another state; return how many there were."""
        return self._update(
            col(OpenQuestionRow.id).in_(question_ids),
            state=state,
            settled_by=by,
            settled_at=self._clock.now(),
            answer_id=answer_id,
        )

    def reopen_answered(self, answer_id: str) -> int:
        """Open the questions again whose answer is withdrawn."""
        return self._update(
            col(OpenQuestionRow.answer_id) == answer_id,
            state=QuestionState.OPEN,
            answer_id="",
            settled_by="",
            group_id="",
        )

    def uncollected(self, since: datetime, after: str, *, limit: int) -> list[TurnId]:
        """Return turns that failed to answer and of which no question is kept, by id.

        Reads the traces themselves: meant for the start, not for every minute.
        """
        outcome = col(TraceRow.signals_after)["outcome"]
        failed = outcome["failure"].as_string().in_([FailureKind.NOT_KNOWN, FailureKind.CLAIMS_CUT])
        rule = col(TraceRow.decision_before)["rule"].as_string()
        unanswered = sa.and_(rule == "out_of_scope", outcome["answered"].as_boolean().is_(False))
        kept = sa.select(col(OpenQuestionRow.id)).where(
            col(OpenQuestionRow.turn_id) == col(TraceRow.turn_id)
        )
        rows = self._session.execute(
            sa.select(col(TraceRow.turn_id))
            .join(TurnRow, col(TurnRow.id) == col(TraceRow.turn_id))
            .where(
                col(TurnRow.created_at) >= since,
                col(TurnRow.reviewed_at).is_not(None),
                col(TraceRow.turn_id) > after,
                sa.or_(failed, unanswered),
                ~kept.exists(),
            )
            .order_by(col(TraceRow.turn_id))
            .limit(limit)
        )
        return [TurnId(turn_id) for (turn_id,) in rows]

    def _update(self, where: sa.ColumnElement[bool], **values: object) -> int:
        done = self._session.execute(sa.update(OpenQuestionRow).where(where).values(**values))
        return int(done.rowcount)  # type: ignore[attr-defined]


def _question(row: OpenQuestionRow) -> OpenQuestion:
    return OpenQuestion(
        id=row.id,
        turn_id=TurnId(row.turn_id),
        conversation_id=ConversationId(row.conversation_id),
        text=row.text,
        text_hash=row.text_hash,
        kind=QuestionKind(row.kind),
        asked_at=row.asked_at,
        group=row.group_id,
        state=QuestionState(row.state),
        settled_by=row.settled_by,
        answer_id=row.answer_id,
    )

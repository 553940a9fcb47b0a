"""Turns and their traces."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId, TurnId
from agent.domain.ports import Clock
from agent.domain.turns import CutNote, EvidenceNote, Trace, TurnRecord, TurnState, Versions
from agent.store.codec import dump_decision, dump_signals, load_decision, load_signals
from agent.store.tables import TraceRow, TurnRow


class Turns:
    """Turns by id and by conversation."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, turn_id: TurnId, conversation_id: ConversationId) -> TurnRecord:
        """Record that a turn works on a conversation, once more if it did before."""
        row = self._session.get(TurnRow, turn_id) or TurnRow(
            id=turn_id,
            conversation_id=conversation_id,
            state=TurnState.CLAIMED,
            created_at=self._clock.now(),
        )
        if row.state == TurnState.CLAIMED:
            row.attempts += 1
        self._session.add(row)
        self._session.flush()
        return _turn(row, None)

    def finish(self, turn_id: TurnId, *, result: Mapping[str, Any], trace: Trace) -> None:
        """Record a composed turn with its trace."""
        row = self._session.get_one(TurnRow, turn_id)
        row.state = TurnState.COMPOSED
        row.route = trace.decision_after.route
        row.result = dict(result)
        row.finished_at = self._clock.now()
        self._session.add(row)
        self._session.add(_trace_row(turn_id, row.conversation_id, trace, self._clock.now()))
        self._session.flush()

    def fail(self, turn_id: TurnId, *, result: Mapping[str, Any]) -> None:
        """Record that a turn was given up and handed to a person."""
        row = self._session.get_one(TurnRow, turn_id)
        row.state = TurnState.FAILED
        row.result = dict(result)
        row.finished_at = self._clock.now()
        self._session.add(row)
        self._session.flush()

    def state(self, turn_id: TurnId) -> TurnState | None:
        """Return how far a turn is, None where it has not begun."""
        row = self._session.get(TurnRow, turn_id)
        return None if row is None else TurnState(row.state)

    def get(self, turn_id: TurnId) -> TurnRecord | None:
        """Return a turn with its trace, or None."""
        row = self._session.get(TurnRow, turn_id)
        return None if row is None else _turn(row, self._session.get(TraceRow, turn_id))

    def of_conversation(self, conversation_id: ConversationId) -> list[TurnRecord]:
        """Return all turns of a conversation with their traces, oldest first."""
        rows = self._session.exec(
            select(TurnRow)
            .where(TurnRow.conversation_id == conversation_id)
            .order_by(col(TurnRow.created_at))
        ).all()
        traces = {
            trace.turn_id: trace
            for trace in self._session.exec(
                select(TraceRow).where(TraceRow.conversation_id == conversation_id)
            )
        }
        return [_turn(row, traces.get(row.id)) for row in rows]

    def to_review(self, *, limit: int) -> list[TurnRecord]:
        """Return finished turns that nobody has learnt from yet, oldest first."""
        rows = self._session.exec(
            select(TurnRow)
            .where(col(TurnRow.reviewed_at).is_(None), col(TurnRow.state) != TurnState.CLAIMED)
            .order_by(col(TurnRow.created_at))
            .limit(limit)
        ).all()
        traces = {
            trace.turn_id: trace
            for trace in self._session.exec(
                select(TraceRow).where(col(TraceRow.turn_id).in_([row.id for row in rows]))
            )
        }
        return [_turn(row, traces.get(row.id)) for row in rows]

    def reviewed(self, turn_ids: Sequence[TurnId]) -> set[TurnId]:
        """Mark turns as reviewed; return those that nobody else had marked before."""
        marked = self._session.execute(
            sa.update(TurnRow)
            .where(col(TurnRow.id).in_(turn_ids), col(TurnRow.reviewed_at).is_(None))
            .values(reviewed_at=self._clock.now())
            .returning(col(TurnRow.id))
        )
        return {TurnId(turn_id) for (turn_id,) in marked}

    def before(self, turn: TurnRecord) -> TurnRecord | None:
        """Return the turn of the same conversation that came before this one."""
        row = self._session.exec(
            select(TurnRow)
            .where(
                TurnRow.conversation_id == turn.conversation_id,
                TurnRow.created_at < turn.created_at,
            )
            .order_by(col(TurnRow.created_at).desc())
            .limit(1)
        ).first()
        return None if row is None else _turn(row, self._session.get(TraceRow, row.id))

    def traces_since(self, since: datetime | None) -> list[TurnRecord]:
        """Return every traced turn from a time on, oldest first, for replay."""
        query = select(TurnRow, TraceRow).where(TurnRow.id == TraceRow.turn_id)
        if since is not None:
            query = query.where(TurnRow.created_at >= since)
        rows = self._session.exec(query.order_by(col(TurnRow.created_at))).all()
        return [_turn(turn, trace) for turn, trace in rows]


def _turn(row: TurnRow, trace: TraceRow | None) -> TurnRecord:
    return TurnRecord(
        id=TurnId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        state=TurnState(row.state),
        attempts=row.attempts,
        result=row.result or {},
        created_at=row.created_at,
        trace=None if trace is None else _trace(trace),
    )


def _trace(row: TraceRow) -> Trace:
    return Trace(
        versions=Versions(
            schema=row.schema_version,
            model=row.model_version,
            rules=row.rules_version,
            knowledge=row.knowledge_version,
            prompt=row.prompt_version,
        ),
        signals_before=load_signals(row.signals_before),
        decision_before=load_decision(row.decision_before),
        signals_after=load_signals(row.signals_after),
        decision_after=load_decision(row.decision_after),
        evidence=tuple(EvidenceNote(**note) for note in row.evidence),
        cut=tuple(CutNote(**note) for note in row.cut),
        took_ms=row.took_ms,
    )


def _trace_row(turn_id: TurnId, conversation_id: str, trace: Trace, now: datetime) -> TraceRow:
    return TraceRow(
        turn_id=turn_id,
        conversation_id=conversation_id,
        schema_version=trace.versions.schema,
        model_version=trace.versions.model,
        rules_version=trace.versions.rules,
        knowledge_version=trace.versions.knowledge,
        prompt_version=trace.versions.prompt,
        signals_before=dump_signals(trace.signals_before),
        decision_before=dump_decision(trace.decision_before),
        signals_after=dump_signals(trace.signals_after),
        decision_after=dump_decision(trace.decision_after),
        evidence=[asdict(note) for note in trace.evidence],
        cut=[asdict(note) for note in trace.cut],
        took_ms=dict(trace.took_ms),
        created_at=now,
    )

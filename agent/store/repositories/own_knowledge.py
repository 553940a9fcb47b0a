"""What people have added to the knowledge by hand, and which index became live when."""

import hashlib
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.knowledge import ChangeKind, KnowledgeChange, OwnFile, WrittenAnswer
from agent.domain.ports import Clock, Ids
from agent.errors import NotFoundError
from agent.store.knowledge_tables import KnowledgeChangeRow, KnowledgeFileRow, WrittenAnswerRow


class OwnKnowledge:
    """Written answers by revision, uploaded files by name, and the history of what was live."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    # ── written answers ────────────────────────────────────────────────────────────────────

    def write(
        self, question: str, answer: str, valid_until: date | None, *, by: str
    ) -> WrittenAnswer:
        """Keep a new answer."""
        return self._revise(self._ids.new("ans"), 1, question, answer, valid_until, by=by)

    def rewrite(
        self, answer_id: str, question: str, answer: str, valid_until: date | None, *, by: str
    ) -> WrittenAnswer:
        """Keep another wording; a withdrawn answer holds again.

        Raises:
            NotFoundError: there is no such answer.
        """
        last = self.answer(answer_id)
        return self._revise(answer_id, last.revision + 1, question, answer, valid_until, by=by)

    def withdraw(self, answer_id: str, *, by: str) -> WrittenAnswer:
        """Let an answer hold no longer; its revisions stay.

        Raises:
            NotFoundError: there is no such answer.
        """
        last = self.answer(answer_id)
        return self._revise(
            answer_id, last.revision + 1, last.question, last.answer, last.valid_until,
            by=by, withdrawn=True,
        )  # fmt: skip

    def answer(self, answer_id: str) -> WrittenAnswer:
        """Return an answer as it stands.

        Raises:
            NotFoundError: there is no such answer.
        """
        revisions = self.revisions(answer_id)
        if not revisions:
            raise NotFoundError(f"There is no written answer {answer_id}.")
        return revisions[0]

    def revisions(self, answer_id: str) -> list[WrittenAnswer]:
        """Return an answer's wordings, the last one first."""
        rows = self._session.exec(
            select(WrittenAnswerRow)
            .where(WrittenAnswerRow.id == answer_id)
            .order_by(col(WrittenAnswerRow.revision).desc())
        )
        return [_answer(row) for row in rows]

    def answers(self) -> list[WrittenAnswer]:
        """Return all answers as they stand, the one changed last first."""
        last = (
            sa.select(col(WrittenAnswerRow.id), sa.func.max(WrittenAnswerRow.revision).label("n"))
            .group_by(col(WrittenAnswerRow.id))
            .subquery()
        )
        rows = self._session.exec(
            select(WrittenAnswerRow)
            .join(last, sa.and_(col(WrittenAnswerRow.id) == last.c.id,
                                col(WrittenAnswerRow.revision) == last.c.n))
            .order_by(col(WrittenAnswerRow.at).desc(), col(WrittenAnswerRow.id))
        )  # fmt: skip
        return [_answer(row) for row in rows]

    def _revise(
        self,
        answer_id: str,
        revision: int,
        question: str,
        answer: str,
        valid_until: date | None,
        *,
        by: str,
        withdrawn: bool = False,
    ) -> WrittenAnswer:
        row = WrittenAnswerRow(
            id=answer_id,
            revision=revision,
            question=question,
            answer=answer,
            valid_until=valid_until,
            withdrawn=withdrawn,
            by=by,
            at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        return _answer(row)

    # ── files ──────────────────────────────────────────────────────────────────────────────

    def put_file(self, name: str, content: bytes, *, by: str) -> None:
        """Keep a file; one of the same name is replaced."""
        self._session.merge(
            KnowledgeFileRow(
                name=name,
                content=content,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                by=by,
                at=self._clock.now(),
            )
        )
        self._session.flush()

    def remove_file(self, name: str) -> None:
        """Drop a file.

        Raises:
            NotFoundError: there is none of this name.
        """
        row = self._session.get(KnowledgeFileRow, name)
        if row is None:
            raise NotFoundError(f"There is no uploaded file {name}.")
        self._session.delete(row)

    def files(self) -> list[OwnFile]:
        """Return the files by name, without their contents."""
        table = KnowledgeFileRow
        columns = (table.name, table.size, table.sha256, table.by, table.at)
        rows = self._session.execute(
            sa.select(*(col(column) for column in columns)).order_by(col(table.name))
        )
        return [OwnFile(name=n, size=s, sha256=h, by=by, at=at) for n, s, h, by, at in rows]

    def contents(self) -> Mapping[str, bytes]:
        """Return the files' contents by name."""
        rows = self._session.exec(select(KnowledgeFileRow.name, KnowledgeFileRow.content))
        return dict(rows.all())

    # ── what became live ───────────────────────────────────────────────────────────────────

    def note_change(
        self, collection: str, kind: ChangeKind, *, by: str, report: Mapping[str, object]
    ) -> None:
        """Note that an index became live."""
        self._session.add(
            KnowledgeChangeRow(
                collection=collection, kind=kind, by=by, at=self._clock.now(), report=dict(report)
            )
        )

    def changes(self, *, limit: int) -> list[KnowledgeChange]:
        """Return what became live, the newest first."""
        rows = self._session.exec(
            select(KnowledgeChangeRow).order_by(col(KnowledgeChangeRow.id).desc()).limit(limit)
        )
        return [_change(row) for row in rows]

    def last_indexing(self, collection: str) -> KnowledgeChange | None:
        """Return when an index was made from files, with what was left out; None if unknown."""
        row = self._session.exec(
            select(KnowledgeChangeRow)
            .where(
                KnowledgeChangeRow.collection == collection,
                KnowledgeChangeRow.kind == ChangeKind.INDEXED,
            )
            .order_by(col(KnowledgeChangeRow.id).desc())
            .limit(1)
        ).first()
        return None if row is None else _change(row)


def _answer(row: WrittenAnswerRow) -> WrittenAnswer:
    return WrittenAnswer(
        id=row.id,
        revision=row.revision,
        question=row.question,
        answer=row.answer,
        valid_until=row.valid_until,
        withdrawn=row.withdrawn,
        by=row.by,
        at=row.at,
    )


def _change(row: KnowledgeChangeRow) -> KnowledgeChange:
    return KnowledgeChange(
        collection=row.collection,
        kind=ChangeKind(row.kind),
        by=row.by,
        at=row.at,
        report=row.report or {},
    )

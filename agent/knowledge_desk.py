"""What a lead does with the knowledge: look, upload, write answers, go back, try a question."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from agent.domain.knowledge import WrittenAnswer
from agent.domain.learning import Job
from agent.domain.ports import Ids
from agent.errors import ConfigurationError, InvalidInputError
from agent.knowledge import COLLECTION, LiveKnowledge
from agent.knowledge_files import ANSWERS
from agent.knowledge_input import check_content, checked_answer, file_name
from agent.knowledge_view import KnowledgeView, broken_of, sources_of, versions_of
from agent.learning.jobs import JobRunner, Tell
from agent.learning.question_desk import QuestionDesk
from agent.replies.grounded import Answer
from agent.store.unit_of_work import Database
from agent.turns.ports import Answers, Understands
from knowledge_base.vectors import StoredCollection

INGEST = "ingest"
"""Kind of job."""

_MOST_ROUNDS = 3
"""Files that change while they are read are read again, so often at most."""
_TELL_EVERY_S = 0.3
_HISTORY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A question asked without a customer, and what would have been said."""

    question: str
    answer: Answer
    took_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeDesk:
    """A lead's actions on the knowledge. ``by`` is who acts.

    ``jobs`` are of its own, so that an answer is live at once whatever else runs.
    """

    database: Database
    knowledge: LiveKnowledge
    questions: QuestionDesk
    answers: Answers
    understander: Understands
    ids: Ids
    jobs: JobRunner

    def view(self) -> KnowledgeView:
        """Return everything about the live knowledge."""
        folder = self.knowledge.folder
        with self.database.read() as uow:
            own, changes = uow.own_knowledge.files(), uow.own_knowledge.changes(limit=_HISTORY)
            job = uow.jobs.latest(INGEST)
        try:
            base, stored = self.knowledge.base, self.knowledge.versions()
        except ConfigurationError as error:
            return KnowledgeView(
                live=None, since=None, trouble=f"{error} {error.hint}".strip(), folder=folder,
                sources=(), broken=None, versions=(), waiting=tuple(own), job=job,
            )  # fmt: skip
        with self.database.read() as uow:
            indexed = uow.own_knowledge.last_indexing(base.version)
        # The oldest note of an index names who had it made.
        makers = {change.collection: change.by for change in changes}
        versions = versions_of(stored, base.version, makers)
        sources = sources_of(base, own, self.knowledge.today)
        shown = {source.name for source in sources}
        return KnowledgeView(
            live=next((version for version in versions if version.live), None),
            since=next((c for c in changes if c.collection == base.version), None),
            trouble="",
            folder=folder,
            sources=sources,
            broken=broken_of(indexed),
            versions=versions,
            waiting=tuple(file for file in own if file.name not in shown),
            job=job,
        )

    def ask(self, question: str) -> Tried:
        """Answer a question as ``textwise ask`` does: nothing is stored, nobody is told."""
        began = time.perf_counter()
        understanding = self.understander.understand(question)
        answer = self.answers.answer(question, understanding=understanding)
        took_ms = (time.perf_counter() - began) * 1000
        return Tried(question=question, answer=answer, took_ms=took_ms)

    def roll_back(self, version: str, *, by: str) -> StoredCollection:
        """Make an earlier index live again.

        Raises:
            ConfigurationError: there is no such index.
        """
        return self.knowledge.roll_back(version, by=by)

    def read_again(self, *, by: str) -> Job:
        """Begin to look for changed files; where none has changed, nothing is made."""
        return self._index(by)

    # ── files ──────────────────────────────────────────────────────────────────────────────

    def upload(self, files: Mapping[str, bytes], *, by: str) -> Job:
        """Keep files, all or none, and begin to index them.

        Raises:
            InvalidInputError: a name or format that is not read, or a file that holds nothing.
        """
        if not files:
            raise InvalidInputError("Choose a file first.", field="files")
        checked = {file_name(name): content for name, content in files.items()}
        for name, content in checked.items():
            check_content(name, content)
        with self.database.begin() as uow:
            for name, content in checked.items():
                uow.own_knowledge.put_file(name, content, by=by)
        return self._index(by)

    def remove(self, name: str, *, by: str) -> Job:
        """Drop an uploaded file and begin to index without it.

        Raises:
            NotFoundError: there is none of this name.
        """
        with self.database.begin() as uow:
            uow.own_knowledge.remove_file(name)
        return self._index(by)

    # ── written answers ────────────────────────────────────────────────────────────────────

    def written(self) -> list[WrittenAnswer]:
        """Return all written answers as they stand, the one changed last first."""
        with self.database.read() as uow:
            return uow.own_knowledge.answers()

    def revisions(self, answer_id: str) -> list[WrittenAnswer]:
        """Return an answer's wordings, the last one first."""
        with self.database.read() as uow:
            return uow.own_knowledge.revisions(answer_id)

    def write(
        self, question: str, answer: str, valid_until: date | None, *, by: str, group: str = ""
    ) -> Job:
        """Keep an answer, to a ``group`` of unanswered questions or of itself, and make it live.

        Raises:
            InvalidInputError: the question or answer is empty or too long, or the day is past.
            NotFoundError: the group has been dealt with.
        """
        question, answer = checked_answer(question, answer, valid_until, today=self.knowledge.today)
        if group:
            self.questions.group(group)
        with self.database.begin() as uow:
            written = uow.own_knowledge.write(question, answer, valid_until, by=by)
        if group:
            self.questions.answered(group, written.id, by=by)
        return self._index(by, written)

    def rewrite(
        self, answer_id: str, question: str, answer: str, valid_until: date | None, *, by: str
    ) -> Job:
        """Keep another wording of an answer and make it live; a withdrawn one holds again.

        Raises:
            InvalidInputError: the question or answer is empty or too long, or the day is past.
            NotFoundError: there is no such answer.
        """
        question, answer = checked_answer(question, answer, valid_until, today=self.knowledge.today)
        with self.database.begin() as uow:
            written = uow.own_knowledge.rewrite(answer_id, question, answer, valid_until, by=by)
        return self._index(by, written)

    def withdraw(self, answer_id: str, *, by: str) -> Job:
        """Let an answer hold no longer; the questions that it answered are open again.

        Raises:
            NotFoundError: there is no such answer.
        """
        with self.database.begin() as uow:
            uow.own_knowledge.withdraw(answer_id, by=by)
            uow.questions.reopen_answered(answer_id)
        return self._index(by)

    # ── indexing ───────────────────────────────────────────────────────────────────────────

    def _index(self, by: str, written: WrittenAnswer | None = None) -> Job:
        """Begin to index. Each change has a job of its own, so that none is lost to another."""
        subject = self.ids.new("chg")
        self.knowledge.asked_by = by
        with self.database.read() as uow:
            before = uow.live.active(COLLECTION)

        def work(tell: Tell) -> Mapping[str, object]:
            steps = _Steps(tell)
            for _ in range(_MOST_ROUNDS):
                report = self.knowledge.ensure_indexed(steps.stage, steps.share, by=by)
                if report is None:
                    break
            changed = self.knowledge.version != before
            found = {} if written is None else self._tried(written)
            return {"changed": changed, "version": self.knowledge.version, **found}

        return self.jobs.start(INGEST, subject, work, by=by)

    def _tried(self, written: WrittenAnswer) -> Mapping[str, object]:
        """Ask a written answer's question and tell whether it is answered from there."""
        answer = self.ask(written.question).answer
        sources = {item.source for item in answer.evidence}
        return {
            "question": written.question,
            "said": answer.text if answer.answered else "",
            "from_it": answer.answered and ANSWERS in sources,
        }


@dataclass(slots=True)
class _Steps:
    """Passes on how far an ingest is, now and then: each time is a write to the database."""

    tell: Tell
    _stage: str = ""
    _told: float = field(default=0.0)

    def stage(self, stage: str) -> None:
        self._stage = stage.split(":", 1)[0]

    def share(self, share: float) -> None:
        if share >= 1 or time.monotonic() - self._told >= _TELL_EVERY_S:
            self._told = time.monotonic()
            self.tell(self._stage, round(share * 100), 100)

"""Long actions of the console and how far they are."""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import Session, col, select

from agent.domain.learning import Job, JobState
from agent.domain.ports import Clock, Ids
from agent.errors import NotFoundError
from agent.store.learning_tables import JobRow

SILENT = timedelta(seconds=30)
"""A running job that says nothing for so long has lost its process."""


class Jobs:
    """Jobs by id and by kind."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def begin(self, kind: str, subject: str, *, by: str) -> Job:
        """Note that a job has begun."""
        now = self._clock.now()
        row = JobRow(
            id=self._ids.new("job"), kind=kind, subject=subject, state=JobState.RUNNING, by=by,
            started_at=now, updated_at=now,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        return self._job(row)

    def tell(self, job_id: str, stage: str, done: int, total: int) -> None:
        """Note how far a job is; ``total`` is 0 where nobody knows."""
        row = self._row(job_id)
        row.stage, row.done, row.total = stage, done, total
        self._touch(row)

    def finish(self, job_id: str, result: Mapping[str, object]) -> None:
        """Note what came of a job."""
        row = self._row(job_id)
        row.state, row.result = JobState.DONE, dict(result)
        self._touch(row)

    def fail(self, job_id: str, error: str) -> None:
        """Note why a job failed."""
        row = self._row(job_id)
        row.state, row.error = JobState.FAILED, error
        self._touch(row)

    def get(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            NotFoundError: there is none with this id.
        """
        return self._job(self._row(job_id))

    def latest(self, kind: str, subject: str | None = None) -> Job | None:
        """Return the newest job of a kind, of one subject or of any."""
        query = select(JobRow).where(JobRow.kind == kind)
        if subject is not None:
            query = query.where(JobRow.subject == subject)
        row = self._session.exec(query.order_by(col(JobRow.started_at).desc()).limit(1)).first()
        return None if row is None else self._job(row)

    def _touch(self, row: JobRow) -> None:
        row.updated_at = self._clock.now()
        self._session.add(row)
        self._session.flush()

    def _row(self, job_id: str) -> JobRow:
        row = self._session.get(JobRow, job_id)
        if row is None:
            raise NotFoundError(f"There is no job {job_id}.")
        return row

    def _job(self, row: JobRow) -> Job:
        state = JobState(row.state)
        if state is JobState.RUNNING and self._clock.now() - row.updated_at > SILENT:
            state = JobState.LOST
        return Job(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            state=state,
            stage=row.stage,
            done=row.done,
            total=row.total,
            result=row.result or {},
            error=row.error,
            by=row.by,
            started_at=row.started_at,
            updated_at=row.updated_at,
        )

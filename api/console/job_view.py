"""Jobs as pages show them, and their results read out of JSON. Pure."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.domain.learning import Job, JobState

_Found = TypeVar("_Found", bound=BaseModel)


class _Loose(BaseModel):
    """What commands print may grow; only what is shown is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class GateResult(_Loose):
    """What the gate said. ``promoted`` is None where it was only asked."""

    version: str
    against: str | None = None
    passed: bool
    reasons: list[str] = []
    sentences: list[str] = []
    promoted: bool | None = None


class IntentMoved(_Loose):
    """An intent whose F1 moved."""

    intent: str
    messages: int = 0
    f1_before: float
    f1_after: float
    p_value: float | None = None
    now_read_as: str = ""


class ReadAs(_Loose):
    """One message as one version read it."""

    text: str
    truth: str
    predicted: str
    confidence: float


class CompareResult(_Loose):
    """Two versions on the same messages."""

    a: str
    b: str
    measured_on: str = ""
    messages: int
    accuracy_a: float
    accuracy_b: float
    only_a: int
    only_b: int
    p_value: float
    verdict: str
    worse: list[IntentMoved] = []
    better: list[IntentMoved] = []
    changed: list[tuple[ReadAs, ReadAs]] = []


class IngestResult(_Loose):
    """What an ingest made. ``question`` is set where it made an answer live that was written.

    ``said`` is what the agent then said to it, ``from_it`` whether it said it from there.
    """

    changed: bool
    version: str = ""
    question: str = ""
    said: str = ""
    from_it: bool = False


def result_of(job: Job | None, kind: type[_Found]) -> _Found | None:
    """Return what a finished job found; None where it is not done, or from another release."""
    if job is None or job.state is not JobState.DONE:
        return None
    try:
        return kind.model_validate(job.result)
    except ValidationError:
        return None


def share_done(job: Job) -> float | None:
    """Return how much of a job is done in [0, 1]; None where nobody knows."""
    return min(1.0, job.done / job.total) if job.total > 0 else None


def subjects(job: Job) -> Mapping[str, str]:
    """Return the parts of a comparison's subject."""
    return dict(zip(("a", "b", "test"), job.subject.split(" "), strict=False))

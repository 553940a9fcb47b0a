"""Long actions of the console: run beside the service, one at a time, seen from every process."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

import structlog

from agent.domain.learning import Job, JobState
from agent.errors import TextwiseError
from agent.progress import STEPS, last_step, without_steps
from agent.settings import CHECKOUT, Settings
from agent.store.unit_of_work import Database
from intents.errors import IntentsError

_log = structlog.get_logger(__name__)

Tell = Callable[[str, int, int], None]
"""Tells a stage, how much of it is done and of how much; a total of 0 where nobody knows."""

Work = Callable[[Tell], Mapping[str, object]]

_BEAT_S = 1.0
_TAIL = 4096
"""Bytes at the end of what a command has said in which its last step is looked for."""


class JobFailedError(TextwiseError):
    """A command that a job ran has failed; its own words say why."""


class JobRunner:
    """Runs jobs on one thread and writes down how far they are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._stopping = threading.Event()

    def start(self, kind: str, subject: str, work: Work, *, by: str) -> Job:
        """Begin a job; where the same one runs already, that one is returned."""
        with self._database.begin() as uow:
            running = uow.jobs.latest(kind, subject)
            if running is not None and running.state is JobState.RUNNING:
                return running
            job = uow.jobs.begin(kind, subject, by=by)
        self._pool.submit(self._run, job.id, work)
        return job

    def command(self, words: Sequence[str], settings: Settings) -> Work:
        """Make a job of a ``textwise`` command that prints JSON, in a process of its own.

        What it loads (plots, test sets) is gone with it, and a turn never waits for it.
        """

        def work(tell: Tell) -> Mapping[str, object]:
            return self._in_a_process(words, settings, tell)

        return work

    def close(self) -> None:
        """Stop what runs; its job is shown as lost."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job_id: str, work: Work) -> None:
        def tell(stage: str, done: int, total: int) -> None:
            with self._database.begin() as uow:
                uow.jobs.tell(job_id, stage, done, total)

        try:
            result = work(tell)
        except (TextwiseError, IntentsError) as error:
            self._fail(job_id, f"{error} {error.hint}".strip())
        except Exception:  # noqa: BLE001 - the outermost edge of this thread
            _log.exception("job_failed", job=job_id)
            self._fail(job_id, "Something unexpected went wrong; the service's log has it.")
        else:
            with self._database.begin() as uow:
                uow.jobs.finish(job_id, result)

    def _fail(self, job_id: str, why: str) -> None:
        with self._database.begin() as uow:
            uow.jobs.fail(job_id, why)

    def _in_a_process(
        self, words: Sequence[str], settings: Settings, tell: Tell
    ) -> Mapping[str, object]:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
            process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [sys.executable, "-m", "agent.cli.main", *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=told,
                env=environment(settings),
            )
            began = time.monotonic()
            while True:
                try:
                    code = process.wait(timeout=_BEAT_S)
                    break
                except subprocess.TimeoutExpired:
                    # Not seek and read: the command writes where this file's place is.
                    said = os.pread(told.fileno(), _TAIL, max(0, _size(told) - _TAIL))
                    step = last_step(said.decode(errors="replace"))
                    running = f"running for {time.monotonic() - began:.0f} s"
                    if step is None:
                        tell(running, 0, 0)
                    else:
                        tell(f"{step.stage}, {running}", step.done, step.total)
                if self._stopping.is_set():
                    process.terminate()
            out.seek(0)
            told.seek(0)
            if code != 0:
                words = without_steps(told.read().decode(errors="replace"))
                raise JobFailedError(_last_words(words))
            result = json.loads(out.read())
        return result if isinstance(result, dict) else {"rows": result}


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a command that is to see the same settings."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH")))),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "200",
        "TEXTWISE_HOME": str(settings.home),
        "TEXTWISE_MODELS": str(settings.models),
        "TEXTWISE_ENCODER": settings.encoder,
        "TEXTWISE_TRAINING_DATA": str(settings.training_data),
        STEPS: "1",
        "TEXTWISE_DATABASE_URL": settings.database_url or "",
    }


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _last_words(told: str) -> str:
    """Return what a command said last: its error and what to do about it."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    begin = next((i for i, line in enumerate(lines) if line.startswith("Error:")), None)
    chosen = lines[-2:] if begin is None else lines[begin:]
    return " ".join(chosen).removeprefix("Error:").strip() or "The command has failed."

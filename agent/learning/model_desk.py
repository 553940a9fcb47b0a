"""What a lead does with trained versions: look, compare, promote, roll back, shadow."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from agent.domain.learning import Job
from agent.domain.ports import Clock
from agent.errors import ConflictError, InvalidInputError, NotFoundError
from agent.learning.jobs import JobRunner, Tell, Work
from agent.learning.model_errors import intents_told
from agent.learning.model_views import Overview, Serving, ShadowView, VersionView, metrics_of
from agent.learning.shadow import ShadowState, read_state, state_of, write_state
from agent.settings import Settings
from agent.store.unit_of_work import Database
from intents.errors import IntentsError
from intents.evaluation import promotion
from intents.evaluation.promotion import Verdict
from intents.versions.manifest import Manifest
from intents.versions.registry import MANIFEST, METRICS, Registry

EVALUATE, COMPARE, GATE, PROMOTE = "evaluate", "compare", "gate", "promote"
"""Kinds of job."""

HELD_OUT, WRITTEN, LIVE = "held-out", "written", "live"
"""What versions are judged on."""

REPORT = "report.html"


class ModelDesk:
    """A lead's actions on versions. ``by`` is who acts."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        registry: Registry,
        clock: Clock,
        jobs: JobRunner,
        changed: Callable[[], None],
    ) -> None:
        """Prepare; ``changed`` is called when another version has been made active."""
        self._settings = settings
        self._database = database
        self._registry = registry
        self._clock = clock
        self._jobs = jobs
        self._changed = changed

    def overview(self, serving: Serving) -> Overview:
        """Return everything about the versions.

        Raises:
            NotFoundError: a manifest or the ledger cannot be read.
        """
        with intents_told():
            active = self._registry.active()
            shadow = read_state(self._database)
            views = [self._view(m, active.version, shadow) for m in self._registry.versions()]
        return Overview(
            versions=tuple(sorted(views, key=lambda v: v.trained_at, reverse=True)),
            live=serving.version,
            wanted=active.version,
            refused=serving.refused,
            earlier=active.stack[-2] if len(active.stack) > 1 else None,
            history=tuple(reversed(active.history)),
            shadow=shadow,
        )

    def version(self, name: str) -> VersionView:
        """Return one version.

        Raises:
            NotFoundError: there is none of this name.
        """
        with intents_told():
            return self._view(
                self._registry.manifest(name),
                self._registry.active().version,
                read_state(self._database),
            )

    def last_verdict(self, name: str) -> Verdict | None:
        """Return what the gate said of a version when it was last promoted, or None."""
        try:
            return promotion.read_verdict(self._registry, name)
        except IntentsError:
            # A verdict of an older form says nothing; asking the gate again does.
            return None

    def rollback(self, *, by: str) -> str:
        """Go back to the version that was active before; return its name.

        Raises:
            NotFoundError: there is none, or it is broken.
        """
        with intents_told():
            active = self._registry.rollback(by=by)
        self._changed()
        return active.version or ""

    def shadow(self) -> ShadowView | None:
        """Return what the present shadow has found."""
        state = read_state(self._database)
        if state is None:
            return None
        with self._database.read() as uow:
            return ShadowView(
                state=state,
                tallies=tuple(uow.shadows.tallies(state.version)),
                differences=tuple(uow.shadows.differences(state.version)),
            )

    def set_shadow(self, name: str, *, by: str) -> None:
        """Let a version read along.

        Raises:
            NotFoundError: the version is missing or broken.
            ConflictError: it is the one that answers.
        """
        with intents_told():
            self._registry.verify(name)
            if self._registry.active().version == name:
                raise ConflictError(f"{name} is live: it cannot be its own shadow.")
        write_state(self._database, state_of(name, by=by, at=self._clock.now()))

    def stop_shadow(self) -> None:
        """Let no version read along."""
        write_state(self._database, None)

    # ── long actions ───────────────────────────────────────────────────────────────────────

    def tests(self) -> Mapping[str, Path | None]:
        """Return what versions can be judged on: names, and files (None for held-out writers)."""
        files = {
            WRITTEN: self._settings.training_data / "test" / "intents.jsonl",
            LIVE: self._settings.live_test,
        }
        return {HELD_OUT: None, **{name: path for name, path in files.items() if path.is_file()}}

    def evaluate(self, name: str, *, test: str, by: str) -> Job:
        """Begin to judge a version; its report is there when the job is done."""
        self.version(name)
        output = str(self._reports(name))
        words = ["intents", "evaluate", "--version", name, "--output", output, "--json"]
        work = self._jobs.command([*words, *self._test(test)], self._settings)
        return self._jobs.start(EVALUATE, f"{name} {test}", work, by=by)

    def compare(self, a: str, b: str, *, test: str, by: str) -> Job:
        """Begin to compare two versions."""
        self.version(a)
        self.version(b)
        if a == b:
            raise InvalidInputError("Choose two different versions.", field="b")
        words = ["intents", "compare", a, b, "--json", *self._test(test)]
        work = self._jobs.command(words, self._settings)
        return self._jobs.start(COMPARE, f"{a} {b} {test}", work, by=by)

    def ask_gate(self, name: str, *, by: str) -> Job:
        """Begin to ask whether a version may be promoted, without promoting it."""
        self.version(name)
        return self._jobs.start(GATE, name, self._gate(name), by=by)

    def promote(self, name: str, *, by: str) -> Job:
        """Begin to promote a version: the gate runs both on the same messages first.

        The job's result is the gate's verdict, and ``promoted``.
        """
        self.version(name)
        ask = self._gate(name)

        def work(tell: Tell) -> Mapping[str, object]:
            verdict = ask(tell)
            passed = verdict.get("passed") is True
            if passed:
                with intents_told():
                    said = str(verdict.get("summary", ""))
                    self._registry.activate(name, by=by, verdict=said)
                self._changed()
            return {**verdict, "promoted": passed}

        return self._jobs.start(PROMOTE, name, work, by=by)

    def _gate(self, name: str) -> Work:
        return self._jobs.command(["intents", "gate", name, "--json"], self._settings)

    def job(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.read() as uow:
            return uow.jobs.get(job_id)

    def last_job(self, kind: str, subject: str) -> Job | None:
        """Return the newest job of this kind and subject, or None."""
        with self._database.read() as uow:
            return uow.jobs.latest(kind, subject)

    def report(self, name: str) -> Path:
        """Return the path of a version's newest report.

        Raises:
            NotFoundError: there is none yet.
        """
        with intents_told():
            path = self._report(name)
        if path is None:
            raise NotFoundError(f"There is no report of {name} yet; evaluate it.")
        return path

    def _report(self, name: str) -> Path | None:
        places = (self._reports(name), self._registry.path(name) / "report")
        found = [place / REPORT for place in places if (place / REPORT).is_file()]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)

    def _reports(self, name: str) -> Path:
        return self._settings.home / "reports" / self._registry.path(name).name

    def _test(self, test: str) -> list[str]:
        known = self.tests()
        if test not in known:
            raise InvalidInputError(f"There is no test {test!r}.", field="test")
        path = known[test]
        return [] if path is None else ["--test", str(path)]

    def _view(
        self, manifest: Manifest, active: str | None, shadow: ShadowState | None
    ) -> VersionView:
        folder = self._registry.path(manifest.version)
        trained = (folder / MANIFEST).stat().st_mtime
        return VersionView(
            manifest=manifest,
            metrics=metrics_of(folder / METRICS),
            active=manifest.version == active,
            shadow=shadow is not None and shadow.version == manifest.version,
            trained_at=datetime.fromtimestamp(trained, UTC),
            report=self._report(manifest.version) is not None,
        )

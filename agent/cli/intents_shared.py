"""What the commands of ``textwise intents`` share: options, progress, versions by name."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from agent.cli.console import ERRORS
from agent.progress import STEPS, StepLines
from agent.settings import Settings
from intents.errors import VersionError
from intents.versions.registry import MANIFEST, Registry

BY = "command line"
"""Who acts, in what is kept of an action."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Version = Annotated[
    str | None, typer.Option("--version", help="A version, `active`, `previous` or `newest`.")
]
TestPath = Annotated[
    Path | None,
    typer.Option("--test", help="Test messages: a CSV or JSONL file, or a folder of them."),
]
TextField = Annotated[str, typer.Option("--text-column", help="Where the text stands.")]
LabelColumn = Annotated[str, typer.Option("--label-column", help="Where the intent stands.")]
LiveTest = Annotated[
    Path | None, typer.Option("--live-test", help="JSONL of live messages labelled blind.")
]


def open_registry(settings: Settings) -> Registry:
    """Return the registry of the configured models."""
    return Registry(settings.models)


def written_test(settings: Settings, given: Path | None) -> Path | None:
    """Return the test set that was written apart: the one given, else the training data's."""
    usual = settings.training_data / "test"
    return given or (usual if usual.is_dir() else None)


def live_labels(settings: Settings, given: Path | None) -> Path | None:
    """Return the live messages labelled blind: the file given, else the store of labels'."""
    usual = settings.live_test
    return given or (usual if usual.is_file() else None)


def label_folder(settings: Settings) -> Path | None:
    """Return the folder of labels that people gave to live messages, if there is one."""
    return settings.labels if settings.labels.is_dir() else None


def version_named(registry: Registry, name: str | None) -> str:
    """Return a version's full name; ``active``, ``previous`` and ``newest`` stand for one.

    Raises:
        VersionError: there is no such version.
    """
    if name is None or name == "active":
        return registry.active_version()
    if name == "previous":
        stack = registry.active().stack
        if len(stack) < 2:  # noqa: PLR2004 - the active one and one before it
            raise VersionError("No version was active before this one.")
        return stack[-2]
    if name == "newest":
        found = [m.version for m in registry.versions()]
        if not found:
            raise VersionError("There is no version yet.", hint="textwise intents train")
        return max(found, key=lambda v: (registry.path(v) / MANIFEST).stat().st_mtime_ns)
    return registry.manifest(name).version


Show = Callable[[str, int, int], None]
"""Shows a stage, and that so many of so many (0: unknown) are done."""


class _Bar:
    """Shows a stage and how far it is in the terminal."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` (0: unknown) are done."""
        if stage != self._stage:
            self._stage = stage
            self._bar.reset(self._task, description=stage, total=total or None)
        self._bar.update(self._task, completed=done)


@contextmanager
def progress() -> Iterator[Show]:
    """Show progress on stderr while something runs; to another process, line by line."""
    if os.environ.get(STEPS):
        yield StepLines(sys.stderr)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERRORS, transient=True) as bar:
        yield _Bar(bar)

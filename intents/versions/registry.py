"""Trained versions on disk, and which of them is active.

``models/<version>/`` holds the artefacts, ``manifest.json`` (their hashes, and everything the
version was made of), ``metrics.json`` and ``card.md``. What is active stands in a ledger:
``models/active.json``, unless whoever opens the registry brings another one.
"""

import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from intents.encoders.weights import sha256_of
from intents.errors import VersionError
from intents.versions.manifest import TRAIN, Manifest, read_manifest

MANIFEST = "manifest.json"
METRICS = "metrics.json"
PARAMETERS = "parameters.json"
PREDICTIONS = "predictions.jsonl"
CARD = "card.md"
VERDICT = "verdict.json"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the active version.

    ``action`` is ``promote`` or ``rollback``; ``verdict`` is what the gate said, in a sentence
    (``verdict.json`` in the version's folder holds all of it).
    """

    version: str
    action: str
    by: str
    at: str
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """``stack`` holds the active version last, and before it those to go back to."""

    stack: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()

    @property
    def version(self) -> str | None:
        """The active version, if there is one."""
        return self.stack[-1] if self.stack else None


_ACTIVE = TypeAdapter(Active)


class Ledger(Protocol):
    """Where it is written down which version is active."""

    def read(self) -> Active:
        """Return what is active, with its history."""
        ...

    def write(self, active: Active) -> None:
        """Write it down."""
        ...


class FileLedger:
    """``active.json`` in the folder of models."""

    def __init__(self, models_dir: Path) -> None:
        self.path = models_dir / "active.json"

    def read(self) -> Active:
        """Return what is active; nothing where there is no file.

        Raises:
            VersionError: the file is broken.
        """
        if not self.path.is_file():
            return Active()
        try:
            return active_of_json(self.path.read_bytes())
        except (OSError, ValidationError) as error:
            raise VersionError(
                f"{self.path} is unreadable: {error}",
                hint=f"Delete {self.path} and promote a version.",
            ) from None

    def write(self, active: Active) -> None:
        """Replace the file in one step, so that no reader sees half of it."""
        draft = self.path.with_suffix(f".{os.getpid()}.tmp")
        draft.write_bytes(active_as_json(active) + b"\n")
        draft.replace(self.path)


def active_of_json(body: bytes | str) -> Active:
    """Read what is active.

    Raises:
        pydantic.ValidationError: it is not in that form.
    """
    return _ACTIVE.validate_json(body)


def active_as_json(active: Active) -> bytes:
    """Write what is active as JSON."""
    return _ACTIVE.dump_json(active, indent=2)


class Registry:
    """The versions in one folder."""

    def __init__(self, models_dir: Path, *, ledger: Ledger | None = None) -> None:
        self.folder = models_dir
        self._ledger = ledger or FileLedger(models_dir)

    def path(self, version: str) -> Path:
        """Return a version's folder.

        Raises:
            VersionError: the name is none that a version can have.
        """
        if not _NAME.fullmatch(version):
            raise VersionError(f"{version!r} is no version's name.")
        return self.folder / version

    def versions(self) -> list[Manifest]:
        """Return the manifests of all versions, by name."""
        paths = sorted(self.folder.glob(f"*/{MANIFEST}"))
        return [read_manifest(path) for path in paths]

    def manifest(self, version: str) -> Manifest:
        """Return one version's manifest.

        Raises:
            VersionError: there is no such version, or its manifest is broken.
        """
        path = self.path(version) / MANIFEST
        if not path.is_file():
            known = ", ".join(m.version for m in self.versions()) or "none"
            raise VersionError(f"There is no version {version!r}. Known: {known}.", hint=TRAIN)
        return read_manifest(path)

    def verify(self, version: str) -> Manifest:
        """Return the manifest if every artefact is there and unchanged.

        Raises:
            VersionError: the version is missing, or a file of it is missing or altered.
        """
        manifest = self.manifest(version)
        folder = self.path(version)
        for name, expected in manifest.artefacts.items():
            path = folder / name
            if not path.is_file() or sha256_of(path) != expected:
                state = "has changed" if path.is_file() else "is missing"
                raise VersionError(
                    f"The version {version} is broken: {path} {state}.",
                    hint=f"Delete {folder} and train again: textwise intents train",
                )
        return manifest

    def seal(self, folder: Path, manifest: Manifest, artefacts: list[str]) -> Manifest:
        """Write the manifest with the artefacts' hashes: the last act of training."""
        hashes = {name: sha256_of(folder / name) for name in artefacts}
        sealed = replace(manifest, artefacts=hashes)
        sealed.write(folder / MANIFEST)
        return sealed

    def active(self) -> Active:
        """Return what is active, with its history.

        Raises:
            VersionError: the ledger is broken.
        """
        return self._ledger.read()

    def active_version(self) -> str:
        """Return the active version's name.

        Raises:
            VersionError: no version is active.
        """
        version = self.active().version
        if version is None:
            raise VersionError(
                f"No trained version is active in {self.folder}.",
                hint="Train and promote one: textwise intents train --promote",
            )
        return version

    def activate(
        self, version: str, *, by: str = "", verdict: str = "", now: datetime | None = None
    ) -> Active:
        """Make a version the active one, after checking that it is whole."""
        self.verify(version)
        active = self.active()
        if active.version == version:
            return active
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        change = Change(version=version, action="promote", by=by, at=at, verdict=verdict)
        return self._store((*active.stack, version), active, change)

    def rollback(self, *, by: str = "", now: datetime | None = None) -> Active:
        """Go back to the version that was active before.

        Raises:
            VersionError: there is none, or it is broken.
        """
        active = self.active()
        if len(active.stack) < 2:  # noqa: PLR2004 - the active one and one before it
            raise VersionError("There is no earlier version to go back to.")
        earlier = active.stack[-2]
        self.verify(earlier)
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        change = Change(version=earlier, action="rollback", by=by, at=at)
        return self._store(active.stack[:-1], active, change)

    def _store(self, stack: tuple[str, ...], before: Active, change: Change) -> Active:
        after = Active(stack=stack, history=(*before.history, change))
        self._ledger.write(after)
        return after

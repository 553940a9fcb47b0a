"""What is active, as a row: one answer for the console, the command line and every process.

``models/active.json`` seeds the row. Afterwards whoever changed last is followed: the console
writes the row (and the file, where it may), the command line writes the file, and each service
carries a newer change of its file into the row, and a newer row into its file.
"""

from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from agent.store.unit_of_work import Database
from intents.errors import VersionError
from intents.versions.registry import Active, FileLedger, active_as_json, active_of_json

_log = structlog.get_logger(__name__)

MODELS = "models"
"""Name of the active row."""


class SharedLedger:
    """The row and the file, of which the newer counts."""

    def __init__(self, database: Database, file: FileLedger) -> None:
        self._database = database
        self._file = file

    def read(self) -> Active:
        """Return what is active.

        Raises:
            VersionError: the row or the file is broken.
        """
        return max((self._row(), self._file.read()), key=newness)

    def write(self, active: Active) -> None:
        """Write the row, and the file where the folder may be written."""
        with self._database.begin() as uow:
            uow.live.set_active(MODELS, active_as_json(active).decode())
        self._keep_file(active)

    def settle(self) -> Active:
        """Carry the newer of the two over to the other; return it.

        Raises:
            VersionError: the row or the file is broken.
        """
        row, filed = self._row(), self._file.read()
        if newness(filed) > newness(row):
            with self._database.begin() as uow:
                uow.live.set_active(MODELS, active_as_json(filed).decode())
            return filed
        if newness(row) > newness(filed):
            self._keep_file(row)
        return row

    def _row(self) -> Active:
        with self._database.read() as uow:
            body = uow.live.active(MODELS)
        try:
            return Active() if body is None else active_of_json(body)
        except ValidationError as error:
            raise VersionError(
                f"The row of the active models is unreadable: {error}",
                hint=f"Delete the row {MODELS!r} of the table 'active' and promote a version.",
            ) from None

    def _keep_file(self, active: Active) -> None:
        try:
            self._file.write(active)
        except OSError as error:
            # A read-only image: the row is the truth, and the file stays what it was.
            _log.debug("active_file_not_written", error=str(error))


def newness(active: Active) -> tuple[datetime, int]:
    """Return when it was last changed, and how often in all: the greater is the newer."""
    if not active.history:
        return datetime.min.replace(tzinfo=UTC), 0
    return datetime.fromisoformat(active.history[-1].at), len(active.history)

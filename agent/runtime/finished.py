"""DBOS's rows of work that is long over, deleted."""

import time
from datetime import UTC, datetime, timedelta

from dbos import DBOS

_DELETE_AT_ONCE, _DELETE_EVERY_S = 500, 3600.0


class Finished:
    """Deletes rows of finished workflows, ``keep`` after they were done."""

    def __init__(self, *, keep: timedelta) -> None:
        """Begin; the first look is due an hour from now."""
        self._keep = keep
        self._deleted_at = time.monotonic()

    def tidy(self) -> None:
        """Delete DBOS's rows of work that is long over, a batch an hour or until none is left."""
        if time.monotonic() - self._deleted_at < _DELETE_EVERY_S:
            return
        if delete_finished(datetime.now(UTC) - self._keep) < _DELETE_AT_ONCE:
            self._deleted_at = time.monotonic()


def delete_finished(before: datetime) -> int:
    """Delete up to 500 finished workflows of before a time; return how many there were."""
    finished = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before.isoformat(),
        limit=_DELETE_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if finished:
        DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
    return len(finished)

"""Work that this process has claimed and is not doing: enqueued again.

Between claiming a workflow and noting its end the database may go away. DBOS then leaves the row
as it is, for it counts on the process's death to have it taken up again; but this process lives on,
and the conversation would be blocked for good.
"""

import time
from dataclasses import dataclass, field

import structlog
from dbos import DBOS
from dbos._utils import INTERNAL_QUEUE_NAME

from agent.runtime.queueing import APP_VERSION

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Orphans:
    """Looks for work left behind by this process itself. ``look`` runs on one thread.

    ``idle_s``: seconds after which what was claimed and is not done counts as left behind. On a
    machine that is very busy dispatching may take seconds, so it is as long as the silence of a
    process that counts as dead.
    """

    dbos: DBOS
    executor_id: str
    idle_s: float
    _idle_since: dict[str, float] = field(default_factory=dict)

    def look(self) -> int:
        """Enqueue again what has been idle for so long at every look; return how much."""
        system = self.dbos._sys_db  # noqa: SLF001 - the only way
        claimed = system.get_pending_workflows(self.executor_id, APP_VERSION)
        # Asked second: what ends in between is still among the claimed, once.
        doing = set(self.dbos._active_workflows_set.activeList())  # noqa: SLF001 - the only way
        now = time.monotonic()
        self._idle_since = {
            row.workflow_id: self._idle_since.get(row.workflow_id, now)
            for row in claimed
            if row.workflow_id not in doing
        }
        left = [key for key, since in self._idle_since.items() if now - since >= self.idle_s]
        for workflow_id in left:
            system.reenqueue_for_recovery(workflow_id, [self.executor_id], INTERNAL_QUEUE_NAME)
            del self._idle_since[workflow_id]
            _log.warning("left_behind", workflow=workflow_id)
        return len(left)

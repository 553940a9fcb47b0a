"""Promises not kept: who was told 'within 20 minutes' and waits longer hears so, once.

A second case is opened for it. That is what shows it in the console, and what keeps it from
being said twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from agent.cases import hand_over
from agent.domain.consent import ConsentState
from agent.domain.conversations import ConversationStatus
from agent.domain.escalations import Escalation
from agent.domain.ids import ConversationId
from agent.domain.messages import Author
from agent.domain.ports import Clock
from agent.domain.signals import Escalate
from agent.handover import Handovers
from agent.outgoing import put_into_outbox
from agent.replies.segments import fit
from agent.runtime.watch import Queue
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

OVERDUE = "overdue"
"""The rule of the case that shows a promise not kept."""
LOOK_EVERY_S = 30.0

_PROMISED = frozenset(
    {
        "asked_for_person",
        "sensitive_topic",
        "high_value",
        "frustration",
        "failed_turns",
        "offer_accepted",
    }
)
"""Rules whose hand-over tells the customer a time."""
_TOO_LATE = timedelta(hours=12)
"""After this nobody is texted any more: a service that was away does not wake up old cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Looks for people who wait longer than they were told. ``look`` may run in every process."""

    database: Database
    queue: Queue
    handovers: Handovers
    clock: Clock

    def look(self) -> bool:
        """Look once."""
        with self.database.read() as uow:
            waiting = self._late(uow.escalations.open_cases(), self.clock.now())
        for case in waiting:
            self._tell(case)
        return False

    def _late(self, cases: list[Escalation], now: datetime) -> list[Escalation]:
        """Return each conversation's oldest case that nobody has taken in its time."""
        known = {case.conversation_id for case in cases if case.rule == OVERDUE}
        found: dict[ConversationId, Escalation] = {}
        for case in cases:
            if case.taken_at is None and case.rule in _PROMISED:
                found.setdefault(case.conversation_id, case)
        return [
            case
            for conversation_id, case in found.items()
            if conversation_id not in known and self._is_late(case, now)
        ]

    def _is_late(self, case: Escalation, now: datetime) -> bool:
        due = self.handovers.wait(case.queue, case.opened_at).until
        open_now = self.handovers.next_opening(now) is None
        return open_now and due <= now <= due + _TOO_LATE

    def _tell(self, case: Escalation) -> None:
        wait = self.handovers.wait(case.queue, case.opened_at)
        promised = f"within {wait.minutes} minutes" if wait.soon else f"from {wait.said}"
        escalate = Escalate(
            rule=OVERDUE,
            queue=case.queue,
            reason=f"Promised an answer {promised}; no colleague has come yet.",
        )
        with self.database.begin() as uow:
            uow.conversations.lock(case.conversation_id)
            if not self._still_late(uow, case):
                return
            conversation = uow.conversations.get(case.conversation_id)
            if conversation.status is not ConversationStatus.WAITING:
                return
            if not hand_over(uow, conversation.id, escalate):
                return
            _log.warning("promise_not_kept", conversation=conversation.id, queue=case.queue)
            state = uow.consents.state(conversation.customer_id, sender=self.handovers.brand.slug)
            if state is not ConsentState.OUT:
                self._say(uow, conversation.id)

    def _still_late(self, uow: UnitOfWork, case: Escalation) -> bool:
        """Whether nothing has come of the case since it was found: it may be closed, or erased."""
        cases = uow.escalations.of_conversation(case.conversation_id)
        waiting = [other for other in cases if other.closed_at is None]
        return case in self._late(waiting, self.clock.now())

    def _say(self, uow: UnitOfWork, conversation_id: ConversationId) -> None:
        provider = uow.messages.last_provider(conversation_id)
        if provider is None:
            return
        text = fit(self.handovers.templates.say("overdue"))
        message = put_into_outbox(
            uow, conversation_id, text, author=Author.AGENT, provider=provider
        )
        self.queue.enqueue_send(uow.session, message.id, delay_s=0)

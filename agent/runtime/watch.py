"""The watch: resumes what is stuck, asks providers what became of sends, hands over the rest.

Nothing here is part of the way a text takes as a rule. It is for what is left behind by a process
that died at a bad moment, by a provider that did not answer, by a mistake of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlmodel import Session

from agent.brand import Brand
from agent.cases import hand_over
from agent.delivery_news import record_news, show_unknown
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Delivery
from agent.domain.ports import Clock
from agent.domain.signals import Escalate
from agent.errors import NotFoundError, SendError
from agent.outbox import Outbox
from agent.runtime.result import failed_result
from agent.store.repositories.unanswered import StuckSend, StuckText, StuckTurn
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

_AT_ONCE = 100
_LOOK_AGAIN = (timedelta(minutes=2), timedelta(minutes=7))
"""After the first look in vain, and the second; after the third a rep is shown."""
RESCUE = "rescue"


class Queue(Protocol):
    """Where turns and sends wait."""

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        """Enqueue a turn in the session's transaction; the same id twice does nothing."""
        ...

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        """Enqueue a send in the session's transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks for what is stuck. ``look`` is safe to run in every process."""

    database: Database
    queue: Queue
    outbox: Outbox
    brand: Brand
    clock: Clock
    resume_after: timedelta = timedelta(minutes=2)
    """Longer than any turn and any call of a provider takes."""
    hand_over_after: timedelta = timedelta(minutes=10)

    def look(self) -> bool:
        """Look once; return whether there is more than was done now."""
        now = self.clock.now()
        resume, hand_over_ = now - self.resume_after, now - self.hand_over_after
        with self.database.read() as uow:
            texts = uow.unanswered.texts(resume, limit=_AT_ONCE)
            turns = uow.unanswered.turns(hand_over_, limit=_AT_ONCE)
            sends = uow.unanswered.sends(resume, limit=_AT_ONCE)
        for text in texts:
            self._unless_erased(partial(self._resume_text, text, late=text.since < hand_over_))
        for turn in turns:
            self._unless_erased(partial(self._end_turn, turn))
        for send in sends:
            self._unless_erased(partial(self._resume_send, send, late=send.since < hand_over_))
        # Texts stay among the stuck until their turn comes; only what is done is gone.
        return self._ask_providers() >= _AT_ONCE

    # ── what is stuck ──────────────────────────────────────────────────────────────────────

    def _resume_text(self, text: StuckText, *, late: bool) -> None:
        """Give a text another turn, once; hand it over where that has not helped."""
        with self.database.begin() as uow:
            if late:
                self._hand_over(uow, text.conversation_id, None)
            turn_id = TurnId(f"turn_{RESCUE}_{text.message_id}")
            self.queue.enqueue_turn(uow.session, turn_id, text.conversation_id, delay_s=0)

    def _end_turn(self, turn: StuckTurn) -> None:
        """End a turn that nobody takes up again; a person answers instead."""
        with self.database.begin() as uow:
            record = uow.turns.get(turn.turn_id)
            if record is None or record.finished:
                return
            escalate = self._hand_over(uow, turn.conversation_id, turn.turn_id)
            uow.turns.fail(turn.turn_id, result=failed_result(escalate, [], self.brand))

    def _resume_send(self, send: StuckSend, *, late: bool) -> None:
        """Enqueue a send again; the outbox sees to it that it leaves once."""
        with self.database.begin() as uow:
            uow.sends.touch(send.message_id)
            if late and not send.proactive:
                self._hand_over(uow, send.conversation_id, None)
            self.queue.enqueue_send(uow.session, send.message_id, delay_s=0)

    def _hand_over(
        self, uow: UnitOfWork, conversation_id: ConversationId, turn_id: TurnId | None
    ) -> Escalate:
        minutes = round(self.hand_over_after.total_seconds() / 60)
        escalate = Escalate(
            rule="unanswered",
            queue=next(iter(self.brand.queues)),
            reason=f"No answer of the agent has left within {minutes} minutes.",
        )
        if hand_over(uow, conversation_id, escalate, turn_id):
            _log.error("unanswered", conversation=conversation_id)
        return escalate

    # ── sends of which nobody knows ────────────────────────────────────────────────────────

    def _ask_providers(self) -> int:
        """Ask what became of sends with unknown outcome; return how many were asked about."""
        with self.database.begin() as uow:
            due = uow.deliveries.take_due_looks(limit=_AT_ONCE, again=_LOOK_AGAIN[-1])
        for message_id, looks in due:
            self._unless_erased(partial(self._ask, message_id, looks))
        return len(due)

    def _ask(self, message_id: MessageId, looks: int) -> None:
        with self.database.read() as uow:
            message = uow.messages.get(message_id)
            conversation = uow.conversations.get(message.conversation_id)
            taken = uow.deliveries.provider_ids_like(message_id, since=message.created_at)
        looker = self.outbox.looker(message.provider)
        if message.delivery is not Delivery.UNKNOWN or looker is None:
            self._with(lambda uow: show_unknown(uow, message_id, self.brand))
            return
        try:
            receipt = looker.find_sent(
                message_id=message_id,
                to=conversation.customer_address,
                sender=conversation.brand_address,
                text=message.text,
                not_before=message.created_at,
                taken=taken,
            )
        except SendError as error:
            _log.warning("not_looked_up", message=message_id, code=error.code)
            receipt = None
        if receipt is not None:
            news = Delivery.DELIVERED if receipt.delivered else Delivery.SENT
            self._with(lambda uow: self._found(uow, message_id, news, receipt.provider_id))
        elif looks <= len(_LOOK_AGAIN):
            at = self.clock.now() + _LOOK_AGAIN[looks - 1]
            self._with(lambda uow: uow.deliveries.look_later(message_id, at))
        else:
            self._with(lambda uow: show_unknown(uow, message_id, self.brand))

    def _found(
        self, uow: UnitOfWork, message_id: MessageId, news: Delivery, provider_id: str
    ) -> None:
        record_news(
            uow,
            message_id,
            delivery=news,
            problem=None,
            code="",
            provider_id=provider_id,
            brand=self.brand,
        )

    def _unless_erased(self, task: Callable[[], None]) -> None:
        """Do one thing, and leave it where the customer's data were erased since it was found."""
        try:
            task()
        except NotFoundError as error:
            _log.info("erased_meanwhile", what=str(error))

    def _with(self, change: Callable[[UnitOfWork], object]) -> None:
        with self.database.begin() as uow:
            change(uow)

"""Running one turn against the store: claim, compose, keep, all safe to repeat.

A turn may be started again at any point after a crash; every step finds what the one before it
committed and goes on from there.
"""

import time
from dataclasses import dataclass

import structlog

from agent.brand import Brand
from agent.domain.consent import ConsentAction, ConsentState, Purpose, present_state
from agent.domain.conversations import Conversation, ConversationEvent, ConversationStatus
from agent.domain.customers import Customer
from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Author, Direction, Message
from agent.domain.signals import Escalate
from agent.domain.turns import TurnState
from agent.handover import Handovers
from agent.replies.segments import fit, measure
from agent.runtime.result import failed_result, turn_result
from agent.store.unit_of_work import Database, UnitOfWork
from agent.turn import TurnTaker
from agent.turn_io import Reply, TurnInput, TurnOutcome
from intents.types import ConsentReading

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
"""Tries of a turn that raises, before a person takes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    messages: tuple[Message, ...]
    conversation: Conversation
    customer: Customer
    turn: TurnInput


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRunner:
    """Runs turns. ``run`` returns the messages that are to be sent."""

    database: Database
    taker: TurnTaker
    brand: Brand
    handovers: Handovers

    def run(self, turn_id: TurnId, conversation_id: ConversationId) -> list[MessageId]:
        """Run a turn, trying up to three times, then hand the conversation to a person."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._run_once(turn_id, conversation_id)
            except Exception:  # noqa: BLE001 - the outermost edge: nothing above could help
                _log.exception("turn_failed", turn=turn_id, attempt=attempt)
                time.sleep(0.1 * attempt)
        return self._give_up(turn_id, conversation_id)

    def _run_once(self, turn_id: TurnId, conversation_id: ConversationId) -> list[MessageId]:
        claimed = self._claim(turn_id, conversation_id)
        if claimed is None:
            return self._already_composed(turn_id)
        outcome = self.taker.take(claimed.turn)
        late = self._keep(turn_id, claimed, outcome, may_void=True)
        if late:
            # A text came while the reply was being composed: the draft is void, once.
            claimed = self._claim(turn_id, conversation_id)
            if claimed is None:
                return self._already_composed(turn_id)
            self._keep(turn_id, claimed, self.taker.take(claimed.turn), may_void=False)
        return self._already_composed(turn_id)

    # ── claiming ───────────────────────────────────────────────────────────────────────────

    def _claim(self, turn_id: TurnId, conversation_id: ConversationId) -> _Claimed | None:
        """Take all unclaimed texts; None where there are none or the burst still goes on."""
        with self.database.begin() as uow:
            known = uow.turns.get(turn_id)
            if known is not None and known.state is not TurnState.CLAIMED:
                return None
            if known is None and not uow.conversations.burst_over(conversation_id):
                return None
            messages = uow.messages.claim(conversation_id, turn_id)
            if not messages:
                return None
            uow.turns.begin(turn_id, conversation_id)
            uow.conversations.burst_claimed(conversation_id)
            conversation = uow.conversations.get(conversation_id)
            if conversation.status is ConversationStatus.BOT:
                uow.live.publish(conversation_id, "typing", on=True)
            return self._load(uow, tuple(messages), conversation)

    def _load(
        self, uow: UnitOfWork, messages: tuple[Message, ...], conversation: Conversation
    ) -> _Claimed:
        customer = uow.customers.get(conversation.customer_id)
        if customer is None:
            raise LookupError(f"conversation {conversation.id} has no customer")
        opted_out, recorded = self._consent(uow, conversation, messages)
        turn = TurnInput(
            conversation=conversation,
            customer=customer,
            texts=tuple(message.text for message in messages),
            opted_out=opted_out,
            consent_recorded=recorded,
            previous=_previous_question(uow, conversation, messages),
            provider_handled=any(message.provider_handled for message in messages),
        )
        return _Claimed(messages=messages, conversation=conversation, customer=customer, turn=turn)

    def _consent(
        self, uow: UnitOfWork, conversation: Conversation, messages: tuple[Message, ...]
    ) -> tuple[bool, ConsentReading | None]:
        """Return the state before these texts, and what the inbox recorded because of them."""
        ledger = uow.consents.ledger(conversation.customer_id, sender=self.brand.slug)
        ours = {message.id for message in messages}
        before = present_state(
            (event for event in ledger if event.evidence not in ours), Purpose.CONVERSATIONAL
        )
        recorded = [event.action for event in ledger if event.evidence in ours]
        return before is ConsentState.OUT, _READINGS[recorded[-1]] if recorded else None

    # ── keeping ────────────────────────────────────────────────────────────────────────────

    def _keep(
        self, turn_id: TurnId, claimed: _Claimed, outcome: TurnOutcome, *, may_void: bool
    ) -> bool:
        """Store everything that comes of the turn in one transaction.

        Returns:
            True where a new text made the draft void and nothing was stored.
        """
        conversation_id = claimed.conversation.id
        with self.database.begin() as uow:
            if may_void and uow.messages.unclaimed(conversation_id):
                return True
            now = uow.conversations.get(conversation_id)
            overtaken = now.status is not claimed.conversation.status
            replies = () if overtaken and not outcome.consent else outcome.replies
            # Consent first: an opt-out cancels what is pending, but not its own confirmation.
            self._apply(uow, turn_id, claimed, outcome, overtaken=overtaken)
            stored = [
                self._store_reply(uow, turn_id, claimed, reply, place)
                for place, reply in enumerate(replies)
            ]
            uow.turns.finish(turn_id, result=turn_result(outcome, stored), trace=outcome.trace)
            uow.live.publish(conversation_id, "typing", on=False)
            return False

    def _store_reply(
        self, uow: UnitOfWork, turn_id: TurnId, claimed: _Claimed, reply: Reply, place: int
    ) -> Message:
        text = fit(reply.text)
        measured = measure(text)
        message = uow.messages.add_outbound(
            claimed.conversation.id,
            author=Author.AGENT,
            text=text,
            provider=claimed.messages[-1].provider,
            encoding=measured.encoding,
            segments=measured.segments,
            turn_id=turn_id,
            ordinal=place,
            essential=reply.essential,
        )
        uow.live.publish(
            claimed.conversation.id,
            "message",
            message_id=message.id,
            direction=Direction.OUTBOUND,
        )
        return message

    def _apply(
        self,
        uow: UnitOfWork,
        turn_id: TurnId,
        claimed: _Claimed,
        outcome: TurnOutcome,
        *,
        overtaken: bool,
    ) -> None:
        conversation_id = claimed.conversation.id
        uow.conversations.remember(
            conversation_id,
            failed_turns=outcome.failed_turns,
            pending=outcome.pending,
            flow=outcome.flow,
        )
        if outcome.consent is not None and claimed.turn.consent_recorded is None:
            self._record_consent(uow, claimed, outcome.consent, outcome.decision.rule)
        if outcome.escalate is not None and not overtaken:
            _escalate(uow, conversation_id, outcome.escalate, turn_id)

    def _record_consent(
        self, uow: UnitOfWork, claimed: _Claimed, action: ConsentAction, rule: str
    ) -> None:
        uow.consents.record(
            claimed.conversation.customer_id,
            sender=self.brand.slug,
            action=action,
            source=rule,
            evidence=claimed.messages[-1].id,
        )
        if action is ConsentAction.OPT_OUT:
            uow.messages.cancel_pending([claimed.conversation.id])

    def _already_composed(self, turn_id: TurnId) -> list[MessageId]:
        with self.database.read() as uow:
            return [m.id for m in uow.messages.of_turn(turn_id, Direction.OUTBOUND)]

    def _give_up(self, turn_id: TurnId, conversation_id: ConversationId) -> list[MessageId]:
        """Hand over a conversation whose turn cannot be taken."""
        escalate = Escalate(
            rule="turn_failed",
            queue=self.handovers.queue(""),
            reason="The agent could not take this turn; see the log.",
        )
        with self.database.begin() as uow:
            claimed = self._load_for_giving_up(uow, turn_id, conversation_id)
            if claimed is None:
                return []
            _escalate(uow, conversation_id, escalate, turn_id)
            reply = Reply(text=self.handovers.templates.say("trouble_handover"))
            stored = self._store_reply(uow, turn_id, claimed, reply, 0)
            uow.turns.fail(turn_id, result=failed_result(escalate, [stored]))
            uow.live.publish(conversation_id, "typing", on=False)
            return [stored.id]

    def _load_for_giving_up(
        self, uow: UnitOfWork, turn_id: TurnId, conversation_id: ConversationId
    ) -> _Claimed | None:
        messages = uow.messages.claim(conversation_id, turn_id)
        if not messages:
            return None
        record = uow.turns.begin(turn_id, conversation_id)
        if record.state is not TurnState.CLAIMED:
            return None
        uow.conversations.burst_claimed(conversation_id)
        return self._load(uow, tuple(messages), uow.conversations.get(conversation_id))


_READINGS = {
    ConsentAction.OPT_OUT: ConsentReading.OPT_OUT,
    ConsentAction.OPT_IN: ConsentReading.OPT_IN,
}


def _escalate(
    uow: UnitOfWork, conversation_id: ConversationId, escalate: Escalate, turn_id: TurnId
) -> None:
    if uow.conversations.get(conversation_id).status is ConversationStatus.HUMAN:
        return
    status = uow.conversations.apply(conversation_id, ConversationEvent.ESCALATED)
    uow.escalations.open(conversation_id, escalate, turn_id)
    uow.live.publish(conversation_id, "status", status=status)


def _previous_question(
    uow: UnitOfWork, conversation: Conversation, messages: tuple[Message, ...]
) -> str:
    """Return the customer's last text before this turn's."""
    ours = {message.id for message in messages}
    earlier = [
        m.text
        for m in uow.messages.thread(conversation.id, limit=20)
        if m.direction is Direction.INBOUND and m.id not in ours
    ]
    return earlier[-1] if earlier else ""

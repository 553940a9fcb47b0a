"""Running one turn against the store: claim, compose, keep, all safe to repeat.

A turn may be started again at any point after a crash; every step finds what the one before it
committed and goes on from there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from agent.brand import Brand
from agent.cases import call_off, hand_over
from agent.consent.asking import keep_question
from agent.consent.links import no_link
from agent.consent.recording import record_decision
from agent.domain.consent import ConsentAction
from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.ids import ConversationId, CustomerId, MessageId, TurnId
from agent.domain.messages import Direction, Message
from agent.domain.signals import Escalate, Route
from agent.domain.turns import TurnState
from agent.handover import Handovers
from agent.runtime.claimed import Claimed, read_claimed
from agent.runtime.patience import Patience, is_outage
from agent.runtime.result import failed_result, turn_result
from agent.runtime.right_of_way import RightOfWay
from agent.runtime.storing_replies import store_reply
from agent.store.unit_of_work import Database, UnitOfWork
from agent.turn import TurnTaker
from agent.turns.in_and_out import Reply, TurnOutcome

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
"""Tries of a turn that raises, before a person takes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRunner:
    """Runs turns. ``run`` returns the messages that are to be sent."""

    database: Database
    taker: TurnTaker
    brand: Brand
    handovers: Handovers
    detach: Callable[[UnitOfWork, ConversationId, TurnId], None]
    """Called where whoever texts says that it is a wrong number (``agent.privacy.detaching``)."""
    patience: Patience = field(default_factory=Patience)
    preference_link: Callable[[CustomerId], str] = no_link
    """Where a customer's own page of topics is; empty for nowhere."""
    right_of_way: RightOfWay = field(default_factory=RightOfWay)

    def run(self, turn_id: TurnId, conversation_id: ConversationId) -> list[MessageId]:
        """Run a turn, trying up to three times, then hand the conversation to a person."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                # A database that is away is no failure of the turn, and no try.
                return self.patience.through(partial(self._run_once, turn_id, conversation_id))
            except Exception as error:
                if is_outage(error):
                    raise
                if self._is_erased(conversation_id):
                    _log.info("turn_of_erased_conversation", turn=turn_id)
                    return []
                _log.exception("turn_failed", turn=turn_id, attempt=attempt)
                time.sleep(0.1 * attempt)
        return self.patience.through(partial(self._give_up, turn_id, conversation_id))

    def _run_once(self, turn_id: TurnId, conversation_id: ConversationId) -> list[MessageId]:
        claimed = self._claim(turn_id, conversation_id)
        if claimed is None:
            return self._already_composed(turn_id)
        outcome = self._think(claimed)
        stored = self._keep(turn_id, claimed, outcome, may_void=True)
        if stored is not None:
            return stored
        # A text came while the reply was being composed: the draft is void, once.
        claimed = self._claim(turn_id, conversation_id)
        if claimed is None:
            return self._already_composed(turn_id)
        return self._keep(turn_id, claimed, self._think(claimed), may_void=False) or []

    def _think(self, claimed: Claimed) -> TurnOutcome:
        with self.right_of_way.thinking():
            return self.taker.take(claimed.turn)

    def _is_erased(self, conversation_id: ConversationId) -> bool:
        """Whether the customer's data were erased while the turn was taken."""
        with self.database.read() as uow:
            return not uow.conversations.exists(conversation_id)

    # ── claiming ───────────────────────────────────────────────────────────────────────────

    def _claim(self, turn_id: TurnId, conversation_id: ConversationId) -> Claimed | None:
        """Take all unclaimed texts; None where there are none or the burst still goes on."""
        with self.database.begin() as uow:
            state = uow.turns.state(turn_id)
            if state not in {None, TurnState.CLAIMED}:
                return None
            again = state is TurnState.CLAIMED
            conversation = uow.conversations.claim_burst(conversation_id, at_once=again)
            if conversation is None:
                return None
            messages = uow.messages.claim(conversation_id, turn_id, first=not again)
            if not messages:
                return None
            uow.turns.begin(turn_id, conversation_id)
            if conversation.status is ConversationStatus.BOT:
                uow.live.publish(conversation_id, "typing", on=True)
            return self._read(uow, messages, conversation)

    def _read(
        self, uow: UnitOfWork, messages: list[Message], conversation: Conversation
    ) -> Claimed:
        return read_claimed(
            uow, tuple(messages), conversation, brand=self.brand, link=self.preference_link
        )

    # ── keeping ────────────────────────────────────────────────────────────────────────────

    def _keep(
        self, turn_id: TurnId, claimed: Claimed, outcome: TurnOutcome, *, may_void: bool
    ) -> list[MessageId] | None:
        """Store everything that comes of the turn in one transaction.

        Returns:
            The replies to send; None where a new text made the draft void: nothing was stored.
        """
        conversation_id = claimed.conversation.id
        with self.database.begin() as uow:
            if uow.turns.state(turn_id) not in {None, TurnState.CLAIMED}:
                # Another process took this one for dead and has finished the turn.
                return [m.id for m in uow.messages.of_turn(turn_id, Direction.OUTBOUND)]
            if may_void and uow.messages.any_unclaimed(conversation_id):
                return None
            now = uow.conversations.get(conversation_id)
            overtaken = now.status is not claimed.conversation.status
            about_consent = outcome.decision.route is Route.CONSENT
            replies = () if overtaken and not about_consent else outcome.replies
            # Consent first: an opt-out cancels what is pending, but not its own confirmation.
            self._apply(uow, turn_id, claimed, outcome, overtaken=overtaken)
            stored = [
                store_reply(uow, self.brand, turn_id, claimed, reply, place)
                for place, reply in enumerate(replies)
            ]
            self._keep_question(uow, claimed, outcome, stored)
            uow.turns.finish(
                turn_id, result=turn_result(outcome, stored, self.brand), trace=outcome.trace
            )
            uow.live.publish(conversation_id, "typing", on=False)
            return [message.id for message in stored]

    def _apply(
        self,
        uow: UnitOfWork,
        turn_id: TurnId,
        claimed: Claimed,
        outcome: TurnOutcome,
        *,
        overtaken: bool,
    ) -> None:
        conversation_id = claimed.conversation.id
        # The ledger first: it locks the customer, and the inbox takes the locks in that order too.
        if outcome.consent is not None and claimed.turn.consent.recorded is None:
            self._record_consent(uow, claimed, outcome.consent, outcome.decision.rule)
        uow.conversations.remember(
            conversation_id,
            failed_turns=outcome.failed_turns,
            pending=outcome.pending,
            flow=outcome.flow,
        )
        if outcome.escalate is not None and not overtaken:
            hand_over(uow, conversation_id, outcome.escalate, turn_id)
        if outcome.called_off and not overtaken:
            call_off(uow, conversation_id)
        if outcome.wrong_number and not overtaken:
            self.detach(uow, conversation_id, turn_id)

    def _record_consent(
        self, uow: UnitOfWork, claimed: Claimed, action: ConsentAction, rule: str
    ) -> None:
        record_decision(
            uow,
            self.brand,
            claimed.conversation.customer_id,
            claimed.messages[-1].id,
            action=action,
            rule=rule,
        )

    def _keep_question(
        self, uow: UnitOfWork, claimed: Claimed, outcome: TurnOutcome, stored: list[Message]
    ) -> None:
        keep_question(
            uow,
            self.brand,
            claimed.conversation,
            claimed.messages,
            template=outcome.decision.template,
            asked_by=stored[0].id if stored else None,
        )

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
            hand_over(uow, conversation_id, escalate, turn_id)
            reply = Reply(text=self.handovers.templates.say("trouble_handover"))
            stored = store_reply(uow, self.brand, turn_id, claimed, reply, 0)
            uow.turns.fail(turn_id, result=failed_result(escalate, [stored], self.brand))
            uow.live.publish(conversation_id, "typing", on=False)
            return [stored.id]

    def _load_for_giving_up(
        self, uow: UnitOfWork, turn_id: TurnId, conversation_id: ConversationId
    ) -> Claimed | None:
        messages = uow.messages.claim(conversation_id, turn_id)
        if not messages:
            return None
        record = uow.turns.begin(turn_id, conversation_id)
        if record.state is not TurnState.CLAIMED:
            return None
        conversation = uow.conversations.claim_burst(conversation_id, at_once=True)
        return None if conversation is None else self._read(uow, messages, conversation)

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
from agent.cases import hand_over
from agent.channels import LOCAL_PROVIDERS
from agent.consent.asking import keep_question, without_stale_question
from agent.consent.links import no_link
from agent.consent.recording import record_decision
from agent.consent.turns import TurnConsent, consent_of_turn
from agent.domain.consent import ConsentAction
from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.customers import Customer
from agent.domain.ids import ConversationId, CustomerId, MessageId, TurnId
from agent.domain.messages import Author, Direction, Message
from agent.domain.signals import Escalate, Route
from agent.domain.turns import TurnState
from agent.handover import Handovers
from agent.replies.segments import fit, measure, shorten
from agent.runtime.patience import Patience, is_outage
from agent.runtime.result import failed_result, turn_result
from agent.store.unit_of_work import Database, UnitOfWork
from agent.turn import TurnTaker
from agent.turn_io import Reply, TurnInput, TurnOutcome

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
    detach: Callable[[UnitOfWork, ConversationId, TurnId], None]
    """Called where whoever texts says that it is a wrong number (``agent.privacy.detaching``)."""
    patience: Patience = field(default_factory=Patience)
    preference_link: Callable[[CustomerId], str] = no_link
    """Where a customer's own page of topics is; empty for nowhere."""

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
        outcome = self.taker.take(claimed.turn)
        late = self._keep(turn_id, claimed, outcome, may_void=True)
        if late:
            # A text came while the reply was being composed: the draft is void, once.
            claimed = self._claim(turn_id, conversation_id)
            if claimed is None:
                return self._already_composed(turn_id)
            self._keep(turn_id, claimed, self.taker.take(claimed.turn), may_void=False)
        return self._already_composed(turn_id)

    def _is_erased(self, conversation_id: ConversationId) -> bool:
        """Whether the customer's data were erased while the turn was taken."""
        with self.database.read() as uow:
            return not uow.conversations.exists(conversation_id)

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
        conversation = without_stale_question(uow, conversation)
        turn = TurnInput(
            conversation=conversation,
            customer=customer,
            texts=tuple(message.text for message in messages),
            consent=self._consent(uow, conversation, messages),
            previous=_previous_question(uow, conversation, messages),
            provider_handled=any(message.provider_handled for message in messages),
            pictures=sum(len(message.media) for message in messages),
        )
        return _Claimed(messages=messages, conversation=conversation, customer=customer, turn=turn)

    def _consent(
        self, uow: UnitOfWork, conversation: Conversation, messages: tuple[Message, ...]
    ) -> TurnConsent:
        """Return the state before these texts, and what the inbox recorded because of them."""
        return consent_of_turn(
            uow.consents.ledger(conversation.customer_id, sender=self.brand.slug),
            {message.id for message in messages},
            self.brand.consent,
            link=self.preference_link(conversation.customer_id),
        )

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
            known = uow.turns.get(turn_id)
            if known is not None and known.state is not TurnState.CLAIMED:
                # Another process took this one for dead and has finished the turn.
                return False
            if may_void and uow.messages.unclaimed(conversation_id):
                return True
            now = uow.conversations.get(conversation_id)
            overtaken = now.status is not claimed.conversation.status
            about_consent = outcome.decision.route is Route.CONSENT
            replies = () if overtaken and not about_consent else outcome.replies
            # Consent first: an opt-out cancels what is pending, but not its own confirmation.
            self._apply(uow, turn_id, claimed, outcome, overtaken=overtaken)
            stored = [
                self._store_reply(uow, turn_id, claimed, reply, place)
                for place, reply in enumerate(replies)
            ]
            self._keep_question(uow, claimed, outcome, stored)
            uow.turns.finish(
                turn_id, result=turn_result(outcome, stored, self.brand), trace=outcome.trace
            )
            uow.live.publish(conversation_id, "typing", on=False)
            return False

    def _store_reply(
        self, uow: UnitOfWork, turn_id: TurnId, claimed: _Claimed, reply: Reply, place: int
    ) -> Message:
        # What the carriers require is never shortened, nor what is not sent as SMS.
        whole = reply.essential or claimed.messages[-1].provider in LOCAL_PROVIDERS
        limit = self.brand.voice.max_segments
        text = fit(reply.text) if whole else shorten(reply.text, limit)
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
        if outcome.wrong_number and not overtaken:
            self.detach(uow, conversation_id, turn_id)

    def _record_consent(
        self, uow: UnitOfWork, claimed: _Claimed, action: ConsentAction, rule: str
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
        self, uow: UnitOfWork, claimed: _Claimed, outcome: TurnOutcome, stored: list[Message]
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
            stored = self._store_reply(uow, turn_id, claimed, reply, 0)
            uow.turns.fail(turn_id, result=failed_result(escalate, [stored], self.brand))
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

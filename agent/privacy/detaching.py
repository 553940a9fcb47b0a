"""'Wrong number': whoever texts is not who we thought."""

from dataclasses import dataclass

import structlog

from agent.domain.consent import ConsentAction
from agent.domain.ids import ConversationId, TurnId
from agent.domain.ports import Clock, Ids
from agent.privacy.fingerprint import Fingerprint
from agent.store.detaching import detach_profile
from agent.store.repositories.suppressions import SuppressionReason
from agent.store.unit_of_work import UnitOfWork

_log = structlog.get_logger(__name__)

NOTE = (
    "Whoever has this profile's number texted that it is the wrong number. They are a new customer "
    "now; name, orders and history stay here, and nothing more is sent to that number for them."
)
AUTHOR = "Textwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detaching:
    """Detaches a profile from a number in the transaction that keeps the turn.

    ``sender`` is the brand's slug.
    """

    fingerprint: Fingerprint
    sender: str
    clock: Clock
    ids: Ids

    def __call__(self, uow: UnitOfWork, conversation_id: ConversationId, turn_id: TurnId) -> None:
        """Make whoever texts a new customer, if anything was known of the old one.

        Texts on their way to the old profile are cancelled, and the number goes on the
        suppression list: a profile that is imported for it again gets nothing either.
        """
        conversation = uow.conversations.get(conversation_id)
        address = conversation.customer_address
        uow.suppressions.put(
            self.fingerprint.of(address),
            key_id=self.fingerprint.key_id,
            reason=SuppressionReason.WRONG_NUMBER,
        )
        threads = uow.proactive.threads(conversation.customer_id)
        cancelled = uow.proactive.cancel(threads, reason="wrong number")
        known = self._anything_known(uow, conversation_id)
        if known:
            _, history = detach_profile(
                uow.session,
                conversation_id,
                turn_id,
                now=self.clock.now(),
                new_id=self.ids.new,
            )
            uow.live.add_note(history, author=AUTHOR, text=NOTE)
        _log.info("wrong_number", conversation=conversation_id, detached=known, cancelled=cancelled)

    def _anything_known(self, uow: UnitOfWork, conversation_id: ConversationId) -> bool:
        customer_id = uow.conversations.get(conversation_id).customer_id
        customer = uow.customers.get(customer_id)
        if customer is None:
            return False
        if customer.known or customer.appointments or uow.customers.email(customer_id):
            return True
        ledger = uow.consents.ledger(customer_id, sender=self.sender)
        return any(line.action is ConsentAction.OPT_IN for line in ledger)

"""Somebody on the suppression list is back: the ledger says from the start that they are out."""

from dataclasses import dataclass

from agent.domain.consent import ConsentAction, Purpose
from agent.domain.ids import CustomerId
from agent.privacy.fingerprint import Fingerprint
from agent.store.unit_of_work import UnitOfWork

SOURCE = "suppression_list"
PROACTIVE = (Purpose.TRANSACTIONAL, Purpose.MARKETING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returning:
    """Knows numbers again whose data were erased.

    ``sender`` is the brand's slug. The ledger's line makes visible what the gate holds to anyway
    (``agent.sending.gate``): only START from the phone itself takes it back.
    """

    fingerprint: Fingerprint
    sender: str

    def __call__(self, uow: UnitOfWork, customer_id: CustomerId, address: str) -> None:
        """Opt a new customer out of proactive texts if the number is on the list."""
        found = uow.suppressions.find(self.fingerprint.of(address))
        if found is None or uow.consents.ledger(customer_id, sender=self.sender):
            return
        uow.consents.record(
            customer_id,
            sender=self.sender,
            action=ConsentAction.OPT_OUT,
            source=SOURCE,
            purposes=PROACTIVE,
            evidence=found.reason,
        )

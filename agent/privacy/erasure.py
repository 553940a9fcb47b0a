"""Erasing a customer, and remembering only that their number gets nothing unasked."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.consent import ConsentEvent
from agent.domain.ids import CustomerId
from agent.errors import ConfigurationError, NotFoundError
from agent.foundation import Foundation
from agent.learning.parts import make_label_files
from agent.privacy.fingerprint import Fingerprint
from agent.privacy.search import Trace, search
from agent.privacy.spellings import spellings
from agent.store.personal_data import erase_customer
from agent.store.repositories.suppressions import KeptConsent, SuppressionReason
from agent.store.unit_of_work import Database, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: ``rows`` deleted, ``kept`` lines of consent reduced to what proof needs.

    ``elsewhere`` tells where the number still stands in rows about others, such as a note that
    quotes it: a person must look at those.
    """

    rows: int
    kept: int
    elsewhere: Sequence[Trace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """Erases customers from the database."""

    database: Database
    fingerprint: Fingerprint

    def erase(self, address: str) -> Erased:
        """Erase everything about one customer, in one transaction.

        Raises:
            NotFoundError: nothing is stored about this address.
            ConfigurationError: the key of the suppression list is not the one it was made with.
        """
        with self.database.begin() as uow:
            customer = uow.customers.find(address)
            if customer is None:
                raise NotFoundError(f"Nothing is stored about {address}.")
            check_key(uow, self.fingerprint)
            kept = self._keep_consent(uow, customer.id, address)
            rows = erase_customer(uow.session, address)
            uow.suppressions.put(
                self.fingerprint.of(address),
                key_id=self.fingerprint.key_id,
                reason=SuppressionReason.ERASED,
            )
        with self.database.read() as uow:
            elsewhere = search(uow.session, spellings(address))
        return Erased(rows=rows, kept=kept, elsewhere=elsewhere)

    def _keep_consent(self, uow: UnitOfWork, customer_id: CustomerId, address: str) -> int:
        lines = uow.consents.ledger(customer_id)
        kept = [
            KeptConsent(
                purpose=line.purpose,
                sender=line.sender,
                action=line.action,
                source=line.source,
                text_version=line.text_version,
                text_sha256=_sha256(line),
                at=line.at,
            )
            for line in lines
        ]
        uow.suppressions.keep_consent(self.fingerprint.of(address), kept)
        return len(lines)


def erase_everywhere(foundation: Foundation, address: str) -> Erased:
    """Erase a customer from the database and from the files that were made of it.

    Raises:
        NotFoundError: nothing is stored about this address.
    """
    eraser = Eraser(
        database=foundation.database,
        fingerprint=Fingerprint.of_home(foundation.settings.home),
    )
    erased = eraser.erase(address)
    # What was learnt from is masked, but it goes with the customer, from the files too.
    make_label_files(foundation.settings, foundation.database).write()
    shutil.rmtree(foundation.settings.home / "reports", ignore_errors=True)
    return erased


def check_key(uow: UnitOfWork, fingerprint: Fingerprint) -> None:
    """See that the key is the one the suppression list was made with.

    Raises:
        ConfigurationError: it is another; numbers on the list would not be known again.
    """
    others = uow.suppressions.key_ids() - {fingerprint.key_id}
    if others:
        raise ConfigurationError(
            "The suppression list was made with another key than this home's suppression.key.",
            hint="Put the file back from your backup, or copy it from the machine that had it.",
        )


def _sha256(line: ConsentEvent) -> str:
    """Return the hash of the text shown, by which a text put forward later can be checked."""
    return hashlib.sha256(line.text_shown.encode()).hexdigest() if line.text_shown else ""

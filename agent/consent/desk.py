"""Consent written down for a customer: by the shop's checkout, a rep, the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.brand import Brand
from agent.consent.importing import GivenConsent, check_given, record_given
from agent.consent.lapsing import lapse_questions
from agent.consent.ledger import LedgerOf
from agent.consent.proof import Proof, prove
from agent.domain.consent import ConsentSource, Purpose
from agent.domain.ports import Clock
from agent.errors import InvalidInputError
from agent.sending.numbers import read_number
from agent.store.unit_of_work import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Consent that a customer takes back otherwise than by text.

    With ``topic`` it is about that topic, with ``purpose`` about all such texts, with neither it is
    a STOP. ``by`` is who writes it down.
    """

    number: str
    by: str
    purpose: Purpose | None = None
    topic: str = ""
    source: ConsentSource = ConsentSource.REP
    evidence: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDesk:
    """Writes what customers have said elsewhere into their ledgers. Numbers come as written."""

    database: Database
    brand: Brand
    clock: Clock

    def note(
        self,
        given: GivenConsent,
        *,
        by: str,
        key: str = "",
        details: Mapping[str, str] | None = None,
    ) -> bool:
        """Write down a consent; False where the very same one stands there already.

        ``key`` is the caller's own for it: the same one twice is written once. ``details`` are
        more evidence, such as the form's address; they can be erased.

        Raises:
            InvalidInputError: the number is none, or the consent would prove nothing.
        """
        if given.purpose is Purpose.CONVERSATIONAL:
            raise InvalidInputError(
                "Customers consent to a conversation by texting; note transactional or marketing.",
                field="purpose",
            )
        given = replace(given, number=read_number(given.number, self.brand, field="number"))
        check_given(given, self.brand, self.clock.now())
        with self.database.begin() as uow:
            return record_given(uow, self.brand, given, actor=by, key=key, details=details)

    def withdraw(self, withdrawal: Withdrawal) -> bool:
        """Write down a withdrawal; False where nothing of it was left to take back.

        STOP cancels what has not left; other texts are judged again when they would leave.

        Raises:
            InvalidInputError: the number is none, or the topic is not one of the brand's.
        """
        number = read_number(withdrawal.number, self.brand, field="number")
        topic, purpose = withdrawal.topic, withdrawal.purpose
        if topic and topic not in self.brand.consent.topics:
            raise InvalidInputError(
                f"{topic!r} is no topic of {self.brand.name}; there is: "
                f"{', '.join(self.brand.consent.topics)}.",
                field="topic",
            )
        with self.database.begin() as uow:
            ledger = LedgerOf(
                uow=uow,
                brand=self.brand,
                customer_id=uow.customers.ensure(number),
                evidence=withdrawal.evidence or f"noted by {withdrawal.by}",
                actor=withdrawal.by,
                details=withdrawal.details or None,
            )
            if ledger.withdrawn(purpose, topic):
                return False
            if topic:
                ledger.turn_topic(topic, on=False, source=withdrawal.source)
            elif purpose is None or purpose is Purpose.CONVERSATIONAL:
                ledger.stop(withdrawal.source)
            else:
                ledger.end(purpose, withdrawal.source)
        return True

    def read(self, number: str) -> Proof:
        """Return what a number's owner has agreed to, with its evidence.

        Raises:
            InvalidInputError: it is no number.
            NotFoundError: nothing is known of it.
        """
        lapse_questions(self.database, self.brand)
        with self.database.read() as uow:
            return prove(uow, self.brand, read_number(number, self.brand, field="number"))

"""The proof of one number's consent: what is gathered for it."""

from dataclasses import dataclass
from datetime import datetime

from agent.brand import Brand
from agent.consent.chain import ChainCheck, check_chain
from agent.consent.preferences import Preferences, preferences
from agent.consent.questions import ConsentQuestion
from agent.domain.consent import ConsentEvent, ConsentState, Purpose, in_order, present_state
from agent.domain.ids import CustomerId, MessageId
from agent.errors import NotFoundError
from agent.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLine:
    """A line of the ledger with the customer's words that it stands on, where it was a text."""

    event: ConsentEvent
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything known about one number's consent to one brand's texts."""

    number: str
    brand: str
    sender: str
    made_at: datetime
    states: tuple[tuple[Purpose, ConsentState], ...]
    preferences: Preferences
    lines: tuple[ProvenLine, ...]
    questions: tuple[ConsentQuestion, ...]
    chain: ChainCheck


def prove(uow: UnitOfWork, brand: Brand, number: str) -> Proof:
    """Gather the proof for a number in E.164.

    Raises:
        NotFoundError: nothing is known of it.
    """
    customer = uow.customers.find(number)
    if customer is None:
        raise NotFoundError(
            f"Nothing is known of {number}.",
            hint="Write it with its country code, such as +13035550123. Of somebody erased, only "
            "what docs/privacy.md says is left.",
        )
    return _gather(uow, brand, number, customer.id)


def _gather(uow: UnitOfWork, brand: Brand, number: str, customer_id: CustomerId) -> Proof:
    everything = uow.consents.ledger(customer_id)
    ours = [event for event in everything if event.sender == brand.slug]
    return Proof(
        number=number,
        brand=brand.name,
        sender=brand.slug,
        made_at=uow.now(),
        states=tuple((purpose, present_state(ours, purpose)) for purpose in Purpose),
        preferences=preferences(brand.consent, ours),
        lines=tuple(ProvenLine(event=e, words=_words(uow, e)) for e in in_order(ours)),
        questions=tuple(
            q for q in uow.consent_questions.of_customer(customer_id) if q.sender == brand.slug
        ),
        chain=check_chain(customer_id, everything),
    )


def _words(uow: UnitOfWork, event: ConsentEvent) -> str:
    """Return the text that is a line's evidence; empty where the evidence is something else."""
    if not event.evidence.startswith("msg_"):
        return ""
    try:
        return uow.messages.get(MessageId(event.evidence)).text
    except NotFoundError:
        return ""


def shown_details(event: ConsentEvent) -> dict[str, str]:
    """Return a line's further details; none where they were erased."""
    return dict(event.details or ())

"""The append-only consent ledger."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from agent.consent.chain import details_hash, last_hash, next_hash
from agent.domain.consent import ConsentAction, ConsentEvent, ConsentState, Purpose, present_state
from agent.domain.ids import CustomerId
from agent.domain.ports import Clock
from agent.store.consent_tables import ConsentErasureRow, ConsentEventRow
from agent.store.customer_tables import CustomerRow


class Consents:
    """The ledger: lines are added and read, never changed (the database refuses it)."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def record(
        self,
        customer_id: CustomerId,
        *,
        sender: str,
        action: ConsentAction,
        source: str,
        evidence: str,
        purposes: tuple[Purpose, ...] = tuple(Purpose),
        text_shown: str = "",
        text_version: str = "",
        topic: str = "",
        frequency: str = "",
        actor: str = "",
        details: Mapping[str, str] | None = None,
        at: datetime | None = None,
        entry_key: str | None = None,
    ) -> None:
        """Add one line a purpose. A STOP is for all purposes.

        Args:
            customer_id: whose.
            sender: the brand's slug.
            action: what is said.
            source: how it came about, see ``ConsentSource``.
            evidence: the customer's message id, or another proof.
            purposes: what it is about.
            text_shown: the exact text that the customer agreed to.
            text_version: which version of that text.
            topic: one of the brand's topics; empty for the whole purpose.
            frequency: how often, by the brand's name for it.
            actor: who wrote it down, where that was not the customer.
            details: more evidence, such as the form's address and the IP; can be erased.
            at: when it was said; now if None.
            entry_key: a line with the same one is added once (for one purpose only).
        """
        now = self._clock.now()
        # Lines of one customer are written one after the other, else two would stand on one hash.
        self._session.exec(
            select(CustomerRow.id)
            .where(CustomerRow.id == customer_id)
            .with_for_update(key_share=True)
        ).first()
        last = last_hash(customer_id, self.ledger(customer_id))
        salted = {**details, "salt": secrets.token_hex(8)} if details else {}
        for purpose in purposes:
            row = ConsentEventRow(
                customer_id=customer_id,
                purpose=purpose,
                sender=sender,
                action=action,
                source=source,
                text_shown=text_shown,
                text_version=text_version,
                evidence=evidence,
                at=at or now,
                topic=topic,
                frequency=frequency,
                actor=actor,
                details=salted,
                details_sha256=details_hash(salted),
                recorded_at=now,
                entry_key=entry_key,
            )
            row.hash = last = next_hash(last, _event(row))
            self._session.add(row)
        self._session.flush()

    def ledger(self, customer_id: CustomerId, *, sender: str | None = None) -> list[ConsentEvent]:
        """Return the customer's lines, in the order they were written."""
        query = select(ConsentEventRow).where(ConsentEventRow.customer_id == customer_id)
        if sender is not None:
            query = query.where(ConsentEventRow.sender == sender)
        rows = self._session.exec(query.order_by(col(ConsentEventRow.id))).all()
        return [_event(row) for row in rows]

    def state(
        self, customer_id: CustomerId, *, sender: str, purpose: Purpose = Purpose.CONVERSATIONAL
    ) -> ConsentState:
        """Derive the present state from the ledger."""
        return present_state(self.ledger(customer_id, sender=sender), purpose)

    def customers(self) -> list[CustomerId]:
        """Return everybody about whom there is a line."""
        found = self._session.exec(select(ConsentEventRow.customer_id).distinct())
        return [CustomerId(customer_id) for customer_id in found]

    def has_entry(self, entry_key: str) -> bool:
        """Whether a line with this key was added before."""
        query = select(ConsentEventRow.id).where(ConsentEventRow.entry_key == entry_key)
        return self._session.exec(query).first() is not None

    def allow_erasure(self, customer_id: CustomerId) -> None:
        """Let this transaction and later ones change or delete the lines of one customer.

        For the erasure of a customer's data only; the permission stays as a trace of it.
        """
        if self._session.get(ConsentErasureRow, customer_id) is None:
            self._session.add(ConsentErasureRow(customer_id=customer_id, at=self._clock.now()))
            self._session.flush()


def _event(row: ConsentEventRow) -> ConsentEvent:
    details = row.details
    return ConsentEvent(
        customer_id=CustomerId(row.customer_id),
        purpose=Purpose(row.purpose),
        sender=row.sender,
        action=ConsentAction(row.action),
        source=row.source,
        text_shown=row.text_shown,
        text_version=row.text_version,
        evidence=row.evidence,
        at=row.at,
        topic=row.topic,
        frequency=row.frequency,
        actor=row.actor,
        details=None if details is None and row.details_sha256 else tuple((details or {}).items()),
        details_sha256=row.details_sha256,
        recorded_at=row.recorded_at,
        hash=row.hash,
        id=row.id or 0,
    )

"""The append-only consent ledger."""

from sqlmodel import Session, col, select

from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentState,
    Purpose,
    present_state,
)
from agent.domain.ids import CustomerId
from agent.domain.ports import Clock
from agent.store.tables import ConsentEventRow


class Consents:
    """The ledger: lines are added and read, never changed."""

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
    ) -> None:
        """Add one line a purpose. A STOP is for all purposes."""
        for purpose in purposes:
            self._session.add(
                ConsentEventRow(
                    customer_id=customer_id,
                    purpose=purpose,
                    sender=sender,
                    action=action,
                    source=source,
                    text_shown=text_shown,
                    text_version=text_version,
                    evidence=evidence,
                    at=self._clock.now(),
                )
            )
        self._session.flush()

    def ledger(self, customer_id: CustomerId, *, sender: str | None = None) -> list[ConsentEvent]:
        """Return the customer's lines, oldest first."""
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


def _event(row: ConsentEventRow) -> ConsentEvent:
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
    )

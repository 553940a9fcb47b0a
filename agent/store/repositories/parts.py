"""Parts of long texts that wait for one another."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from agent.domain.parts import MessagePart
from agent.domain.ports import Clock
from agent.store.part_tables import MessagePartRow


class Parts:
    """Parts by their text, and by age."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, part: MessagePart) -> bool:
        """Keep a part; return whether it is new.

        Raises:
            sqlalchemy.exc.IntegrityError: another process has just kept it.
        """
        if self._session.get(MessagePartRow, (part.provider, part.part_id)) is not None:
            return False
        self._session.add(
            MessagePartRow(
                provider=part.provider,
                part_id=part.part_id,
                customer_address=part.sender,
                brand_address=part.recipient,
                reference=part.reference,
                number=part.number,
                total=part.total,
                text=part.text,
                arrived_at=part.arrived_at,
            )
        )
        self._session.flush()
        return True

    def beside(self, part: MessagePart) -> list[MessagePart]:
        """Return the open parts of the text that a part belongs to, itself among them."""
        rows = self._session.exec(
            self._open(part.provider).where(
                MessagePartRow.customer_address == part.sender,
                MessagePartRow.brand_address == part.recipient,
                MessagePartRow.reference == part.reference,
                MessagePartRow.total == part.total,
            )
        )
        return [_part(row) for row in rows]

    def open_since(self, provider: str, before: datetime) -> list[MessagePart]:
        """Return the open parts that came before a time, oldest first."""
        rows = self._session.exec(
            self._open(provider)
            .where(col(MessagePartRow.arrived_at) < before)
            .order_by(col(MessagePartRow.arrived_at))
        )
        return [_part(row) for row in rows]

    def close(self, parts: Sequence[MessagePart]) -> None:
        """Mark parts as joined, and forget what was in them."""
        for part in parts:
            self._session.execute(
                sa.update(MessagePartRow)
                .where(
                    col(MessagePartRow.provider) == part.provider,
                    col(MessagePartRow.part_id) == part.part_id,
                )
                .values(
                    joined_at=self._clock.now(),
                    text="",
                    customer_address="",
                    brand_address="",
                    reference="",
                )
            )

    def forget(self, provider: str, before: datetime) -> int:
        """Delete what was joined before a time; return how many."""
        result = self._session.execute(
            sa.delete(MessagePartRow).where(
                col(MessagePartRow.provider) == provider, col(MessagePartRow.joined_at) < before
            )
        )
        return int(result.rowcount)  # type: ignore[attr-defined]

    def _open(self, provider: str) -> SelectOfScalar[MessagePartRow]:
        return select(MessagePartRow).where(
            MessagePartRow.provider == provider, col(MessagePartRow.joined_at).is_(None)
        )


def _part(row: MessagePartRow) -> MessagePart:
    return MessagePart(
        provider=row.provider,
        part_id=row.part_id,
        sender=row.customer_address,
        recipient=row.brand_address,
        reference=row.reference,
        number=row.number,
        total=row.total,
        text=row.text,
        arrived_at=row.arrived_at,
    )

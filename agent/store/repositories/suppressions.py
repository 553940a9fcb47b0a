"""Numbers that get nothing unasked, as keyed hashes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from agent.domain.consent import ConsentAction, Purpose
from agent.domain.ports import Clock
from agent.store.sending_tables import KeptConsentRow, SuppressionRow


class SuppressionReason(StrEnum):
    """Why a number is on the list: its data were erased, or it is not whose we thought it was."""

    ERASED = "erased"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A number on the list, and since when."""

    reason: SuppressionReason
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsent:
    """What is kept of one line of an erased customer's consent ledger.

    ``text_sha256`` is the hash of the text shown, empty where none was.
    """

    purpose: Purpose
    sender: str
    action: ConsentAction
    source: str
    text_version: str
    text_sha256: str
    at: datetime


class Suppressions:
    """The suppression list, by the hash of the number."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def find(self, number_hash: str) -> Suppression | None:
        """Return what is on the list about a number, or None."""
        row = self._session.get(SuppressionRow, number_hash)
        if row is None:
            return None
        return Suppression(reason=SuppressionReason(row.reason), since=row.since)

    def put(self, number_hash: str, *, key_id: str, reason: SuppressionReason) -> None:
        """Put a number on the list, or renew its place there."""
        row = self._session.get(SuppressionRow, number_hash) or SuppressionRow(
            number_hash=number_hash, key_id=key_id, reason=reason
        )
        row.reason, row.since = reason, self._clock.now()
        self._session.add(row)
        self._session.flush()

    def key_ids(self) -> frozenset[str]:
        """Return which keys the hashes on the list were made with."""
        return frozenset(self._session.exec(select(SuppressionRow.key_id).distinct()))

    def keep_consent(self, number_hash: str, lines: Sequence[KeptConsent]) -> None:
        """Keep what proof needs of an erased customer's consent."""
        now = self._clock.now()
        for line in lines:
            row = KeptConsentRow(number_hash=number_hash, erased_at=now, **asdict(line))
            self._session.add(row)
        self._session.flush()

    def kept_consent(self, number_hash: str) -> list[KeptConsent]:
        """Return what is kept of a number's consent, oldest first."""
        rows = self._session.exec(
            select(KeptConsentRow)
            .where(KeptConsentRow.number_hash == number_hash)
            .order_by(col(KeptConsentRow.id))
        )
        return [
            KeptConsent(
                purpose=Purpose(row.purpose),
                sender=row.sender,
                action=ConsentAction(row.action),
                source=row.source,
                text_version=row.text_version,
                text_sha256=row.text_sha256,
                at=row.at,
            )
            for row in rows
        ]

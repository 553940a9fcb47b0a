"""Everything stored about one customer, for programs and for the customer to read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.domain.consent import Purpose
from agent.domain.ports import Clock
from agent.errors import NotFoundError
from agent.privacy.fingerprint import Fingerprint
from agent.store.personal_data import export_customer
from agent.store.unit_of_work import Database

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What is stored about one customer. ``rows`` by table, as they are; the customer first.

    ``consent`` is the present state by purpose; ``suppressed_since`` is set where the number is
    on the suppression list.
    """

    address: str
    made_at: datetime
    rows: Rows
    consent: Mapping[str, str]
    suppressed_since: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Return it all as JSON values, each table under its name."""
        since = self.suppressed_since
        return {
            "address": self.address,
            "made_at": self.made_at.isoformat(),
            "consent": dict(self.consent),
            "suppressed_since": None if since is None else since.isoformat(),
            **self.rows,
        }

    def as_text(self) -> str:
        """Return it all as a page that the customer can read."""
        return "\n".join(_page(self)) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Collects a customer's data. ``sender`` is the brand's slug."""

    database: Database
    fingerprint: Fingerprint
    clock: Clock
    sender: str

    def export(self, address: str) -> PersonalData:
        """Collect everything about one customer.

        Raises:
            NotFoundError: nothing is stored about this address.
        """
        with self.database.read() as uow:
            rows = export_customer(uow.session, address)
            customer = uow.customers.find(address)
            if rows is None or customer is None:
                raise NotFoundError(f"Nothing is stored about {address}.")
            suppression = uow.suppressions.find(self.fingerprint.of(address))
            return PersonalData(
                address=address,
                made_at=self.clock.now(),
                rows=rows,
                consent={
                    purpose: uow.consents.state(customer.id, sender=self.sender, purpose=purpose)
                    for purpose in Purpose
                },
                suppressed_since=None if suppression is None else suppression.since,
            )


_TITLES = {
    "customers": "About you",
    "orders": "Orders",
    "appointments": "Appointments",
    "consent_events": "What you have agreed to and taken back",
    "messages": "Texts",
    "escalations": "When a person was called",
    "notes": "Remarks of our staff",
}
_FIRST = tuple(_TITLES)


def _page(data: PersonalData) -> Iterator[str]:
    yield f"What is stored about {data.address}, {data.made_at:%Y-%m-%d %H:%M} UTC"
    yield ""
    yield "Texts you get: " + ", ".join(f"{k} {v}" for k, v in data.consent.items())
    if data.suppressed_since is not None:
        since = f"{data.suppressed_since:%Y-%m-%d}"
        yield f"On the list of numbers that get nothing unasked since {since}"
    rest = [name for name in data.rows if name not in _FIRST]
    for name in (*_FIRST, *rest):
        rows = data.rows.get(name, ())
        if not rows:
            continue
        yield ""
        yield f"{_TITLES.get(name, name.replace('_', ' ').capitalize())} ({len(rows)})"
        for row in _sorted(rows):
            yield f"- {_line(name, row)}"


def _sorted(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(row.get("created_at") or row.get("at") or ""))


def _line(table: str, row: Mapping[str, Any]) -> str:
    if table == "messages":
        who = "you" if row["direction"] == "inbound" else row["author_name"] or row["author"]
        return f"{str(row['created_at'])[:16]} {who}: {row['text']}"
    said = (f"{name} {value}" for name, value in row.items() if _tells(name, value))
    return "; ".join(said)


def _tells(name: str, value: object) -> bool:
    """Whether a value means something to a reader; ids and empty fields do not."""
    return value not in (None, "", [], {}) and name != "id" and not name.endswith("_id")

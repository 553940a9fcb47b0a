"""The hash chain over a customer's lines: whoever changes a line later breaks it.

Each line's hash is SHA-256 over the hash before it and the line itself, the first one's over the
customer's id. Details of a line (IP address, browser) enter as a hash of their own with a random
salt among them, so that they can be erased and the chain still holds. What the chain cannot show
by itself is that the last lines were cut off: for that, keep an earlier proof, which names the
last hash of its day.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC

from agent.domain.consent import ConsentEvent
from agent.domain.ids import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheck:
    """What came of checking. ``broken_at`` is the id of the first line that does not fit."""

    lines: int
    last_hash: str
    broken_at: int | None = None
    unsealed: int = 0
    """Lines from before the chain; the first line after them covers them."""

    @property
    def intact(self) -> bool:
        """Whether every line is as it was written."""
        return self.broken_at is None


def first_hash(customer_id: CustomerId) -> str:
    """Return what the first line's hash stands on."""
    return _sha256(f"textwise consent ledger of {customer_id}")


def next_hash(previous: str, event: ConsentEvent) -> str:
    """Return a line's hash, given the hash of the line before."""
    fields = [
        previous,
        event.purpose,
        event.sender,
        event.action,
        event.source,
        event.topic,
        event.frequency,
        event.actor,
        event.text_shown,
        event.text_version,
        event.evidence,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.details_sha256,
    ]
    return _sha256(json.dumps(fields, ensure_ascii=True))


def last_hash(customer_id: CustomerId, ledger: Iterable[ConsentEvent]) -> str:
    """Return the hash that the next line stands on; the ledger is in the order of writing."""
    last = first_hash(customer_id)
    for event in ledger:
        last = event.hash or next_hash(last, event)
    return last


def check_chain(customer_id: CustomerId, ledger: Iterable[ConsentEvent]) -> ChainCheck:
    """Recompute the chain of all of a customer's lines, in the order of writing."""
    last, lines, unsealed = first_hash(customer_id), 0, 0
    sealed_before = False
    for event in ledger:
        lines += 1
        wanted = next_hash(last, event)
        unsealed += not event.hash
        fits = event.hash == wanted if event.hash else not sealed_before
        sealed_before = sealed_before or bool(event.hash)
        if not fits or not _details_fit(event):
            return ChainCheck(lines=lines, last_hash=last, broken_at=event.id, unsealed=unsealed)
        last = wanted
    return ChainCheck(lines=lines, last_hash=last, unsealed=unsealed)


def details_hash(details: Mapping[str, str]) -> str:
    """Return the hash under which details enter a line; empty if there are none."""
    return _sha256(json.dumps(sorted(details.items()), ensure_ascii=True)) if details else ""


def _details_fit(event: ConsentEvent) -> bool:
    return event.details is None or details_hash(dict(event.details)) == event.details_sha256


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

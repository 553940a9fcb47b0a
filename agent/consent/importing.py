"""Consent given elsewhere and brought in by file: the shop's checkout, a till, another system.

Each line says who, for what, when, and which text they saw. Wrong lines are named and left out, the
others kept; the same file twice changes nothing.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.brand import Brand
from agent.consent.terms import text_version
from agent.domain.consent import ConsentAction, ConsentSource, Purpose
from agent.domain.ports import Clock
from agent.errors import InvalidInputError, TextwiseError
from agent.sending.numbers import read_number
from agent.store.unit_of_work import Database, UnitOfWork

COLUMNS = ("number", "purpose", "time", "text_shown", "source")
OPTIONAL = ("topic", "evidence")
_SOURCES = {
    source.value: source
    for source in (
        ConsentSource.CHECKOUT,
        ConsentSource.IN_STORE,
        ConsentSource.WEB_FORM,
        ConsentSource.QR,
        ConsentSource.REP,
        ConsentSource.IMPORT,
    )
}
_BATCH = 200
"""Lines a transaction: the service goes on writing meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """One consent that was given away from the phone. ``at`` is aware."""

    number: str
    purpose: Purpose
    at: datetime
    text_shown: str
    source: ConsentSource
    topic: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. ``faults`` name file and line."""

    added: int
    known: int
    faults: tuple[str, ...]


def import_consents(path: Path, database: Database, brand: Brand, clock: Clock) -> ImportReport:
    """Read a CSV file with the columns of ``COLUMNS``, and ``OPTIONAL`` ones.

    Raises:
        InvalidInputError: the file cannot be read, or a column is missing.
    """
    faults: list[str] = []
    added = known = 0
    batch: list[tuple[GivenConsent, str]] = []
    for line, row in _rows(path):
        try:
            batch.append((_read(row, brand, clock.now()), f"{path.name}:{line}"))
        except TextwiseError as error:
            faults.append(f"{path}:{line}: {error}")
        if len(batch) >= _BATCH:
            counted = _write(batch, database, brand)
            added, known, batch = added + counted, known + len(batch) - counted, []
    counted = _write(batch, database, brand)
    return ImportReport(
        added=added + counted, known=known + len(batch) - counted, faults=tuple(faults)
    )


def record_given(
    uow: UnitOfWork,
    brand: Brand,
    given: GivenConsent,
    *,
    actor: str,
    where: str = "",
    key: str = "",
    details: Mapping[str, str] | None = None,
) -> bool:
    """Write one consent into the ledger; False where the very same one stands there already.

    Args:
        uow: the transaction.
        brand: whose ledger.
        given: the consent, checked.
        actor: who writes it down.
        where: the line of a file.
        key: the caller's own for this consent; by what it says if empty.
        details: more evidence.
    """
    key = _own_key(brand, key) if key else _entry_key(brand, given)
    if uow.consents.has_entry(key):
        return False
    uow.consents.record(
        uow.customers.ensure(given.number),
        sender=brand.slug,
        action=ConsentAction.OPT_IN,
        source=given.source,
        evidence=given.evidence or where,
        purposes=(given.purpose,),
        text_shown=given.text_shown,
        text_version=text_version(given.text_shown) if given.text_shown else "",
        topic=given.topic,
        actor=actor,
        details={**(details or {}), **({"file": where} if where else {})} or None,
        at=given.at,
        entry_key=key,
    )
    return True


def check_given(given: GivenConsent, brand: Brand, now: datetime) -> None:
    """Refuse a consent that would prove nothing.

    Raises:
        InvalidInputError: its time is to come, marketing lacks the text shown, or the topic is
            unknown or of another purpose.
    """
    if given.at > now:
        raise InvalidInputError(f"the time {given.at.isoformat()} is yet to come", field="time")
    if given.purpose is Purpose.MARKETING and not given.text_shown.strip():
        raise InvalidInputError(
            "marketing needs the text that the customer agreed to", field="text_shown"
        )
    if not given.topic:
        return
    topic = brand.consent.topics.get(given.topic)
    if topic is None or topic.purpose is not given.purpose:
        of_purpose = [k for k, t in brand.consent.topics.items() if t.purpose is given.purpose]
        raise InvalidInputError(
            f"{given.topic!r} is no {given.purpose} topic of {brand.name}; there is: "
            f"{', '.join(of_purpose) or 'none'}",
            field="topic",
        )


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InvalidInputError(
                    f"{path} has no column {', '.join(missing)}.",
                    hint=f"It needs {', '.join(COLUMNS)}; {', '.join(OPTIONAL)} may be there.",
                )
            for row in reader:
                values = {k: v.strip() for k, v in row.items() if k and isinstance(v, str)}
                yield reader.line_num, values
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}") from None


def _read(row: Mapping[str, str], brand: Brand, now: datetime) -> GivenConsent:
    given = GivenConsent(
        number=read_number(row.get("number", ""), brand),
        purpose=_purpose(row.get("purpose", "")),
        at=_time(row.get("time", ""), brand),
        text_shown=row.get("text_shown", ""),
        source=_source(row.get("source", "")),
        topic=row.get("topic", ""),
        evidence=row.get("evidence", ""),
    )
    check_given(given, brand, now)
    return given


def _purpose(text: str) -> Purpose:
    wanted = [p for p in (Purpose.TRANSACTIONAL, Purpose.MARKETING) if p == text.lower()]
    if not wanted:
        raise InvalidInputError(
            f"the purpose {text!r} is neither transactional nor marketing", field="purpose"
        )
    return wanted[0]


def _source(text: str) -> ConsentSource:
    source = _SOURCES.get(text.lower().replace(" ", "_").replace("-", "_"))
    if source is None:
        raise InvalidInputError(
            f"the source {text!r} is none of {', '.join(_SOURCES)}", field="source"
        )
    return source


def _time(text: str, brand: Brand) -> datetime:
    """Read a time; one without an offset is in the brand's time zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"the time {text!r} is not like 2026-11-24T09:30:00-07:00", field="time"
        ) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=brand.zone)


def _write(batch: list[tuple[GivenConsent, str]], database: Database, brand: Brand) -> int:
    if not batch:
        return 0
    with database.begin() as uow:
        return sum(
            record_given(uow, brand, given, actor="import", where=where) for given, where in batch
        )


def _own_key(brand: Brand, key: str) -> str:
    return hashlib.sha256(f"{brand.slug}\nid\n{key}".encode()).hexdigest()


def _entry_key(brand: Brand, given: GivenConsent) -> str:
    what = (brand.slug, given.number, given.purpose, given.topic, given.source,
            given.at.isoformat(), given.text_shown)  # fmt: skip
    return hashlib.sha256("\n".join(what).encode()).hexdigest()

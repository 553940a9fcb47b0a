"""``textwise customers``: import, export and erase customers' data."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.domain.customers import Customer
from agent.domain.ids import CustomerId
from agent.errors import InvalidInputError
from agent.foundation import lay_foundation
from agent.inbox import normalise_address
from agent.privacy.erasure import erase_everywhere
from agent.privacy.export import Exporter, PersonalData
from agent.sending.places import known_zone
from agent.settings import load_settings
from agent.wiring.texts import fingerprint

app = typer.Typer(no_args_is_help=True)

COLUMNS = (
    "address", "name", "email", "tier", "lifetime_value", "points", "open_orders",
    "postal_code", "region", "time_zone",
)  # fmt: skip


@app.command("import")
def import_customers(
    path: Annotated[Path, typer.Argument(help=f"CSV with columns {', '.join(COLUMNS)}.")],
) -> None:
    """Add or update customers from a CSV file; nothing is written if a line is wrong.

    Numbers on the suppression list are left out: erased, or a wrong number.
    """
    with errors_told():
        rows = list(_read(path))
        foundation = lay_foundation(load_settings())
        hashes = fingerprint(foundation)
        left_out = 0
        with foundation.database.begin() as uow:
            for customer, email in rows:
                if uow.suppressions.find(hashes.of(customer.address)) is not None:
                    left_out += 1
                    continue
                known = uow.customers.ensure(customer.address)
                uow.customers.put(replace(customer, id=known), email=email)
        tell(f"{len(rows) - left_out} customers imported.")
        if left_out:
            tell(f"{left_out} left out: their numbers are on the suppression list.")


@app.command("export")
def export(
    address: Annotated[str, typer.Argument(help="The customer's number.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json/--text", help="For programs, or for the customer to read.")
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for both: customer.json and customer.txt."),
    ] = None,
) -> None:
    """Hand out everything stored about one customer."""
    with errors_told():
        foundation = lay_foundation(load_settings())
        exporter = Exporter(
            database=foundation.database,
            fingerprint=fingerprint(foundation),
            clock=foundation.clock,
            sender=foundation.brand.slug,
        )
        data = exporter.export(normalise_address(address))
        if out is not None:
            _write(out, data)
            tell(f"Written to {out}/customer.json and {out}/customer.txt.")
        elif as_json:
            print_json(data.as_json())
        else:
            sys.stdout.write(data.as_text())


@app.command("erase")
def erase(
    address: Annotated[str, typer.Argument(help="The customer's number.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was erased.")] = False,
) -> None:
    """Erase everything stored about one customer; only a keyed hash stays, not to text them."""
    with errors_told():
        if not yes:
            typer.confirm(f"Erase everything about {address}? This cannot be undone.", abort=True)
        erased = erase_everywhere(lay_foundation(load_settings()), normalise_address(address))
        if as_json:
            print_json(asdict(erased))
            return
        tell(f"{erased.rows} rows erased.")
        tell(f"{erased.kept} lines of consent kept as proof, under a keyed hash of the number.")
        for trace in erased.elsewhere:
            tell(
                f"The number also stands in {trace.rows} rows about others: {trace.table}, column "
                f"{trace.column}. Look at them."
            )


def _write(folder: Path, data: PersonalData) -> None:
    """Write both forms, readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(data.as_json(), indent=2, ensure_ascii=False, default=str) + "\n"
    for name, content in (("customer.json", written), ("customer.txt", data.as_text())):
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")


def _read(path: Path) -> Iterator[tuple[Customer, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if "address" not in (reader.fieldnames or ()):
                raise InvalidInputError(f"{path} has no column address.")
            for row in reader:
                yield _customer(path, reader.line_num, row), row.get("email") or ""
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}") from None


def _customer(path: Path, line: int, row: dict[str, str]) -> Customer:
    try:
        return Customer(
            id=CustomerId(""),
            address=normalise_address(row["address"] or ""),
            name=row.get("name") or "",
            tier=row.get("tier") or "",
            lifetime_value=Decimal(row.get("lifetime_value") or 0),
            points=int(row["points"]) if row.get("points") else None,
            open_orders=int(row.get("open_orders") or 0),
            postal_code=row.get("postal_code") or "",
            region=(row.get("region") or "").upper(),
            time_zone=_zone(row.get("time_zone") or ""),
        )
    except (ValueError, InvalidOperation, InvalidInputError) as error:
        raise InvalidInputError(f"{path}:{line}: {error}") from None


def _zone(name: str) -> str:
    if name and not known_zone(name):
        raise ValueError(f"{name!r} is no time zone; write one such as America/Denver")
    return name

"""``textwise customers``: import, export and erase customers' data."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.domain.customers import Customer
from agent.domain.ids import CustomerId
from agent.errors import InvalidInputError, NotFoundError
from agent.inbox import normalise_address
from agent.learning.parts import make_label_files
from agent.settings import load_settings
from agent.store.personal_data import erase_customer, export_customer
from agent.wiring import lay_foundation

app = typer.Typer(no_args_is_help=True)

COLUMNS = ("address", "name", "email", "tier", "lifetime_value", "points", "open_orders")


@app.command("import")
def import_customers(
    path: Annotated[Path, typer.Argument(help=f"CSV with columns {', '.join(COLUMNS)}.")],
) -> None:
    """Add or update customers from a CSV file; nothing is written if a line is wrong."""
    with errors_told():
        rows = list(_read(path))
        foundation = lay_foundation(load_settings())
        with foundation.database.begin() as uow:
            for customer, email in rows:
                known = uow.customers.ensure(customer.address)
                uow.customers.put(_with_id(customer, known), email=email)
        tell(f"{len(rows)} customers imported.")


@app.command("export")
def export(address: Annotated[str, typer.Argument(help="The customer's number.")]) -> None:
    """Print everything stored about one customer as JSON."""
    with errors_told():
        with lay_foundation(load_settings()).database.read() as uow:
            data = export_customer(uow.session, normalise_address(address))
        if data is None:
            raise NotFoundError(f"Nothing is stored about {address}.")
        print_json(data)


@app.command("erase")
def erase(
    address: Annotated[str, typer.Argument(help="The customer's number.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase everything stored about one customer."""
    with errors_told():
        if not yes:
            typer.confirm(f"Erase everything about {address}? This cannot be undone.", abort=True)
        foundation = lay_foundation(load_settings())
        with foundation.database.begin() as uow:
            count = erase_customer(uow.session, normalise_address(address))
        if not count:
            raise NotFoundError(f"Nothing is stored about {address}.")
        # What was learnt from is masked, but it goes with the customer, from the files too.
        make_label_files(foundation.settings, foundation.database).write()
        shutil.rmtree(foundation.settings.home / "reports", ignore_errors=True)
        tell(f"{count} rows erased.")


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
        )
    except (ValueError, InvalidOperation, InvalidInputError) as error:
        raise InvalidInputError(f"{path}:{line}: {error}") from None


def _with_id(customer: Customer, customer_id: CustomerId) -> Customer:
    return replace(customer, id=customer_id)

"""``textwise consent``: what customers have agreed to, and proof of it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.consent.chain import check_chain
from agent.consent.desk import ConsentDesk, Withdrawal
from agent.consent.importing import GivenConsent, import_consents
from agent.consent.links import PreferenceLinks
from agent.consent.proof import Proof
from agent.consent.proof_data import proof_data
from agent.consent.proof_document import proof_document
from agent.domain.consent import ConsentSource, Purpose
from agent.errors import ConfigurationError, InvalidInputError
from agent.foundation import Foundation, lay_foundation
from agent.secrets_file import load_secrets
from agent.sending.numbers import read_number
from agent.settings import load_settings

app = typer.Typer(no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The customer's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_FAULTY = 1


@app.command("show")
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Say what a number's owner gets now, and since when."""
    with errors_told():
        data = proof_data(_proof(_foundation(), number))
        if as_json:
            print_json({key: data[key] for key in ("number", "state", "topics", "frequency")})
            return
        for purpose, state in data["state"].items():
            typer.echo(f"{purpose}: {state}")
        for key, topic in data["topics"].items():
            typer.echo(f"  {key} ({topic['title']}): {'on' if topic['on'] else 'off'}")


@app.command("export")
def export(number: Number, *, as_json: AsJson = False) -> None:
    """Print every line of the ledger about a number, one a line; as JSON with --json."""
    with errors_told():
        data = proof_data(_proof(_foundation(), number))
        if as_json:
            print_json(data["ledger"])
            return
        for line in data["ledger"]:
            about = line["purpose"] + (f"/{line['topic']}" if line["topic"] else "")
            typer.echo(f"{line['at']}  {about}  {line['action']}  {line['source']}")


@app.command("prove")
def prove_number(
    number: Number,
    *,
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Print the proof for one number: who agreed to what, shown which text, when and how."""
    with errors_told():
        proof = _proof(_foundation(), number)
        if as_json:
            print_json(proof_data(proof))
        elif out is not None:
            out.write_text(proof_document(proof), encoding="utf-8")
            tell(f"Written to {out}.")
        else:
            typer.echo(proof_document(proof), nl=False)
        if not proof.chain.intact:
            tell("The ledger of this number was changed after it was written.")
            raise typer.Exit(_FAULTY)


@app.command("check")
def check() -> None:
    """Check the hash chains of all customers' lines."""
    with errors_told():
        foundation = _foundation()
        with foundation.database.read() as uow:
            customers = uow.consents.customers()
            broken = [c for c in customers if not check_chain(c, uow.consents.ledger(c)).intact]
        tell(f"{len(customers)} customers' lines checked, {len(broken)} broken.")
        for customer_id in broken:
            typer.echo(customer_id)
        if broken:
            raise typer.Exit(_FAULTY)


@app.command("import")
def import_file(
    path: Annotated[Path, typer.Argument(help="CSV: number, purpose, time, text_shown, source.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Bring in consent that was given elsewhere; wrong lines are named, the others kept."""
    with errors_told():
        foundation = _foundation()
        report = import_consents(path, foundation.database, foundation.brand, foundation.clock)
        for fault in report.faults:
            tell(fault)
        if as_json:
            print_json({"added": report.added, "known": report.known, "faults": report.faults})
        tell(
            f"{report.added} consents added, {report.known} known already, "
            f"{len(report.faults)} lines left out."
        )
        if report.faults:
            raise typer.Exit(_FAULTY)


@app.command("note")
def note(
    number: Number,
    *,
    purpose: Annotated[Purpose, typer.Option(help="What the texts are for.")],
    by: Annotated[str, typer.Option(help="Who writes it down.")],
    text_shown: Annotated[str, typer.Option(help="The exact text the customer agreed to.")] = "",
    topic: Annotated[str, typer.Option(help="One of the brand's topics.")] = "",
    source: Annotated[ConsentSource, typer.Option(help="Where.")] = ConsentSource.IN_STORE,
    at: Annotated[datetime | None, typer.Option(help="When; now if left out.")] = None,
) -> None:
    """Note a consent that a customer gave to somebody of yours, such as in the shop."""
    with errors_told():
        foundation = _foundation()
        given = GivenConsent(
            number=read_number(number, foundation.brand),
            purpose=purpose,
            at=foundation.clock.now() if at is None else at.replace(tzinfo=foundation.brand.zone),
            text_shown=text_shown.strip(),
            source=source,
            topic=topic,
            evidence=f"noted by {by}",
        )
        _desk(foundation).note(given, by=by)
        tell(f"Noted: {given.number} agreed to {purpose} texts.")


@app.command("stop")
def stop(number: Number, *, by: Annotated[str, typer.Option(help="Who writes it down.")]) -> None:
    """Note that a customer wants no more texts, said by phone, by mail or in the shop."""
    with errors_told():
        foundation = _foundation()
        _desk(foundation).withdraw(Withdrawal(number=number, by=by))
        tell(f"{read_number(number, foundation.brand)} gets no more texts.")


@app.command("link")
def link(number: Number) -> None:
    """Print the address of a customer's own page of preferences."""
    with errors_told():
        foundation = _foundation()
        settings = foundation.settings
        if settings.public_url is None:
            raise ConfigurationError(
                "The service has no public address.", hint="Set TEXTWISE_PUBLIC_URL."
            )
        links = PreferenceLinks(
            key=load_secrets(settings.home).session.encode(),
            base_url=str(settings.public_url),
            clock=foundation.clock,
        )
        with foundation.database.read() as uow:
            customer = uow.customers.find(read_number(number, foundation.brand))
        if customer is None:
            raise InvalidInputError(f"Nothing is known of {number}.", field="number")
        typer.echo(links.link(customer.id))


def _foundation() -> Foundation:
    return lay_foundation(load_settings())


def _desk(foundation: Foundation) -> ConsentDesk:
    return ConsentDesk(database=foundation.database, brand=foundation.brand, clock=foundation.clock)


def _proof(foundation: Foundation, number: str) -> Proof:
    return _desk(foundation).read(number)

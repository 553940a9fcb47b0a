"""``textwise doctor``: finds wrong settings before customers do."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from agent.brand import load_brand
from agent.cli.console import FAILED, OUT, errors_told, print_json
from agent.doctor.data import look_at_data
from agent.doctor.finding import Finding, Level, look
from agent.doctor.gateways import look_at_gateways
from agent.doctor.home import look_at_home
from agent.doctor.online import look_online
from agent.doctor.providers import look_at_providers
from agent.doctor.words import look_at_words
from agent.settings import Settings, load_settings

_MARKS = {
    Level.OK: "[green]ok[/]     ",
    Level.WARNING: "[yellow]look[/]   ",
    Level.WRONG: "[red]wrong[/]  ",
}


def doctor(
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also call the LLM, the public address and Twilio.")
    ] = False,
    workers: Annotated[
        int, typer.Option(help="Processes that are to run, on all machines.", min=1)
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at every setting and file; exit with 1 if one is wrong. Changes nothing."""
    with errors_told():
        findings = list(examine(load_settings(), workers=workers, online=online))
    if as_json:
        print_json([_as_json(finding) for finding in findings])
    else:
        for finding in findings:
            _print(finding)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(FAILED)


def examine(settings: Settings, *, workers: int = 1, online: bool = False) -> Iterator[Finding]:
    """Look at each part by itself, so that one wrong part hides no other."""
    yield from look_at_home(settings, os.environ)
    yield from look_at_words(settings, datetime.now(UTC).date())
    yield from look_at_data(settings, workers=workers)
    yield from look_at_providers(settings)
    yield from _look_at_channels(settings)
    if online:
        yield from look_online(settings)


def _look_at_channels(settings: Settings) -> Iterator[Finding]:
    """Make every channel as the service does, and look at the gateways' file."""
    # Only here: what channels there are is known above the agent.
    from api.channels import discover
    from api.channels.gateway.files import load_gateways

    yield look(
        "channels",
        "The service would not start.",
        lambda: ", ".join(n for n, c in discover(settings).items() if c.sender) or "none can send",
    )
    path = settings.gateways
    if path is None:
        return
    file = look(
        "gateways", "The service would not start.",
        lambda: ", ".join(gateway.name for gateway in load_gateways(path)),
    )  # fmt: skip
    yield file
    if file.fine:
        yield from look_at_gateways(settings, load_gateways(path), load_brand(settings.brand))


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.what,
        "fine": finding.fine,
        "level": finding.level,
        "said": finding.said,
        "why": finding.why,
        "todo": finding.todo,
    }


def _print(finding: Finding) -> None:
    OUT.print(f"{_MARKS[finding.level]} {finding.what}: ", end="", highlight=False)
    OUT.print(finding.said, markup=False, highlight=False)
    for label, text in (("why", finding.why), ("do", finding.todo)):
        if text:
            OUT.print(f"        {label}: {text}", markup=False, highlight=False)

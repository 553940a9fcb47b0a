"""``textwise intents shadow``: a version that reads live messages along."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from agent.cli.console import OUT, errors_told, print_json, tell
from agent.cli.intents_shared import BY, AsJson, version_named
from agent.domain.ports import SystemClock
from agent.errors import InvalidInputError
from agent.foundation import Foundation, lay_foundation
from agent.learning.jobs import JobRunner
from agent.learning.model_desk import ModelDesk
from agent.learning.model_views import ShadowView
from agent.settings import load_settings
from agent.wiring.models import model_registry

_SHOWN = 30


def shadow(
    version: Annotated[
        str | None, typer.Argument(help="The version that is to read along.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Let no version read along.")] = False,
    list_them: Annotated[
        bool, typer.Option("--list", help="What it reads differently (also without arguments).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a version read live messages beside the live one, without answering."""
    with errors_told():
        if sum((version is not None, off, list_them)) > 1:
            raise InvalidInputError("Give a version, --off or --list.")
        foundation = lay_foundation(load_settings())
        desk = _desk(foundation)
        if version is not None:
            name = version_named(model_registry(foundation), version)
            desk.set_shadow(name, by=BY)
            tell(f"{name} reads along from now on. See: textwise intents shadow --list")
        elif off:
            desk.stop_shadow()
            tell("No version reads along.")
        if as_json or (version is None and not off):
            _show_shadow(desk.shadow(), as_json=as_json)


def _desk(foundation: Foundation) -> ModelDesk:
    return ModelDesk(
        settings=foundation.settings,
        database=foundation.database,
        registry=model_registry(foundation),
        clock=SystemClock(),
        jobs=JobRunner(foundation.database),
        changed=lambda: None,
    )


def _show_shadow(view: ShadowView | None, *, as_json: bool) -> None:
    if as_json:
        print_json(_shadow_row(view))
        return
    if view is None:
        OUT.print("No version reads along.")
        return
    OUT.print(
        f"{view.state.version} has read {view.compared:,} messages, {view.differed:,} differently.",
        highlight=False,
    )
    if view.state.refused:
        OUT.print(f"It cannot be loaded: {view.state.refused}", markup=False, highlight=False)
    table = Table("read as", "compared", "differently")
    for tally in view.tallies:
        if tally.differed:
            table.add_row(tally.intent, f"{tally.compared:,}", f"{tally.differed:,}")
    if table.row_count:
        OUT.print(table)
    for found in view.differences[:_SHOWN]:
        OUT.print(
            f"  {found.text[:100]!r}: {found.live.heard} → {found.shadow.heard}"
            f" ({', '.join(found.kinds)})",
            markup=False,
            highlight=False,
        )


def _shadow_row(view: ShadowView | None) -> dict[str, Any]:
    if view is None:
        return {"shadow": None}
    return {
        "shadow": view.state.version,
        "since": view.state.since,
        "refused": view.state.refused or None,
        "compared": view.compared,
        "differed": view.differed,
        "intents": [asdict(tally) for tally in view.tallies],
        "disagreements": [
            {
                "text": found.text,
                "kinds": list(found.kinds),
                "live": asdict(found.live),
                "shadow": asdict(found.shadow),
                "at": found.at.isoformat(),
            }
            for found in view.differences
        ],
    }

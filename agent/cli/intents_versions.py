"""``textwise intents promote``, ``rollback`` and ``list``: which version is active."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from agent.cli.console import OUT, errors_told, print_json, tell
from agent.cli.intents_printing import print_active
from agent.cli.intents_shared import (
    BY,
    AsJson,
    LiveTest,
    live_labels,
    open_registry,
    progress,
    version_named,
    written_test,
)
from agent.settings import load_settings
from intents.evaluation.promotion import Verdict
from intents.evaluation.promotion import promote as promote_version
from intents.figures.metrics import Metrics
from intents.versions.registry import METRICS


def tell_verdict(verdict: Verdict) -> None:
    """Say on stderr what the gate found."""
    for sentence in verdict.sentences:
        tell(sentence)


def promote(
    version: Annotated[
        str, typer.Argument(help="The version to make active; `newest` is the one made last.")
    ],
    *,
    test: Annotated[
        Path | None, typer.Option("--test", help="Written test set; else the training data's.")
    ] = None,
    live_test: LiveTest = None,
    force: Annotated[bool, typer.Option(help="Even if the gate refuses.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a version the active one, if it is not worse than that on the same messages."""
    with errors_told():
        settings = load_settings()
        registry = open_registry(settings)
        verdicts: list[Verdict] = []

        def told(verdict: Verdict) -> None:
            verdicts.append(verdict)
            tell_verdict(verdict)

        with progress() as show:
            active = promote_version(
                registry,
                version_named(registry, version),
                by=BY,
                force=force,
                written_test=written_test(settings, test),
                live_test=live_labels(settings, live_test),
                progress=show,
                told=told,
            )
        if as_json:
            print_json({"active": active.version, "verdict": asdict(verdicts[0])})
        else:
            print_active(active)


def rollback(*, as_json: AsJson = False) -> None:
    """Go back to the version that was active before."""
    with errors_told():
        active = open_registry(load_settings()).rollback(by=BY)
        if as_json:
            print_json({"active": active.version})
        else:
            print_active(active)


def list_versions(*, as_json: AsJson = False) -> None:
    """List the trained versions, with the active one marked."""
    with errors_told():
        registry = open_registry(load_settings())
        active = registry.active().version
        rows = [
            (manifest, Metrics.read(registry.path(manifest.version) / METRICS))
            for manifest in registry.versions()
        ]
        if as_json:
            print_json(
                [
                    {
                        "version": m.version,
                        "active": m.version == active,
                        "encoder": m.encoder,
                        "messages": m.messages,
                        "accuracy": f.accuracy,
                        "macro_f1": f.macro_f1,
                        "calibration_error": f.calibration_error,
                    }
                    for m, f in rows
                ]
            )
            return
        table = Table("", "version", "encoder", "utterances", "accuracy", "macro-F1")
        for m, f in rows:
            mark = "●" if m.version == active else ""
            count = f"{m.messages['intents']:,}"
            table.add_row(
                mark, m.version, m.encoder, count, f"{f.accuracy:.1%}", f"{f.macro_f1:.1%}"
            )
        OUT.print(table)

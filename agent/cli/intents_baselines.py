"""Runs the baselines of ``benchmarks/`` in a process of their own, and shows them."""

import json
import subprocess
import sys
from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.table import Table

from agent.cli.console import FAILED, OUT, tell
from agent.settings import CHECKOUT

Row = dict[str, str | float | None]
"""A baseline's name and figures, or the reason why it was ``skipped``."""

_ROWS = TypeAdapter(list[Row])


def run_baselines(
    *,
    train: Path,
    test: Path,
    text_column: str,
    label_column: str,
    out_of_scope: str | None,
    models: Path,
) -> list[Row]:
    """Return what each baseline reaches on these files; its progress goes to stderr."""
    if not (CHECKOUT / "benchmarks" / "baselines.py").is_file():
        raise typer.BadParameter(
            "the baselines lie in benchmarks/ of a checkout, which is not here",
            param_hint="--baselines",
        )
    words = [
        *("--train", str(train.resolve()), "--test", str(test.resolve())),
        *("--text-column", text_column, "--label-column", label_column),
        *("--models", str(models.resolve()), "--json"),
        *(("--out-of-scope", out_of_scope) if out_of_scope else ()),
    ]
    # In another process: torch and Node must not weigh on what was just measured here.
    found = subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "benchmarks.baselines", *words],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        check=False,
    )
    if found.returncode != 0:
        tell("The baselines failed; what they said stands above.")
        raise typer.Exit(FAILED)
    return _ROWS.validate_python(json.loads(found.stdout))


def print_baselines(rows: list[Row]) -> None:
    """Print the table, and what was skipped below it."""
    table = Table("baseline", "accuracy", "macro-F1", "AUROC", "train s", "p50 ms", "p99 ms")
    shown = ("accuracy", "macro_f1", "out_of_scope_auroc", "train_seconds", "p50_ms", "p99_ms")
    for row in rows:
        if row["skipped"] is None:
            figures = [f"{row[name]:g}" if row[name] is not None else "" for name in shown]
            table.add_row(str(row["name"]), *figures)
    OUT.print(table)
    for row in rows:
        if row["skipped"] is not None:
            OUT.print(f"{row['name']}: skipped, {row['skipped']}", highlight=False, markup=False)

"""``textwise intents data``: check training data, and exchange it with other tools."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import FAILED, OUT, errors_told, print_json
from agent.settings import Settings, load_settings
from intents.data import Corpus, load_corpus
from intents.labelled_files import import_into, read_labelled, write_labelled
from intents.lint import Finding, Severity, lint
from intents.metrics import Predicted, read_predictions
from intents.registry import PREDICTIONS, Registry

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Data = Annotated[Path | None, typer.Option("--data", help="Else TEXTWISE_TRAINING_DATA.")]
Format = Annotated[str | None, typer.Option("--format", help="csv, jsonl or rasa.")]


@app.command()
def validate(
    *,
    data: Data = None,
    test: Annotated[Path | None, typer.Option(help="A test set it must not hold.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for conflicts, near-duplicates, leaks, likely label errors and thin intents."""
    with errors_told():
        settings = load_settings()
        folder = data or settings.training_data
        corpus = load_corpus(folder)
        held_out = read_labelled(test) if test is not None else ()
        found = lint(corpus, test=held_out, predictions=_predictions(settings, corpus))
        if as_json:
            print_json([asdict(finding) for finding in found])
        else:
            _print(found, corpus, folder)
        if any(finding.severity is Severity.ERROR for finding in found):
            raise typer.Exit(FAILED)


def _predictions(settings: Settings, corpus: Corpus) -> list[Predicted]:
    """Return those of a version that was trained on this very data, if there is one."""
    registry = Registry(settings.models)
    for manifest in registry.versions():
        if manifest.data_sha256 == corpus.digest:
            return read_predictions(registry.path(manifest.version) / PREDICTIONS)
    return []


def _print(found: list[Finding], corpus: Corpus, folder: Path) -> None:
    for finding in found:
        OUT.print(
            f"{finding.where}: {finding.severity}: {finding.message}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    counts = Counter(finding.severity for finding in found)
    intents = len({row.label for row in corpus.intents})
    OUT.print(
        f"{folder}: {len(corpus.intents):,} utterances of {intents} intents; "
        f"{counts[Severity.ERROR]} errors, {counts[Severity.WARNING]} warnings.",
        highlight=False,
    )


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Rasa YAML.")],
    *,
    data: Data = None,
    file_format: Format = None,
    text_column: Annotated[str, typer.Option(help="Where the text stands.")] = "text",
    label_column: Annotated[str, typer.Option(help="Where the intent stands.")] = "intent",
    writer: Annotated[str, typer.Option(help="Whose messages these are.")] = "imported",
    as_json: AsJson = False,
) -> None:
    """Add labelled messages to the training data; known ones are left out."""
    with errors_told():
        folder = data or load_settings().training_data
        rows = read_labelled(
            file, file_format=file_format, text_column=text_column, label_column=label_column
        )
        result = import_into(folder, rows, writer=writer)
        if as_json:
            print_json(asdict(result))
            return
        OUT.print(
            f"{result.added} added to {len(result.files)} files, {result.known} known already.",
            highlight=False,
        )


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="Where to; the ending says the format.")],
    *,
    data: Data = None,
    file_format: Format = None,
    as_json: AsJson = False,
) -> None:
    """Write all utterances as CSV, JSONL or Rasa YAML."""
    with errors_told():
        corpus = load_corpus(data or load_settings().training_data)
        count = write_labelled(corpus.intents, file, file_format=file_format)
        if as_json:
            print_json({"file": str(file), "messages": count})
        else:
            OUT.print(f"{count:,} utterances written to {file}.", highlight=False)

"""``textwise intents data``: check training data, and exchange it with other tools."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import FAILED, OUT, errors_told, print_json, tell
from agent.cli.intents_shared import AsJson, TestPath, label_folder, open_registry
from agent.settings import load_settings
from intents.corpus.data import Corpus, load_corpus
from intents.corpus.labelled_files import import_into, read_labelled, write_labelled
from intents.corpus.written_test import read_test
from intents.figures.metrics import Predicted, read_predictions
from intents.linting.findings import Finding, Severity
from intents.linting.lint import lint
from intents.versions.registry import PREDICTIONS, Registry

app = typer.Typer(no_args_is_help=True)

Data = Annotated[Path | None, typer.Option("--data", help="Else TEXTWISE_TRAINING_DATA.")]
Format = Annotated[
    str | None,
    typer.Option("--format", help="csv, jsonl, rasa, clinc or banking; else by the ending."),
]


@app.command()
def validate(
    *,
    data: Data = None,
    test: TestPath = None,
    as_json: AsJson = False,
) -> None:
    """Look for conflicts, near-duplicates, leaks into the test set, and likely label errors."""
    with errors_told():
        settings = load_settings()
        folder = data or settings.training_data
        corpus = load_corpus(folder, labels=label_folder(settings))
        own = folder / "test"
        asked = test or (own if own.is_dir() else None)
        rows = read_test(asked).rows if asked is not None else ()
        version, predictions = _predictions(open_registry(settings), corpus)
        found = lint(corpus, test=rows, predictions=predictions)
        if version is None:
            tell("Label errors are not looked for: train a version first (textwise intents train).")
        else:
            tell(f"Label errors as {version} sees them, each line without its writer.")
        if as_json:
            print_json([asdict(finding) for finding in found])
        else:
            _print(found, corpus, folder)
        if any(finding.severity is Severity.ERROR for finding in found):
            raise typer.Exit(FAILED)


def _predictions(registry: Registry, corpus: Corpus) -> tuple[str | None, list[Predicted]]:
    """Return the out-of-fold predictions of the version that knows most of this data.

    Predictions of a version trained on other data hold for the lines that both have.
    """
    known = {(row.text, row.label) for row in corpus.intents}
    best: tuple[int, str | None, list[Predicted]] = (0, None, [])
    for manifest in registry.versions():
        path = registry.path(manifest.version) / PREDICTIONS
        found = read_predictions(path) if path.is_file() else []
        shared = sum((p.text, p.truth) in known for p in found)
        exact = manifest.data_sha256 == corpus.digest
        if shared + exact > best[0]:
            best = (shared + exact, manifest.version, found)
    return best[1], best[2]


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
    file: Annotated[Path, typer.Argument(help="CSV, JSONL, Rasa YAML, or CLINC's JSON.")],
    *,
    data: Data = None,
    file_format: Format = None,
    text_column: Annotated[str | None, typer.Option(help="Where the text stands.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Where the intent stands.")] = None,
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
    """Write all utterances as CSV, JSONL, Rasa YAML, CLINC's JSON or BANKING77's CSV."""
    with errors_told():
        corpus = load_corpus(data or load_settings().training_data)
        count = write_labelled(corpus.intents, file, file_format=file_format)
        if as_json:
            print_json({"file": str(file), "messages": count})
        else:
            OUT.print(f"{count:,} utterances written to {file}.", highlight=False)

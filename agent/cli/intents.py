"""``textwise intents``: train, judge and choose the models."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from agent.cli import intents_data
from agent.cli.console import ERRORS, OUT, errors_told, print_json, tell
from agent.cli.jsonl import write_jsonl
from agent.errors import InvalidInputError
from agent.settings import load_settings
from intents.metrics import Metrics
from intents.registry import METRICS, Registry
from intents.types import Understanding
from intents.understanding import Understander

app = typer.Typer(no_args_is_help=True)
app.add_typer(intents_data.app, name="data", help="Check and exchange training data.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Version = Annotated[str | None, typer.Option("--version", help="Else the active one.")]
TestFile = Annotated[Path | None, typer.Option("--test", help="CSV or JSONL with text and intent.")]
_WEAKEST = 12
_CHANGED_SHOWN = 15


@app.command()
def train(
    *,
    data: Annotated[Path | None, typer.Option(help="Else TEXTWISE_TRAINING_DATA.")] = None,
    name: Annotated[str | None, typer.Option(help="First part of the version's id.")] = None,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
    promote_it: Annotated[
        bool, typer.Option("--promote", help="Make it the active version if the gate lets it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a version; on unchanged data the version that is there already is named."""
    from intents import promotion, training

    with errors_told():
        settings = load_settings()
        with _progress() as show:
            manifest = training.train(
                training_data=data or settings.training_data,
                models_dir=settings.models,
                encoder=settings.encoder,
                name=name,
                seed=seed,
                progress=show,
            )
        registry = Registry(settings.models)
        metrics = Metrics.read(registry.path(manifest.version) / METRICS)
        if promote_it:
            promotion.promote(registry, manifest.version, by="command line")
        if as_json:
            print_json({"version": manifest.version, "metrics": asdict(metrics)})
            return
        OUT.print(manifest.version, highlight=False)
        _print_metrics(metrics)


@app.command()
def evaluate(
    *,
    version: Version = None,
    test: TestFile = None,
    text_column: Annotated[str, typer.Option(help="Of the test file.")] = "text",
    label_column: Annotated[str, typer.Option(help="Of the test file.")] = "intent",
    output: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a version on a test file, or on held-out writers as training did."""
    from intents.evaluation import evaluate_held_out, evaluate_on, write_report
    from intents.labelled_files import read_labelled

    with errors_told():
        settings = load_settings()
        registry = Registry(settings.models)
        chosen = version or registry.active_version()
        if test is None:
            result = evaluate_held_out(registry, chosen)
        else:
            rows = read_labelled(test, text_column=text_column, label_column=label_column)
            understander = Understander.load(
                settings.models, encoder=settings.encoder, version=chosen
            )
            with _progress() as show:
                result = evaluate_on(
                    understander,
                    rows,
                    measured_on=test.name,
                    progress=lambda done: show("reading messages", done, len(rows)),
                )
        page = write_report(result, output or registry.path(chosen) / "report")
        tell(f"Report: {page}")
        if as_json:
            body = {"version": chosen, "report": str(page), "metrics": asdict(result.metrics)}
            print_json({**body, "confusions": result.confusions()})
            return
        _print_metrics(result.metrics)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="A version.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    *,
    test: TestFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions on the same messages, with McNemar's test."""
    from intents.comparison import compare as compare_versions
    from intents.evaluation import evaluate_held_out, predict
    from intents.labelled_files import read_labelled

    with errors_told():
        settings = load_settings()
        registry = Registry(settings.models)
        if test is None:
            judged = [evaluate_held_out(registry, name).predictions for name in (a, b)]
        else:
            rows = read_labelled(test)
            judged = []
            for name in (a, b):
                model = Understander.load(settings.models, encoder=settings.encoder, version=name)
                with _progress() as show:
                    found = predict(
                        model, rows, progress=lambda n: show("reading messages", n, len(rows))
                    )
                judged.append(tuple(found))
        result = compare_versions(a, b, *judged)
        if as_json:
            print_json({**asdict(result), "verdict": result.verdict})
            return
        OUT.print(
            f"{result.messages} messages. Right: {a} {result.accuracy_a:.1%}, "
            f"{b} {result.accuracy_b:.1%}. Only {a} right: {result.only_a}; "
            f"only {b} right: {result.only_b}. {result.verdict}",
            highlight=False,
        )
        for change in (*result.worse, *result.better):
            OUT.print(
                f"  {change.intent}: F1 {change.f1_before:.1%} → {change.f1_after:.1%}",
                highlight=False,
            )
        for was, now in result.changed[:_CHANGED_SHOWN]:
            OUT.print(
                f"  {was.text[:80]!r}: {was.predicted} → {now.predicted} ({was.truth})",
                highlight=False,
                markup=False,
            )


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The version to make active.")],
    *,
    force: Annotated[bool, typer.Option(help="Even if the gate refuses.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a version the active one, if the gate lets it."""
    from intents import promotion

    with errors_told():
        registry = Registry(load_settings().models)
        active = promotion.promote(registry, version, by="command line", force=force)
        _print_active(active.version, as_json=as_json)


@app.command()
def rollback(*, as_json: AsJson = False) -> None:
    """Go back to the version that was active before."""
    with errors_told():
        active = Registry(load_settings().models).rollback(by="command line")
        _print_active(active.version, as_json=as_json)


@app.command("list")
def list_versions(*, as_json: AsJson = False) -> None:
    """List the trained versions, with the active one marked."""
    with errors_told():
        registry = Registry(load_settings().models)
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


@app.command()
def classify(
    text: Annotated[str | None, typer.Argument(help="One message.")] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input", help="CSV or JSONL of messages.")
    ] = None,
    *,
    text_column: Annotated[str, typer.Option(help="Where the text stands.")] = "text",
    output: Annotated[Path | None, typer.Option(help="JSONL; stdout if not given.")] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Understand one message, or each of a file."""
    from intents.labelled_files import read_texts

    with errors_told():
        if (text is None) == (input_file is None):
            raise InvalidInputError("Give either a text or --input FILE.")
        settings = load_settings()
        texts = [text] if text is not None else read_texts(input_file or Path(), text_column)
        model = Understander.load(settings.models, encoder=settings.encoder, version=version)
        if text is not None and output is None:
            row = as_row(model.understand(text))
            print_json(row) if as_json else _print_understanding(row)
            return
        with _progress() as show:
            count = write_jsonl(output, _classified(model, texts, show))
        tell(f"{count} messages.")


def _classified(
    model: Understander, texts: list[str], show: "_Show"
) -> Iterator[Mapping[str, Any]]:
    for done, text in enumerate(texts, start=1):
        yield as_row(model.understand(text))
        show("reading messages", done, len(texts))


def as_row(read: Understanding) -> dict[str, Any]:
    """Return an understanding as the contract's output line."""
    return {
        "text": read.text,
        "intent": read.intent,
        "confidence": read.confidence,
        "candidates": [asdict(candidate) for candidate in read.candidates],
        "doubt": str(read.doubt),
        "out_of_scope": read.out_of_scope,
        "out_of_scope_score": read.out_of_scope_score,
        "sentiment": str(read.sentiment),
        "sentiment_score": read.sentiment_score,
        "frustration": read.frustration,
        "consent": str(read.consent) if read.consent else None,
        "topics": [asdict(topic) for topic in read.topics],
        "entities": [asdict(entity) for entity in read.entities],
        "took_ms": read.took_ms,
    }


@app.command()
def benchmark(
    *,
    train_file: Annotated[Path, typer.Option("--train", help="CSV or JSONL.")],
    test_file: Annotated[Path, typer.Option("--test", help="CSV or JSONL.")],
    text_column: Annotated[str, typer.Option(help="In both files.")] = "text",
    label_column: Annotated[str, typer.Option(help="In both files.")] = "intent",
    out_of_scope: Annotated[str | None, typer.Option(help="The label that means so.")] = None,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Train the shipped pipeline from scratch on a public data set and measure it."""
    from intents.benchmark import run_benchmark
    from intents.encoder import load_encoder
    from intents.labelled_files import read_labelled

    with errors_told():
        settings = load_settings()
        train_rows, test_rows = (
            read_labelled(path, text_column=text_column, label_column=label_column)
            for path in (train_file, test_file)
        )
        encoder = load_encoder(settings.models, settings.encoder, threads=2)
        with _progress() as show:
            result = run_benchmark(
                encoder,
                train_rows,
                test_rows,
                out_of_scope=out_of_scope,
                seed=seed,
                progress=show,
            )
        if as_json:
            print_json(asdict(result))
            return
        table = Table("figure", "value")
        for name, value in asdict(result).items():
            table.add_row(name, "" if value is None else f"{value:g}")
        OUT.print(table)


class _Show:
    """Shows a stage and how far it is."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage = stage
            self._bar.reset(self._task, description=stage, total=total or None)
        self._bar.update(self._task, completed=done)


@contextmanager
def _progress() -> Iterator[_Show]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERRORS, transient=True) as bar:
        yield _Show(bar)


def _print_active(version: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"active": version})
    else:
        OUT.print(f"Active: {version}", highlight=False)


def _print_understanding(row: dict[str, Any]) -> None:
    table = Table("", "")
    for name, value in row.items():
        shown = value
        if name == "candidates":
            shown = ", ".join(f"{c['intent']} {c['confidence']:.0%}" for c in value)
        elif name == "topics":
            shown = ", ".join(f"{t['topic']} {t['probability']:.0%}" for t in value)
        elif name == "entities":
            shown = ", ".join(f"{e['type']} {e['value']}" for e in value)
        table.add_row(name, str(shown))
    OUT.print(table)


def _print_metrics(metrics: Metrics) -> None:
    OUT.print(
        f"On {metrics.measured_on}, {metrics.messages:,} messages: accuracy {metrics.accuracy:.1%} "
        f"({metrics.accuracy_low:.1%} to {metrics.accuracy_high:.1%}), in scope "
        f"{metrics.in_scope_accuracy:.1%}, macro-F1 {metrics.macro_f1:.1%}, calibration error "
        f"{metrics.calibration_error:.3f}",
        highlight=False,
    )
    if metrics.out_of_scope_auroc is not None:
        OUT.print(
            f"Out of scope: AUROC {metrics.out_of_scope_auroc:.3f}, found "
            f"{metrics.out_of_scope_recall:.1%}, in scope refused {metrics.in_scope_refused:.1%}",
            highlight=False,
        )
    if metrics.consent is not None:
        c = metrics.consent
        OUT.print(
            f"Opt-outs: obeyed {c.obeyed:.1%}, obeyed or asked {c.obeyed_or_asked:.1%}; others "
            f"obeyed wrongly {c.obeyed_wrongly:.2%}, asked needlessly {c.asked_needlessly:.2%}",
            highlight=False,
        )
    if metrics.sentiment is not None:
        s = metrics.sentiment
        OUT.print(
            f"Sentiment: accuracy {s.accuracy:.1%}; frustration: mean error "
            f"{s.frustration_error:.2f}, correlation {s.frustration_correlation:.2f}",
            highlight=False,
        )
    table = Table("weakest intents", "messages", "precision", "recall", "F1")
    for row in sorted(metrics.intents, key=lambda row: row.f1)[:_WEAKEST]:
        table.add_row(
            row.intent,
            str(row.messages),
            f"{row.precision:.1%}",
            f"{row.recall:.1%} ({row.recall_low:.0%} to {row.recall_high:.0%})",
            f"{row.f1:.1%}",
        )
    OUT.print(table)
    if metrics.topics:
        topics = Table("topic", "messages", "precision", "recall")
        for topic in metrics.topics:
            topics.add_row(
                topic.topic, str(topic.positives), f"{topic.precision:.1%}", f"{topic.recall:.1%}"
            )
        OUT.print(topics)

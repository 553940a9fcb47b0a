"""``textwise intents train`` and ``benchmark``."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from agent.cli.console import OUT, errors_told, print_json
from agent.cli.intents_baselines import print_baselines, run_baselines
from agent.cli.intents_printing import print_metrics
from agent.cli.intents_shared import (
    BY,
    AsJson,
    LabelColumn,
    LiveTest,
    TextField,
    label_folder,
    live_labels,
    open_registry,
    progress,
    written_test,
)
from agent.cli.intents_versions import tell_verdict
from agent.settings import Settings, load_settings
from intents.figures.metrics import Metrics
from intents.versions.registry import METRICS

if TYPE_CHECKING:
    from intents.training.deep_training import Deep


DeepMode = Annotated[
    bool, typer.Option("--deep", help="Fine-tune an encoder too (needs `make torch`; slow).")
]
Epochs = Annotated[
    int | None, typer.Option(min=1, help="Of the fine-tuning; only with --deep. Else 6.")
]


def _deep(settings: Settings, *, wanted: bool, epochs: int | None) -> "Deep | None":
    """Return the choices of the deep mode; None where it is not wanted."""
    from intents.training.deep_training import Deep

    if not wanted:
        if epochs is not None:
            raise typer.BadParameter("only --deep fine-tunes", param_hint="--epochs")
        return None
    usual = Deep(models_dir=settings.models)
    return usual if epochs is None else replace(usual, epochs=epochs)


def train(
    *,
    data: Annotated[Path | None, typer.Option(help="Else TEXTWISE_TRAINING_DATA.")] = None,
    name: Annotated[str | None, typer.Option(help="First part of the version's id.")] = None,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
    promote_it: Annotated[
        bool, typer.Option("--promote", help="Make it the active version if the gate lets it.")
    ] = False,
    live_test: LiveTest = None,
    deep: DeepMode = False,
    epochs: Epochs = None,
    as_json: AsJson = False,
) -> None:
    """Train a version; on unchanged data the version that is there already is named.

    With --deep an encoder is fine-tuned as well, and twice: first without a fifth of the writers,
    so that probabilities and thresholds are fitted on messages it has not seen. On the shipped data
    that takes about 70 minutes of CPU time, instead of a minute and a half.
    """
    from intents.evaluation import promotion
    from intents.training import train as training

    with errors_told():
        settings = load_settings()
        mode = _deep(settings, wanted=deep, epochs=epochs)
        registry = open_registry(settings)
        with progress() as show:
            manifest = training.train(
                training_data=data or settings.training_data,
                labels=label_folder(settings),
                models_dir=settings.models,
                encoder=settings.encoder,
                name=name,
                seed=seed,
                deep=mode,
                progress=show,
            )
            metrics = Metrics.read(registry.path(manifest.version) / METRICS)
            if promote_it:
                promotion.promote(
                    registry,
                    manifest.version,
                    by=BY,
                    written_test=written_test(settings, None),
                    live_test=live_labels(settings, live_test),
                    progress=show,
                    told=tell_verdict,
                )
        if as_json:
            print_json({"version": manifest.version, "metrics": asdict(metrics)})
            return
        OUT.print(manifest.version, highlight=False)
        print_metrics(metrics)


def benchmark(
    *,
    train_file: Annotated[Path, typer.Option("--train", help="CSV or JSONL.")],
    test_file: Annotated[Path, typer.Option("--test", help="CSV or JSONL.")],
    text_column: TextField = "text",
    label_column: LabelColumn = "intent",
    out_of_scope: Annotated[str | None, typer.Option(help="The label that means so.")] = None,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
    deep: DeepMode = False,
    epochs: Epochs = None,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Measure other ways on the same messages too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train the shipped pipeline from scratch on a public data set and measure it.

    With --baselines also TF-IDF, sentence-transformers, NLP.js and semantic-router, of these what
    is installed.
    """
    from intents.corpus.labelled_files import read_labelled
    from intents.evaluation.benchmark import run_benchmark
    from intents.reading.readers import Encoders

    with errors_told():
        settings = load_settings()
        mode = _deep(settings, wanted=deep, epochs=epochs)
        train_rows, test_rows = (
            read_labelled(path, text_column=text_column, label_column=label_column)
            for path in (train_file, test_file)
        )
        encoders = Encoders(settings.models, threads=2).of(settings.encoder)
        with progress() as show:
            result = run_benchmark(
                encoders,
                train_rows,
                test_rows,
                out_of_scope=out_of_scope,
                seed=seed,
                deep=mode,
                progress=show,
            )
        others = (
            run_baselines(
                train=train_file,
                test=test_file,
                text_column=text_column,
                label_column=label_column,
                out_of_scope=out_of_scope,
                models=settings.models,
            )
            if baselines
            else None
        )
        if as_json:
            print_json(asdict(result) | ({} if others is None else {"baselines": others}))
            return
        table = Table("figure", "value")
        for name, value in asdict(result).items():
            table.add_row(name, "" if value is None else f"{value:g}")
        OUT.print(table)
        if others is not None:
            print_baselines(others)

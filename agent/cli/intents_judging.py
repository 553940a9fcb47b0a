"""``textwise intents evaluate`` and ``compare``."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.cli.intents_printing import print_comparison, print_evaluation
from agent.cli.intents_shared import (
    AsJson,
    LabelColumn,
    Show,
    TestPath,
    TextField,
    Version,
    label_folder,
    open_registry,
    progress,
    version_named,
)
from agent.settings import Settings, load_settings
from intents.corpus.written_test import read_test
from intents.evaluation.comparison import compare as compare_versions
from intents.evaluation.evaluate import (
    Evaluation,
    curve_of,
    evaluate_held_out,
    evaluate_on,
    explain,
)
from intents.evaluation.examining import examine, load_any
from intents.evaluation.learning_curve import LearningCurve
from intents.figures.metrics import read_predictions
from intents.figures.neighbours import Neighbours
from intents.versions.registry import PREDICTIONS, Registry


def evaluate(
    *,
    version: Version = None,
    test: TestPath = None,
    text_column: TextField = "text",
    label_column: LabelColumn = "intent",
    output: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    learning: Annotated[
        bool,
        typer.Option("--learning-curve", help="Measure it too (two minutes; then it is kept)."),
    ] = False,
    why: Annotated[
        bool, typer.Option(help="Find the training messages nearest to each error.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Judge a version on a test, or on held-out writers as training did; write a report."""
    from intents.report.page import write_report

    with errors_told():
        settings = load_settings()
        registry = open_registry(settings)
        chosen = version_named(registry, version)
        with progress() as show:
            if test is None:
                result = evaluate_held_out(registry, chosen)
                if why:
                    result = _explained(registry, chosen, result, show)
            else:
                result = _tested(registry, chosen, test, (text_column, label_column), show, why=why)
            result = replace(
                result, curve=_curve(settings, registry, chosen, show, measure=learning)
            )
        folder = "report" if test is None else f"report-{test.stem}"
        page = write_report(result, output or registry.path(chosen) / folder)
        tell(f"Report: {page}")
        if as_json:
            body = {"version": chosen, "report": str(page), "metrics": asdict(result.metrics)}
            pairs = [(p.truth, p.predicted, p.messages) for p in result.confusions()]
            print_json({**body, "confusions": pairs})
            return
        print_evaluation(result)


def _tested(
    registry: Registry,
    version: str,
    test: Path,
    columns: tuple[str, str],
    show: Show,
    *,
    why: bool,
) -> Evaluation:
    rows = read_test(test, text_column=columns[0], label_column=columns[1])
    model = load_any(registry.folder, version)
    trained_on = [p.text for p in read_predictions(registry.path(version) / PREDICTIONS)]
    result = evaluate_on(model, rows, training=trained_on, progress=show)
    if not why or not result.errors:
        return result
    folder = registry.path(version)
    return explain(result, Neighbours.of_version(folder, model.encoder, progress=show))


def _explained(registry: Registry, version: str, result: Evaluation, show: Show) -> Evaluation:
    model = load_any(registry.folder, version)
    folder = registry.path(version)
    return explain(result, Neighbours.of_version(folder, model.encoder, progress=show))


def _curve(
    settings: Settings, registry: Registry, version: str, show: Show, *, measure: bool
) -> LearningCurve | None:
    data = settings.training_data if measure else None
    return curve_of(
        registry, version, training_data=data, labels=label_folder(settings), progress=show
    )


def compare(
    a: Annotated[str, typer.Argument(help="A version, `active`, `previous` or `newest`.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    *,
    test: TestPath = None,
    text_column: TextField = "text",
    label_column: LabelColumn = "intent",
    as_json: AsJson = False,
) -> None:
    """Compare two versions on the same messages: who is right where, and is it chance?"""
    with errors_told():
        registry = open_registry(load_settings())
        names = [version_named(registry, name) for name in (a, b)]
        if test is None:
            judged = [evaluate_held_out(registry, name).predictions for name in names]
            measured_on = "held-out writers"
        else:
            rows = read_test(test, text_column=text_column, label_column=label_column)
            measured_on = rows.name
            with progress() as show:
                judged = [
                    examine(load_any(registry.folder, name), rows, progress=show).predictions
                    for name in names
                ]
        result = compare_versions(names[0], names[1], *judged, measured_on=measured_on)
        if as_json:
            print_json({**asdict(result), "verdict": result.verdict})
            return
        print_comparison(result)

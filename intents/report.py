"""The evaluation as one HTML page that needs no network: tables and Plotly pictures."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from intents.evaluation import Evaluation

_MOST_ERRORS = 200
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .7rem;border-bottom:1px solid"
    " #8884;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}"
)


def render_report(evaluation: "Evaluation") -> str:
    """Return the page."""
    figures = [
        _per_intent(evaluation),
        _confusion(evaluation),
        _reliability(evaluation),
        _histogram(evaluation),
        _coverage(evaluation),
    ]
    pictures = [
        figure.to_html(full_html=False, include_plotlyjs="inline" if first else False)
        for first, figure in zip((True, *[False] * len(figures)), figures, strict=False)
    ]
    title = f"{escape(evaluation.version)} on {escape(evaluation.metrics.measured_on)}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1>{_summary(evaluation)}"
        + "".join(pictures)
        + f"<h2>Most often confused</h2>{_confusions(evaluation)}"
        f"<h2>Most confident errors</h2>{_errors(evaluation)}</html>"
    )


def _summary(evaluation: "Evaluation") -> str:
    metrics = evaluation.metrics
    rows: list[tuple[str, str]] = [
        ("messages", f"{metrics.messages:,}"),
        (
            "accuracy (95% interval)",
            f"{metrics.accuracy:.1%} ({metrics.accuracy_low:.1%} to {metrics.accuracy_high:.1%})",
        ),
        ("accuracy in scope", f"{metrics.in_scope_accuracy:.1%}"),
        ("macro-F1", f"{metrics.macro_f1:.1%}"),
        ("expected calibration error", f"{metrics.calibration_error:.3f}"),
    ]
    if metrics.out_of_scope_auroc is not None:
        rows += [
            ("out-of-scope AUROC", f"{metrics.out_of_scope_auroc:.3f}"),
            ("out of scope and flagged", f"{metrics.out_of_scope_recall or 0:.1%}"),
            ("in scope but flagged", f"{metrics.in_scope_refused:.1%}"),
        ]
    return _table(("figure", "value"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _confusions(evaluation: "Evaluation") -> str:
    rows = [(truth, guess, str(count)) for truth, guess, count in evaluation.confusions()]
    return _table(("truth", "predicted", "messages"), rows)


def _errors(evaluation: "Evaluation") -> str:
    rows = [
        (p.text[:200], p.truth, p.predicted, f"{p.confidence:.2f}", p.where)
        for p in evaluation.errors[:_MOST_ERRORS]
    ]
    return _table(("message", "truth", "predicted", "confidence", "line"), rows)


def _per_intent(evaluation: "Evaluation") -> "Figure":
    from plotly import graph_objects as go

    rows = sorted(evaluation.metrics.intents, key=lambda row: row.recall)
    figure = go.Figure(
        go.Bar(
            x=[row.recall for row in rows],
            y=[row.intent for row in rows],
            orientation="h",
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row.recall_high - row.recall for row in rows],
                "arrayminus": [row.recall - row.recall_low for row in rows],
            },
            customdata=[(row.precision, row.f1, row.messages) for row in rows],
            hovertemplate="%{y}: recall %{x:.1%}, precision %{customdata[0]:.1%}, "
            "F1 %{customdata[1]:.1%}, %{customdata[2]} messages<extra></extra>",
        )
    )
    figure.update_layout(
        title="Recall by intent, with 95% intervals",
        height=18 * len(rows) + 150,
        xaxis={"range": [0, 1], "tickformat": ".0%"},
    )
    return figure


def _confusion(evaluation: "Evaluation") -> "Figure":
    from plotly import graph_objects as go

    names = sorted({p.truth for p in evaluation.predictions})
    columns = sorted({*names, *(p.predicted for p in evaluation.predictions)})
    counts = np.zeros((len(names), len(columns)))
    row_of = {name: i for i, name in enumerate(names)}
    column_of = {name: i for i, name in enumerate(columns)}
    for p in evaluation.predictions:
        counts[row_of[p.truth], column_of[p.predicted]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(go.Heatmap(z=shares.round(4), x=columns, y=names, colorscale="Blues"))
    figure.update_layout(
        title="Confusion matrix (share of each true intent)", height=900, yaxis_autorange="reversed"
    )
    return figure


def _reliability(evaluation: "Evaluation") -> "Figure":
    from plotly import graph_objects as go

    from intents.evaluation import reliability

    bins = reliability(evaluation.predictions)
    figure = go.Figure()
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name="honest", line={"dash": "dot"})
    figure.add_scatter(
        x=[b.confidence for b in bins],
        y=[b.accuracy for b in bins],
        mode="lines+markers",
        name="measured",
        text=[f"{b.messages} messages" for b in bins],
    )
    figure.update_layout(
        title="Reliability", xaxis_title="confidence", yaxis_title="share right", height=450
    )
    return figure


def _histogram(evaluation: "Evaluation") -> "Figure":
    from plotly import graph_objects as go

    figure = go.Figure()
    for name, right in (("right", True), ("wrong", False)):
        values = [p.confidence for p in evaluation.predictions if p.right is right]
        figure.add_histogram(x=values, name=name, xbins={"start": 0, "end": 1, "size": 0.05})
    figure.update_layout(title="Confidence, right against wrong", barmode="overlay", height=400)
    figure.update_traces(opacity=0.6)
    return figure


def _coverage(evaluation: "Evaluation") -> "Figure":
    from plotly import graph_objects as go

    order = sorted(evaluation.predictions, key=lambda p: -p.confidence)
    right = np.cumsum([p.right for p in order])
    total = np.arange(1, len(order) + 1)
    step = max(1, len(order) // 500)
    figure = go.Figure(
        go.Scatter(
            x=(total / max(len(order), 1))[::step].round(4),
            y=(right / total)[::step].round(4),
            mode="lines",
        )
    )
    figure.update_layout(
        title="Precision over coverage",
        xaxis_title="share of messages answered, the most confident first",
        yaxis_title="share right",
        height=400,
    )
    return figure

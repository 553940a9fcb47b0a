"""The pictures of a report, with Plotly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE
from intents.evaluation.learning_curve import LearningCurve
from intents.figures.curves import confidence_histogram, coverage, reliability
from intents.figures.metrics import Predicted

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_BLUE, _RED, _GREY = "#1f5fbf", "#c2412d", "#8a8f98"
_FAINT_FIRST = [
    [0.0, "#ffffff"], [0.02, "#dce8fa"], [0.1, "#9dc0ee"], [0.4, "#3f7fd0"], [1.0, "#0d3a78"],
]  # fmt: skip
"""Errors are a few per cent of a row; on an even scale nobody would see them."""


_FEWEST_IN_A_BIN = 5
"""Messages below which a point of the reliability curve is noise."""


def confusion_matrix(predictions: Sequence[Predicted]) -> "Figure":
    """Return the share of each true intent that was read as each."""
    from plotly import graph_objects as go

    names = sorted({p.truth for p in predictions})
    columns = sorted({*names, *(p.predicted for p in predictions)})
    counts = np.zeros((len(names), len(columns)), np.int64)
    row_of = {name: i for i, name in enumerate(names)}
    column_of = {name: i for i, name in enumerate(columns)}
    for p in predictions:
        counts[row_of[p.truth], column_of[p.predicted]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(
        go.Heatmap(
            z=shares.round(4).tolist(),
            x=columns,
            y=names,
            customdata=counts.tolist(),
            colorscale=_FAINT_FIRST,
            zmin=0,
            zmax=1,
            colorbar={"tickformat": ".0%", "thickness": 12, "len": 0.5},
            hovertemplate="%{y}<br>read as %{x}<br>%{customdata} messages, %{z:.1%}<extra></extra>",
        )
    )
    size = max(420, 14 * len(columns) + 220)
    figure.update_layout(
        height=size,
        width=size + 60,
        xaxis={"tickangle": -90, "dtick": 1, "tickfont": {"size": 10}, "showgrid": False},
        yaxis={"autorange": "reversed", "dtick": 1, "tickfont": {"size": 10}, "showgrid": False},
    )
    return _plain(figure)


def reliability_curve(predictions: Sequence[Predicted]) -> "Figure":
    """Return confidence against the share right, point size by how many messages."""
    from plotly import graph_objects as go

    bins = [b for b in reliability(predictions) if b.messages >= _FEWEST_IN_A_BIN]
    most = max((b.messages for b in bins), default=1)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="honest", line={"dash": "dot", "color": _GREY}
    )
    figure.add_scatter(
        x=[b.confidence for b in bins],
        y=[b.accuracy for b in bins],
        mode="lines+markers",
        name="measured",
        marker={"size": [7 + 17 * (b.messages / most) ** 0.5 for b in bins], "color": _BLUE},
        line={"color": _BLUE},
        customdata=[b.messages for b in bins],
        hovertemplate="confidence %{x:.1%}: right %{y:.1%} of %{customdata}<extra></extra>",
    )
    figure.update_layout(
        height=380,
        xaxis={"title": "confidence", "range": [0, 1.03], "tickformat": ".0%"},
        yaxis={"title": "share right", "range": [0, 1.06], "tickformat": ".0%"},
    )
    return _plain(figure)


def histogram(predictions: Sequence[Predicted]) -> "Figure":
    """Return how confident right readings are, and wrong ones."""
    from plotly import graph_objects as go

    bins = confidence_histogram(predictions)
    middle = [(b.low + b.high) / 2 for b in bins]
    figure = go.Figure()
    figure.add_bar(x=middle, y=[b.right for b in bins], name="right", marker_color=_BLUE)
    figure.add_bar(x=middle, y=[b.wrong for b in bins], name="wrong", marker_color=_RED)
    figure.update_layout(
        barmode="stack",
        bargap=0.05,
        height=380,
        xaxis={"title": "confidence", "range": [0, 1], "tickformat": ".0%"},
        yaxis={"title": "messages"},
    )
    return _plain(figure)


def coverage_curve(predictions: Sequence[Predicted]) -> "Figure":
    """Return how precise the answers are when only the most confident are given."""
    from plotly import graph_objects as go

    points = coverage(predictions)
    figure = go.Figure(
        go.Scatter(
            x=[p.coverage for p in points],
            y=[p.precision for p in points],
            customdata=[p.threshold for p in points],
            mode="lines",
            line={"color": _BLUE},
            hovertemplate="from confidence %{customdata:.2f}: %{x:.0%} answered, %{y:.1%} right"
            "<extra></extra>",
        )
    )
    figure.update_layout(
        height=380,
        xaxis={"title": "share answered, the most confident first", "tickformat": ".0%"},
        yaxis={"title": "share of it right", "tickformat": ".0%"},
    )
    return _plain(figure)


def out_of_scope_histogram(predictions: Sequence[Predicted]) -> "Figure":
    """Return the out-of-scope scores of messages inside and outside, each as shares."""
    from plotly import graph_objects as go

    figure = go.Figure()
    for name, outside, color in (("in scope", False, _BLUE), ("out of scope", True, _RED)):
        values = [p.out_of_scope_score for p in predictions if (p.truth == OUT_OF_SCOPE) is outside]
        counts, edges = np.histogram(values, np.linspace(0, 1, 21))
        figure.add_bar(
            x=((edges[:-1] + edges[1:]) / 2).round(3).tolist(),
            y=(counts / max(len(values), 1)).round(4).tolist(),
            name=name,
            marker_color=color,
        )
    figure.update_layout(
        height=380,
        xaxis={"title": "score for out of scope", "tickformat": ".0%"},
        yaxis={"title": "share of its messages", "tickformat": ".0%"},
    )
    return _plain(figure)


def learning_picture(curve: LearningCurve) -> "Figure":
    """Return accuracy on held-out writers by how many others were learnt from."""
    from plotly import graph_objects as go

    points = curve.points
    figure = go.Figure(
        go.Scatter(
            x=[p.messages for p in points],
            y=[p.accuracy for p in points],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [p.high - p.accuracy for p in points],
                "arrayminus": [p.accuracy - p.low for p in points],
            },
            mode="lines+markers",
            line={"color": _BLUE},
            customdata=[p.writers for p in points],
            hovertemplate="%{customdata} writers, %{x:,} messages: %{y:.1%}<extra></extra>",
        )
    )
    figure.update_layout(
        height=380,
        xaxis={"title": "messages learnt from (one writer more at each point)"},
        yaxis={"title": "right on held-out writers", "tickformat": ".0%"},
    )
    return _plain(figure)


def _plain(figure: "Figure") -> "Figure":
    figure.update_layout(
        template="plotly_white",
        margin={"l": 56, "r": 12, "t": 12, "b": 48},
        legend={"orientation": "h", "y": 1.08, "x": 0},
        font={"family": "system-ui, sans-serif", "size": 12},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure

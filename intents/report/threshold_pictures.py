"""Pictures of what thresholds do, with the one in force marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from intents.figures.curves import DoubtPoint, ThresholdPoint

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_BLUE, _RED, _GREY = "#1f5fbf", "#c2412d", "#8a8f98"


def doubt_picture(points: Sequence[DoubtPoint], *, chosen: float, title: str) -> "Figure":
    """Return the shares believed, right among them, and asked about needlessly."""
    lines = {
        "right among the believed": ([p.right for p in points], _BLUE),
        "believed": ([p.believed for p in points], _GREY),
        "asked needlessly": ([p.wasted for p in points], _RED),
    }
    return _picture([p.threshold for p in points], lines, chosen, title)


def threshold_picture(points: Sequence[ThresholdPoint], *, chosen: float, title: str) -> "Figure":
    """Return recall, precision and false alarms."""
    lines = {
        "found (recall)": ([p.recall for p in points], _BLUE),
        "right among the flagged (precision)": ([p.precision for p in points], _GREY),
        "false alarms": ([p.false_alarms for p in points], _RED),
    }
    return _picture([p.threshold for p in points], lines, chosen, title)


def _picture(
    thresholds: Sequence[float],
    lines: dict[str, tuple[list[float], str]],
    chosen: float,
    title: str,
) -> "Figure":
    from plotly import graph_objects as go

    figure = go.Figure()
    for name, (values, color) in lines.items():
        figure.add_scatter(x=list(thresholds), y=values, mode="lines", name=name, line_color=color)
    figure.add_vline(x=chosen, line_dash="dot", annotation_text=f"in force: {chosen:.3g}")
    figure.update_layout(
        title=title,
        template="plotly_white",
        height=380,
        xaxis={"title": "threshold"},
        yaxis={"title": "share", "tickformat": ".0%"},
        legend={"orientation": "h", "y": -0.25},
    )
    return figure

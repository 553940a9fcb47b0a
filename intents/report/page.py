"""An evaluation as one HTML page that needs no network, and as JSON."""

from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from intents.evaluation.evaluate import Evaluation
from intents.figures.curves import (
    CoveragePoint,
    HistogramBin,
    ReliabilityBin,
    confidence_histogram,
    coverage,
    reliability,
)
from intents.figures.metrics import write_predictions
from intents.report import pictures, tables
from intents.report.style import STYLE
from intents.versions.registry import METRICS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

REPORT = "report.html"
REPORT_JSON = "report.json"
ERRORS = "errors.jsonl"


def write_report(evaluation: Evaluation, folder: Path) -> Path:
    """Write the page, ``report.json``, ``metrics.json`` and ``errors.jsonl``; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    evaluation.metrics.write(folder / METRICS)
    write_predictions(evaluation.errors, folder / ERRORS)
    (folder / REPORT_JSON).write_bytes(report_json(evaluation))
    page = folder / REPORT
    page.write_text(render_report(evaluation), encoding="utf-8")
    return page


def report_json(evaluation: Evaluation) -> bytes:
    """Return all that the page shows as JSON, without the messages that were read rightly."""
    body: dict[str, object] = {
        "version": evaluation.version,
        "metrics": asdict(evaluation.metrics),
        "agreement": asdict(evaluation.agreement) if evaluation.agreement else None,
        "confusions": [asdict(found) for found in evaluation.confusions()],
        "slices": [asdict(found) for found in evaluation.slices],
        "learning_curve": asdict(evaluation.curve) if evaluation.curve else None,
        "errors": [asdict(found) for found in evaluation.explained],
        "topic_errors": [asdict(row) for row in evaluation.topics if not row.right],
        "consent_errors": [asdict(row) for row in evaluation.consent if row.read != row.truth],
        "several": [asdict(row) for row in evaluation.several],
        **_curves(evaluation),
    }
    return TypeAdapter(dict[str, object]).dump_json(body, indent=2) + b"\n"


def _curves(evaluation: Evaluation) -> dict[str, object]:
    if not evaluation.predictions:
        return {}
    rows: dict[str, list[ReliabilityBin] | list[HistogramBin] | list[CoveragePoint]] = {
        "reliability": reliability(evaluation.predictions),
        "confidence": confidence_histogram(evaluation.predictions),
        "coverage": coverage(evaluation.predictions),
    }
    return {name: [asdict(row) for row in found] for name, found in rows.items()}


def render_report(evaluation: Evaluation) -> str:
    """Return the page."""
    title = f"{evaluation.version} on {evaluation.metrics.measured_on}"
    sections = [section for section in _sections(evaluation) if section[2]]
    links = "".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in sections)
    body = "".join(
        f'<h2 id="{key}">{escape(name)}</h2>{content}' for key, name, content in sections
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><script>{_plotly()}</script>"
        f'<h1>{escape(title)}</h1><p class="note">{_counts(evaluation)}</p>'
        f"{tables.tiles(evaluation)}<nav>{links}</nav>{body}</html>"
    )


def _counts(evaluation: Evaluation) -> str:
    counts = {
        "messages for the intents": len(evaluation.predictions),
        "for topics": len(evaluation.topics),
        "for consent": len(evaluation.consent),
        "for sentiment": len(evaluation.sentiment),
        "with several wishes": len(evaluation.several),
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) + "."


def _sections(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """Return the anchor, title and content of each section; empty ones are left out."""
    any_intents = bool(evaluation.predictions)
    return [
        (
            "intents",
            "Intents, the weakest first",
            tables.by_intent(evaluation) if any_intents else "",
        ),
        ("pairs", "Most often confused", _pairs(evaluation)),
        ("errors", "Most confident errors, and why", _errors(evaluation)),
        ("matrix", "Confusion matrix", _matrix(evaluation)),
        ("trust", "Confidence", _trust(evaluation)),
        ("slices", "Style and length", _slices(evaluation)),
        ("curve", "Learning curve", _curve(evaluation)),
        ("topics", "Sensitive topics", _topics(evaluation)),
        ("consent", "Consent", tables.consent_tables(evaluation)),
        ("sentiment", "Sentiment and frustration", tables.sentiment_table(evaluation)),
        ("several", "Several wishes in one message", tables.several_table(evaluation)),
    ]


def _pairs(evaluation: Evaluation) -> str:
    found = evaluation.confusions()
    if not found:
        return ""
    return (
        "<p>A pair at the top wants either better lines on its border or another border: look at "
        "the lines, then write more of both intents in other people's words.</p>"
        + tables.confusions(found)
    )


def _errors(evaluation: Evaluation) -> str:
    if not evaluation.explained:
        return ""
    return (
        "<p>Below each: the training messages nearest to it (cosine similarity). If they carry the "
        "wrong label, mend them; if they are of the wrong intent, lines of the right one are "
        "missing; if they agree with the reading, ask whether the label of the message is right."
        "</p>" + tables.explained_errors(evaluation.explained)
    )


def _matrix(evaluation: Evaluation) -> str:
    if not evaluation.predictions:
        return ""
    picture = _picture(pictures.confusion_matrix(evaluation.predictions), fixed=True)
    return f"<p>Share of each true intent (row) that was read as each (column).</p>{picture}"


def _trust(evaluation: Evaluation) -> str:
    rows = evaluation.predictions
    if not rows:
        return ""
    shown = [
        ("Reliability: is 80% right 80% of the time?", pictures.reliability_curve(rows)),
        ("Confidence, right against wrong", pictures.histogram(rows)),
        ("Precision over coverage", pictures.coverage_curve(rows)),
    ]
    if evaluation.metrics.out_of_scope_auroc is not None:
        shown.append(("Out of scope: the scores", pictures.out_of_scope_histogram(rows)))
    cells = "".join(
        f"<div><h3>{escape(title)}</h3>{_picture(figure)}</div>" for title, figure in shown
    )
    return f'<div class="two">{cells}</div>'


def _slices(evaluation: Evaluation) -> str:
    groups = list(dict.fromkeys(found.group for found in evaluation.slices))
    cells = "".join(
        f"<div>{tables.slice_table(evaluation.slices, group)}</div>" for group in groups
    )
    return f'<div class="two">{cells}</div>' if groups else ""


def _curve(evaluation: Evaluation) -> str:
    curve = evaluation.curve
    if curve is None or not curve.points:
        return ""
    gain = curve.rising_by
    said = "" if gain is None else f" The last step gained {gain * 100:.1f} points."
    return (
        f"<p>Right on the lines of {escape(', '.join(curve.held_out))}, each held out in turn, by "
        f"how many messages of other writers were learnt from.{said}</p>"
        f"{_picture(pictures.learning_picture(curve))}"
    )


def _topics(evaluation: Evaluation) -> str:
    if not evaluation.metrics.topics:
        return ""
    errors = tables.topic_errors(evaluation) if evaluation.topics else ""
    return tables.topic_table(evaluation.metrics.topics) + errors


def _picture(figure: "Figure", *, fixed: bool = False) -> str:
    """Return a figure's HTML; a ``fixed`` one keeps its width, and a narrow screen scrolls."""
    config = {"displaylogo": False, "responsive": not fixed, "displayModeBar": False}
    body = figure.to_html(full_html=False, include_plotlyjs=False, config=config)
    return f'<div class="wide">{body}</div>'


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())

"""An evaluation as one HTML page with pictures; nothing is loaded from elsewhere."""

import html
from collections.abc import Sequence

from knowledge_base.evaluation import DEPTH, Evaluation, Judged

BINS = 10
_WIDTH, _HEIGHT = 520, 180

_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;text-align:left;
border-bottom:1px solid #ddd;vertical-align:top}svg{display:block;margin:.5rem 0 1.5rem}
.yes{fill:#2f7d5b}.no{fill:#b5523b}figcaption{color:#555}"""

_FIGURES = (
    ("recall_at_1", "Right passage first (recall@1)"),
    ("recall_at_5", "Right passage among five (recall@5)"),
    ("mrr_at_10", "MRR@10"),
    ("products_found", "Products found"),
    ("answer_rate", "Answerable questions answered"),
    ("refusal_rate", "Unanswerable questions refused"),
    ("auroc", "Answerable told from unanswerable (AUROC)"),
    ("calibration_error", "Calibration error"),
)


def page(result: Evaluation, *, title: str, version: str) -> str:
    """Return the page: figures, ranks, answerability, calibration, and every failure."""
    rows = "".join(
        f"<tr><td>{name}</td><td>{_told(result, key)}</td></tr>" for key, name in _FIGURES
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
        f'content="width=device-width"><title>{_safe(title)}</title><style>{_STYLE}</style>'
        f"<h1>{_safe(title)}</h1><p>{result.questions} questions on {_safe(version)}, answered "
        f"from {result.threshold:.2f} on; a search takes {result.p50_ms:.1f} ms (median).</p>"
        f"<table>{rows}</table>{_ranks(result.judged)}{_answerability(result)}"
        f"{_calibration(result.judged)}{_failures(result)}</html>\n"
    )


def _told(result: Evaluation, key: str) -> str:
    value = getattr(result, key)
    return "nothing to count" if value is None else f"{value:.3f}"


def _safe(text: str) -> str:
    return html.escape(text)


def _ranks(judged: Sequence[Judged]) -> str:
    ranked = [j.rank for j in judged if j.question.answerable and j.question.names_passage]
    counts = [ranked.count(rank) for rank in range(1, DEPTH + 1)] + [ranked.count(0)]
    labels = [str(rank) for rank in range(1, DEPTH + 1)] + ["not found"]
    return _figure("Rank of the right passage", _bars([(counts, "yes")], labels))


def _answerability(result: Evaluation) -> str:
    series = []
    for answerable, kind in ((True, "yes"), (False, "no")):
        counts = [0] * BINS
        for one in result.judged:
            if one.question.answerable is answerable:
                counts[min(BINS - 1, int(one.answerability * BINS))] += 1
        series.append((counts, kind))
    labels = [f"{b / BINS:.1f}" for b in range(BINS)]
    caption = "Answerability: answerable questions green, unanswerable ones red"
    return _figure(caption, _bars(series, labels))


def _calibration(judged: Sequence[Judged]) -> str:
    shares = []
    for b in range(BINS):
        held = [j for j in judged if min(BINS - 1, int(j.answerability * BINS)) == b]
        shares.append(
            round(100 * sum(j.question.answerable for j in held) / len(held)) if held else 0
        )
    labels = [f"{b / BINS:.1f}" for b in range(BINS)]
    caption = "Calibration: per cent that are answerable, by answerability"
    return _figure(caption, _bars([(shares, "yes")], labels))


def _bars(series: Sequence[tuple[Sequence[int], str]], labels: Sequence[str]) -> str:
    most = max((count for counts, _ in series for count in counts), default=0) or 1
    slot = _WIDTH / len(labels)
    width = slot * 0.8 / len(series)
    parts = []
    for place, label in enumerate(labels):
        for number, (counts, kind) in enumerate(series):
            height = counts[place] / most * (_HEIGHT - 40)
            x, y = place * slot + number * width + slot * 0.1, _HEIGHT - 20 - height
            parts.append(
                f'<rect class={kind} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}"><title>{counts[place]}</title></rect>'
                f'<text x="{x:.1f}" y="{y - 3:.1f}" font-size="10">{counts[place] or ""}</text>'
            )
        parts.append(
            f'<text x="{place * slot + slot * 0.1:.1f}" y="{_HEIGHT - 5}" font-size="10">'
            f"{_safe(label)}</text>"
        )
    return f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img">{"".join(parts)}</svg>'


def _figure(caption: str, picture: str) -> str:
    return f"<figure><figcaption>{caption}</figcaption>{picture}</figure>"


def _failures(result: Evaluation) -> str:
    if not result.failures:
        return "<h2>Failures</h2><p>None.</p>"
    rows = "".join(
        f"<tr><td>{_safe(j.question.question)}</td>"
        f"<td>{'answerable' if j.question.answerable else 'not answerable'}</td>"
        f"<td>{j.rank or 'not found'}</td><td>{j.answerability:.2f}</td>"
        f"<td>{_safe(j.top_heading)}</td></tr>"
        for j in result.failures
    )
    names = ("question", "is", "rank", "answerability", "found first")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"
    return f"<h2>Failures ({len(result.failures)})</h2><table>{head}{rows}</table>"

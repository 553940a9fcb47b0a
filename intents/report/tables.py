"""The tables and lists of a report, as HTML. Everything that a customer wrote is escaped."""

from collections.abc import Sequence
from html import escape

from intents.evaluation.evaluate import Confusion, Evaluation, Explained
from intents.figures.metrics import TopicFigures
from intents.figures.slices import Slice

_MOST_SHOWN = 40
_LONGEST = 240


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers_from: int | None = None
) -> str:
    """Return a table of cells that are HTML already.

    From column ``numbers_from`` on cells are numbers, aligned to the right.
    """
    start = len(head) if numbers_from is None else numbers_from

    def cell(place: int, value: str, tag: str) -> str:
        kind = ' class="n"' if place >= start else ""
        return f"<{tag}{kind}>{value}</{tag}>"

    top = "".join(cell(i, escape(value), "th") for i, value in enumerate(head))
    body = "".join(
        "<tr>" + "".join(cell(i, value, "td") for i, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def tiles(evaluation: Evaluation) -> str:
    """Return the main figures, large."""
    m = evaluation.metrics
    shown: list[tuple[str, str, str]] = []
    if m.messages:
        shown += [
            ("accuracy", f"{m.accuracy:.1%}", f"{m.accuracy_low:.1%} to {m.accuracy_high:.1%}"),
            ("in scope", f"{m.in_scope_accuracy:.1%}", "accuracy without out-of-scope messages"),
            ("macro-F1", f"{m.macro_f1:.1%}", f"over {len(m.intents)} intents"),
            ("calibration error", f"{m.calibration_error:.3f}", "0 is honest"),
        ]
    if m.out_of_scope_auroc is not None:
        shown += [
            ("out-of-scope AUROC", f"{m.out_of_scope_auroc:.3f}", "1 tells all apart"),
            ("out of scope, flagged", f"{m.out_of_scope_recall or 0:.1%}", "more is better"),
            ("in scope, but flagged", f"{m.in_scope_refused:.1%}", "less is better"),
        ]
    if evaluation.agreement is not None:
        a = evaluation.agreement
        shown.append(
            ("two people agree", f"{a.agreed:.1%}", f"kappa {a.kappa:.2f}: the ceiling here")
        )
    cells = "".join(
        f"<div><span>{escape(name)}</span><b>{value}</b><small>{escape(note)}</small></div>"
        for name, value, note in shown
    )
    return f'<div class="tiles">{cells}</div>'


def by_intent(evaluation: Evaluation) -> str:
    """Return the table by intent, the weakest first, each share with its interval drawn."""
    rows = [
        (
            named(row.intent),
            str(row.messages),
            f"{row.f1:.1%}",
            interval_bar(row.recall, row.recall_low, row.recall_high),
            interval_bar(row.precision, row.precision_low, row.precision_high),
        )
        for row in sorted(evaluation.metrics.intents, key=lambda row: row.f1)
    ]
    head = ("intent", "messages", "F1", "recall, 95% interval", "precision, 95% interval")
    return table(head, rows, numbers_from=1)


def interval_bar(value: float, low: float, high: float) -> str:
    """Return a share with its interval, as text and as a bar."""
    return (
        f'<span class="bar" title="{low:.1%} to {high:.1%}">'
        f'<i style="left:{low * 100:.1f}%;width:{max(high - low, 0) * 100:.1f}%"></i>'
        f'<u style="left:{value * 100:.1f}%"></u></span>'
        f'<span class="num">{value:.0%} <small>({low:.0%} to {high:.0%})</small></span>'
    )


def confusions(found: Sequence[Confusion]) -> str:
    """Return the pairs most often confused, with lines to look at."""
    rows = [
        (
            named(pair.truth),
            named(pair.predicted),
            "<br>".join(
                f"{quoted(p.text)} <small>{p.confidence:.0%}, {escape(p.where)}</small>"
                for p in pair.examples
            ),
            str(pair.messages),
        )
        for pair in found
    ]
    return table(("is", "read as", "the most confident of them", "messages"), rows, numbers_from=3)


def explained_errors(found: Sequence[Explained]) -> str:
    """Return the most confident errors, each with the training messages that pulled it there."""
    items = []
    for each in found[:_MOST_SHOWN]:
        error = each.error
        near = "".join(
            f"<li><b>{near.similarity:.2f}</b> {escape(near.intent)}: {quoted(near.text)} "
            f"<small>{escape(near.writer)}, {escape(near.where)}</small></li>"
            for near in each.nearest
        )
        items.append(
            f"<article><p>{quoted(error.text)}</p>"
            f"<p><b>{escape(error.truth)}</b> read as <b>{escape(error.predicted)}</b> "
            f"({error.confidence:.0%}; then {escape(error.second)} {error.second_confidence:.0%}) "
            f"<small>{escape(error.where)}</small></p><ul>{near}</ul></article>"
        )
    return f'<div class="cards">{"".join(items)}</div>'


def slice_table(found: Sequence[Slice], group: str) -> str:
    """Return the figures of one way of cutting."""
    rows = [
        (
            escape(each.name),
            str(each.messages),
            interval_bar(each.accuracy, each.low, each.high),
            f"{each.confidence:.0%}",
        )
        for each in found
        if each.group == group
    ]
    return table((group, "messages", "right, 95% interval", "confidence"), rows, numbers_from=1)


def topic_table(topics: Sequence[TopicFigures]) -> str:
    """Return the table by topic."""
    rows = [
        (
            named(row.topic),
            str(row.positives),
            interval_bar(row.recall, row.recall_low, row.recall_high),
            interval_bar(row.precision, row.precision_low, row.precision_high),
            f"{row.threshold:.2f}",
        )
        for row in topics
    ]
    head = ("topic", "messages", "recall, 95% interval", "precision, 95% interval", "threshold")
    return table(head, rows, numbers_from=1)


def topic_errors(evaluation: Evaluation) -> str:
    """Return the messages whose topics were not found as labelled."""
    rows = [
        (
            quoted(row.text),
            escape(", ".join(row.truth) or "(none)"),
            escape(", ".join(row.found) or "(none)"),
            f"<small>{escape(row.where)}</small>",
        )
        for row in evaluation.topics
        if not row.right
    ]
    return table(("message", "topics", "found", "line"), rows[:_MOST_SHOWN])


def consent_tables(evaluation: Evaluation) -> str:
    """Return the consent figures, and the messages that were obeyed or missed wrongly."""
    c = evaluation.metrics.consent
    if c is None:
        return ""
    shares = [
        (f"of {c.opt_outs} opt-outs obeyed", f"{c.obeyed:.1%}"),
        (f"of {c.opt_outs} opt-outs obeyed or asked back", f"{c.obeyed_or_asked:.1%}"),
        (f"of {c.others} other messages obeyed wrongly", f"{c.obeyed_wrongly:.2%}"),
        (
            "of messages that say nothing about texting asked needlessly",
            f"{c.asked_needlessly:.2%}",
        ),
    ]
    wrong = [
        (
            quoted(row.text),
            escape(row.truth),
            escape(row.read),
            f"<small>{escape(row.where)}</small>",
        )
        for row in sorted(evaluation.consent, key=lambda row: not row.harmful)
        if row.read != row.truth
    ]
    return table(("share", ""), shares, numbers_from=1) + (
        table(("message", "is", "read as", "line"), wrong[:_MOST_SHOWN]) if wrong else ""
    )


def sentiment_table(evaluation: Evaluation) -> str:
    """Return the sentiment figures."""
    s = evaluation.metrics.sentiment
    if s is None:
        return ""
    rows = [
        ("messages", f"{s.messages:,}"),
        ("accuracy of three classes", f"{s.accuracy:.1%}"),
        ("macro-F1", f"{s.macro_f1:.1%}"),
        ("frustration, mean error (of 0 to 1)", f"{s.frustration_error:.2f}"),
        ("frustration, correlation", f"{s.frustration_correlation:.2f}"),
    ]
    wrong = [
        (
            quoted(row.text),
            f"{row.truth} {row.frustration:.1f}",
            f"{row.read} {row.frustration_read:.1f}",
            f"<small>{escape(row.where)}</small>",
        )
        for row in sorted(evaluation.sentiment, key=lambda r: -abs(r.score))
        if row.truth is not row.read
    ]
    return table(("figure", ""), rows, numbers_from=1) + (
        table(("message", "is", "read as", "line"), wrong[:_MOST_SHOWN]) if wrong else ""
    )


def several_table(evaluation: Evaluation) -> str:
    """Return how messages with several wishes were read."""
    rows = evaluation.several
    if not rows:
        return ""
    shares = [
        ("exactly its wishes are found", _share([row.all_found for row in rows])),
        ("the best intent is one of them", _share([row.first_right for row in rows])),
        ("all of them among the best three", _share([row.all_among_three for row in rows])),
    ]
    missed = [
        (quoted(row.text), escape(", ".join(row.truth)), escape(", ".join(row.parts) or "(one)"))
        for row in rows
        if not row.all_found
    ]
    return table((f"of {len(rows)} messages", ""), shares, numbers_from=1) + table(
        ("message", "wishes", "found"), missed
    )


def named(name: str) -> str:
    """Return a name as HTML that a narrow screen may break after an underscore."""
    return escape(name).replace("_", "_<wbr>")


def quoted(text: str) -> str:
    """Return a message as HTML, cut where it is very long."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"<q>{escape(cut)}</q>"


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.1%}"

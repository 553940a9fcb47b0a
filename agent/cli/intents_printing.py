"""How ``textwise intents`` shows figures to people."""

from typing import Any

from rich.table import Table

from agent.cli.console import OUT
from intents.evaluation.comparison import Comparison, IntentChange
from intents.evaluation.evaluate import Evaluation
from intents.figures.metrics import Metrics
from intents.versions.registry import Active

_WEAKEST = 12
_CHANGED_SHOWN = 15
_PAIRS_SHOWN = 8


def print_metrics(metrics: Metrics) -> None:
    """Print the main figures, the weakest intents, and the topics."""
    if metrics.messages:
        _print_intents(metrics)
    if metrics.consent is not None:
        c = metrics.consent
        _line(
            f"Opt-outs: obeyed {c.obeyed:.1%}, obeyed or asked {c.obeyed_or_asked:.1%}; others "
            f"obeyed wrongly {c.obeyed_wrongly:.2%}, asked needlessly {c.asked_needlessly:.2%}"
        )
    if metrics.sentiment is not None:
        s = metrics.sentiment
        _line(
            f"Sentiment: accuracy {s.accuracy:.1%}; frustration: mean error "
            f"{s.frustration_error:.2f}, correlation {s.frustration_correlation:.2f}"
        )
    if metrics.messages:
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


def _print_intents(metrics: Metrics) -> None:
    _line(
        f"On {metrics.measured_on}, {metrics.messages:,} messages: accuracy {metrics.accuracy:.1%} "
        f"({metrics.accuracy_low:.1%} to {metrics.accuracy_high:.1%}), in scope "
        f"{metrics.in_scope_accuracy:.1%}, macro-F1 {metrics.macro_f1:.1%}, calibration error "
        f"{metrics.calibration_error:.3f}"
    )
    if metrics.out_of_scope_auroc is not None:
        _line(
            f"Out of scope: AUROC {metrics.out_of_scope_auroc:.3f}, found "
            f"{metrics.out_of_scope_recall:.1%}, in scope refused {metrics.in_scope_refused:.1%}"
        )


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the figures and the pairs most often confused."""
    print_metrics(evaluation.metrics)
    pairs = Table("is", "read as", "messages", "one of them")
    found = evaluation.confusions()[:_PAIRS_SHOWN]
    for pair in found:
        example = pair.examples[0]
        pairs.add_row(
            pair.truth, pair.predicted, str(pair.messages), f"{example.text[:60]} ({example.where})"
        )
    if found:
        OUT.print(pairs)
    if evaluation.agreement is not None:
        a = evaluation.agreement
        _line(f"Two blind labellers agree on {a.agreed:.1%} (kappa {a.kappa:.2f}): the ceiling.")


def print_comparison(found: Comparison) -> None:
    """Print who is right where, the intents that moved, and the messages that changed."""
    _line(
        f"{found.messages:,} messages of {found.measured_on}. Right: {found.a} "
        f"{found.accuracy_a:.1%}, {found.b} {found.accuracy_b:.1%}. Only {found.a} right: "
        f"{found.only_a}; only {found.b} right: {found.only_b}. {found.verdict}"
    )
    _line(
        f"Accuracy {found.differences.accuracy}, macro-F1 {found.differences.macro_f1} "
        "(paired 95% intervals)."
    )
    for title, changes in (("worse", found.worse), ("better", found.better)):
        for change in changes:
            _line(f"  {title}: {_moved(change)}")
    for was, now in found.changed[:_CHANGED_SHOWN]:
        mark = "+" if now.right else ("-" if was.right else "~")
        _line(f"  {mark} {was.text[:80]!r}: {was.predicted} → {now.predicted} (is {was.truth})")
    hidden = len(found.changed) - _CHANGED_SHOWN
    if hidden > 0:
        _line(f"  … and {hidden} more; all of them with --json.")


def _moved(change: IntentChange) -> str:
    said = (
        f"{change.intent}: F1 {change.f1_before:.1%} → {change.f1_after:.1%} of {change.messages} "
        f"messages, {change.lost} lost, {change.won} won (p = {change.p_value:.2g})"
    )
    return said + (f", most now {change.now_read_as}" if change.now_read_as else "")


def print_active(active: Active) -> None:
    """Print which version is active now."""
    _line(f"Active: {active.version}")


def print_understanding(row: dict[str, Any]) -> None:
    """Print one message's readings."""
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


def _line(text: str) -> None:
    OUT.print(text, highlight=False, markup=False)

"""The model card: what a version is and how good it is, in words and a few figures."""

from intents.figures.metrics import Metrics
from intents.versions.manifest import Manifest

_WEAKEST = 8


def render_card(manifest: Manifest, metrics: Metrics) -> str:
    """Return the card as Markdown."""
    weakest = sorted(metrics.intents, key=lambda row: row.f1)[:_WEAKEST]
    names = ", ".join(f"{row.intent} {row.f1:.0%}" for row in weakest)
    rows = "\n".join(f"| {name} | {value} |" for name, value in _rows(metrics))
    return f"""# {manifest.version}

Understands customers' text messages in English: {len(manifest.intents)} intents,
{len(manifest.topics)} sensitive topics, sentiment and frustration, consent.

Trained on {manifest.messages["intents"]:,} utterances (data `{manifest.data_sha256[:12]}`) with
the encoder `{manifest.encoder}`, seed {manifest.seed}. `training_data/README.md` says who wrote the
shipped data, and its limits.
{_deep(manifest)}
Measured on {metrics.measured_on}: each message is judged by a model that saw nothing of its writer.

| figure | value |
|---|---|
{rows}

Weakest intents (F1): {names}.
"""


def _deep(manifest: Manifest) -> str:
    """Say how a deep version came about; nothing of any other."""
    if manifest.deep is None:
        return ""
    how = manifest.deep
    return f"""
Deep: the encoder `{how.tuned}` was tuned for {how.epochs} epochs ({how.tuning_seconds:,.0f} s),
and before that without {how.held_out:,} of {how.messages:,} messages in
{how.calibration_seconds:,.0f} s. Its share in the intents' probabilities ({how.share:.0%}) and
their figures below come from those messages.
"""


def _rows(metrics: Metrics) -> list[tuple[str, str]]:
    rows = [
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
            ("out of scope, and flagged", f"{metrics.out_of_scope_recall or 0:.1%}"),
            ("in scope, but flagged", f"{metrics.in_scope_refused:.1%}"),
        ]
    if metrics.consent is not None:
        rows += [
            ("opt-outs obeyed", f"{metrics.consent.obeyed:.1%}"),
            ("opt-outs obeyed or asked back", f"{metrics.consent.obeyed_or_asked:.1%}"),
            ("other messages obeyed wrongly", f"{metrics.consent.obeyed_wrongly:.2%}"),
            ("other messages asked needlessly", f"{metrics.consent.asked_needlessly:.2%}"),
        ]
    if metrics.sentiment is not None:
        rows += [
            ("sentiment accuracy", f"{metrics.sentiment.accuracy:.1%}"),
            ("frustration, mean error", f"{metrics.sentiment.frustration_error:.2f}"),
        ]
    return rows

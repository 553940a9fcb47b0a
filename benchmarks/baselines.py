"""Other ways of telling intents, on the same messages: what ``textwise intents benchmark`` adds.

    python -m benchmarks.baselines --train FILE --test FILE [--label-column L] [--only NAME]

Each is trained as its own documentation begins, on the same weights as the fast tier where it
takes an encoder, without one out-of-scope example, and asked one message at a time on one thread.
What is not installed is skipped with the reason. Accuracy and macro-F1 are in scope, as in
``textwise intents benchmark``; AUROC is of one minus the confidence of the best intent.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from agent.cli.console import print_json, tell
from benchmarks.baselines_kinds import Baseline, Maker, SkippedError
from benchmarks.baselines_linear import SentenceTransformerLogistic, TfidfLinear
from benchmarks.baselines_nlpjs import NlpJs
from benchmarks.baselines_semantic_router import SemanticRouterBaseline
from intents.corpus.data import OUT_OF_SCOPE, Labelled
from intents.corpus.labelled_files import read_labelled
from intents.encoders.weights import find_weights
from intents.figures.metrics import Predicted, figures

MAKERS: dict[str, Maker] = {
    "tf-idf": TfidfLinear.make,
    "sentence-transformers": SentenceTransformerLogistic.make,
    "nlp.js": NlpJs.make,
    "semantic-router": SemanticRouterBaseline.make,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One baseline's figures; all None, and ``skipped`` the reason, where it could not run."""

    name: str
    skipped: str | None = None
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    macro_f1: float | None = None
    out_of_scope_auroc: float | None = None
    train_seconds: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None


def main() -> None:
    """Print the table, or its rows as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", default="intent")
    parser.add_argument("--out-of-scope")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--only", action="append", choices=sorted(MAKERS))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    train, test = (
        read_labelled(path, text_column=given.text_column, label_column=given.label_column)
        for path in (given.train, given.test)
    )
    found = [
        measure(name, train, test, out_of_scope=given.out_of_scope, models_dir=given.models)
        for name in given.only or MAKERS
    ]
    if given.json:
        print_json([asdict(each) for each in found])
        return
    print("| baseline | accuracy (95%) | macro-F1 | AUROC | train s | p50 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|")
    for each in found:
        print(row(each))


def measure(
    name: str,
    train: Sequence[Labelled],
    test: Sequence[Labelled],
    *,
    out_of_scope: str | None,
    models_dir: Path,
) -> Measured:
    """Train and ask one baseline."""
    known = [each for each in train if each.label != out_of_scope]
    with ExitStack() as closing, tempfile.TemporaryDirectory() as scratch:
        tell(f"{name}: training")

        def weights() -> Path:
            return find_weights("fast", models_dir, scratch=Path(scratch)).folder

        began = time.perf_counter()
        try:
            baseline = MAKERS[name](
                [each.text for each in known], [each.label for each in known], weights
            )
        except SkippedError as reason:
            tell(f"{name}: skipped, {reason}")
            return Measured(name=name, skipped=str(reason))
        closing.callback(baseline.close)
        seconds = time.perf_counter() - began
        tell(f"{name}: reading test messages")
        predictions, taken = ask(baseline, test, out_of_scope=out_of_scope)
    inside = figures([p for p in predictions if p.truth != OUT_OF_SCOPE], measured_on="in scope")
    every = figures(predictions, measured_on="test")
    return Measured(
        name=baseline.name,
        accuracy=inside.accuracy,
        accuracy_low=inside.accuracy_low,
        accuracy_high=inside.accuracy_high,
        macro_f1=inside.macro_f1,
        out_of_scope_auroc=every.out_of_scope_auroc,
        train_seconds=round(seconds, 1),
        p50_ms=round(float(np.percentile(taken, 50)), 2),
        p99_ms=round(float(np.percentile(taken, 99)), 2),
    )


def ask(
    baseline: Baseline, test: Sequence[Labelled], *, out_of_scope: str | None
) -> tuple[list[Predicted], list[float]]:
    """Return what it says of each message, and how many milliseconds each took."""
    predictions, taken = [], []
    for message in test:
        began = time.perf_counter()
        label, confidence = baseline.classify(message.text)
        taken.append((time.perf_counter() - began) * 1000)
        predictions.append(
            Predicted(
                text=message.text,
                truth=OUT_OF_SCOPE if message.label == out_of_scope else message.label,
                predicted=label,
                confidence=confidence,
                second="",
                second_confidence=0.0,
                out_of_scope_score=1 - confidence,
                out_of_scope=False,
            )
        )
    return predictions, taken


def row(found: Measured) -> str:
    """Return a baseline's line of the table."""
    if found.skipped is not None:
        return f"| {found.name} | skipped: {found.skipped} | | | | | |"
    auroc = "–" if found.out_of_scope_auroc is None else f"{found.out_of_scope_auroc:.3f}"
    return (
        f"| {found.name} | {found.accuracy:.2%} ({found.accuracy_low:.1%} to "
        f"{found.accuracy_high:.1%}) | {found.macro_f1:.1%} | {auroc} | "
        f"{found.train_seconds:.0f} | {found.p50_ms:.1f} | {found.p99_ms:.1f} |"
    )


if __name__ == "__main__":
    main()

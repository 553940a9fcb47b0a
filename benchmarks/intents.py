"""All figures of the intents in one table: public sets, the written test, and what each part adds.

python -m benchmarks.intents PUBLIC [--encoder fast|accurate|mixed] [--deep] [--ablation] [--set S]

PUBLIC holds ``banking77`` and ``clinc150`` (``train.csv`` and ``test.csv`` each). One recipe for
all of them; an interval stands beside each accuracy. The ablation trains on the shipped data and
judges whole writers held out, so that no choice is made on a test file. ``--deep`` fine-tunes an
encoder for each set (needs torch, and more than an hour); ``--set`` takes one of them alone.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.cli.console import tell
from agent.progress import Steps
from agent.settings import load_settings
from intents.corpus.data import OUT_OF_SCOPE, Labelled, load_corpus
from intents.corpus.labelled_files import read_labelled
from intents.encoders.encoder import Encoder
from intents.evaluation.benchmark import Benchmark, run_benchmark
from intents.figures.metrics import interval
from intents.reading.calibration import Floats
from intents.reading.features import EMBEDDING_WEIGHT, SHARPNESS
from intents.reading.readers import Encoders
from intents.training import kernel
from intents.training.deep_training import Deep
from intents.training.examples import Table, intent_examples_of
from intents.training.heads import folds_of, one_hot

TEN = 10


@dataclass(frozen=True, slots=True)
class Set:
    """A public set: where it is, its label column, its label for out of scope."""

    name: str
    folder: str
    label: str
    out_of_scope: str | None = None
    each: int | None = None


SETS = (
    Set("BANKING77", "banking77", "category"),
    Set("BANKING77, ten an intent", "banking77", "category", each=TEN),
    Set("CLINC150", "clinc150", "intent", out_of_scope="oos"),
)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path)
    parser.add_argument("--encoder", default="fast")
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--set", action="append", choices=[each.name for each in SETS])
    given = parser.parse_args()
    settings = load_settings()
    encoders = Encoders(settings.models, threads=2).of(given.encoder)
    deep = Deep(models_dir=settings.models) if given.deep else None
    print(
        "| set | accuracy (95%) | ECE | AUROC | FPR at 95% | train s | p50 ms | p99 ms |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for each in SETS:
        if given.set and each.name not in given.set:
            continue
        print(_row(each, _measure(each, given.public, encoders, deep)), flush=True)
    if given.ablation:
        print("\n| on held-out writers | in scope (95%) |\n|---|---|")
        for name, share in ablation(settings.training_data, encoders[0]):
            print(f"| {name} | {share} |", flush=True)


def _measure(each: Set, public: Path, encoders: Sequence[Encoder], deep: Deep | None) -> Benchmark:
    rows, test = (
        read_labelled(public / each.folder / name, text_column="text", label_column=each.label)
        for name in ("train.csv", "test.csv")
    )
    return run_benchmark(
        encoders,
        _few(rows, each.each) if each.each else rows,
        test,
        out_of_scope=each.out_of_scope,
        deep=deep,
        progress=Steps(tell),
    )


def _few(rows: Sequence[Labelled], each: int) -> list[Labelled]:
    """Return that many examples of each intent, drawn with seed 0."""
    rng = random.Random(0)
    by_label: dict[str, list[Labelled]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(row)
    return [row for label in sorted(by_label) for row in rng.sample(by_label[label], each)]


def _row(each: Set, found: Benchmark) -> str:
    accuracy = f"{found.accuracy:.2%} ({found.accuracy_low:.1%} to {found.accuracy_high:.1%})"
    known = each.out_of_scope is not None
    apart = (
        f"{found.out_of_scope_auroc:.3f} | {found.out_of_scope_fpr_at_95:.3f}" if known else "– | –"
    )
    return (
        f"| {each.name} | {accuracy} | {found.calibration_error:.3f} | {apart} | "
        f"{found.train_seconds:.0f} | {found.p50_ms:.1f} | {found.p99_ms:.1f} |"
    )


def ablation(training_data: Path, encoder: Encoder) -> list[tuple[str, str]]:
    """Return accuracy in scope on held-out writers with and without each part of the recipe."""
    corpus = load_corpus(training_data)
    examples = intent_examples_of(corpus)
    table = Table([e.text for e in examples], encoder, Steps(tell))
    rows = table.rows.take(table.places(examples))
    labels = sorted({e.label for e in examples})
    truth = np.array([labels.index(e.label) for e in examples], np.int64)
    folds = folds_of([e.writer for e in examples], [e.label for e in examples], seed=0)
    products = rows.projected @ rows.projected.T
    grams = (rows.grams @ rows.grams.T).toarray()

    def curved() -> Floats:
        return np.asarray(EMBEDDING_WEIGHT * np.exp(SHARPNESS * (np.minimum(products, 4) - 1)))

    # One at a time: each takes a gigabyte.
    variants: dict[str, Callable[[], Floats]] = {
        "the recipe": lambda: curved() + grams,
        "without n-grams": curved,
        "n-grams alone": grams.copy,
        "plain product instead of the exponential": lambda: EMBEDDING_WEIGHT * products + grams,
    }
    inside = np.array([e.label != OUT_OF_SCOPE for e in examples])
    found = []
    for name, likeness in variants.items():
        scores = kernel.out_of_fold_of(
            np.ascontiguousarray(likeness(), np.float32), one_hot(truth, len(labels)), folds
        )
        found.append((name, _share(scores, truth, inside)))
    return found


def _share(scores: Floats, truth: "np.ndarray", inside: "np.ndarray") -> str:
    right = int((scores.argmax(axis=1) == truth)[inside].sum())
    low, high = interval(right, int(inside.sum()))
    return f"{right / int(inside.sum()):.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()

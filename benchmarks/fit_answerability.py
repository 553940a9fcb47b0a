"""Fits ``knowledge_base/answerability.json`` and judges it on brands left out.

    python benchmarks/fit_answerability.py --brands tests/knowledge_base/brands [--write]

Every folder of the brands' holds ``pages/`` and ``questions.jsonl``. The figures printed are of
models that never saw the brand they judge; what is written is fitted on all brands.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.settings import load_settings
from intents.encoders.encoder import load_encoder
from knowledge_base.answerability import (
    FEATURES,
    MODEL_FILE,
    AnswerabilityModel,
    features_of,
)
from knowledge_base.base import KnowledgeBase
from knowledge_base.evaluation import auroc, calibration_error, read_questions
from knowledge_base.index import load_index
from knowledge_base.ingest import ingest
from knowledge_base.ports import EncoderLike
from knowledge_base.ranking import RankingModel
from knowledge_base.vectors import VectorStore

Floats = NDArray[np.float64]

DEMO = Path("knowledge_base/demo/content")
DEMO_QUESTIONS = Path("tests/knowledge_base/demo_questions.jsonl")
EXAM = Path("tests/exam_brands")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--brands", type=Path, default=Path("tests/knowledge_base/brands"))
    parser.add_argument("--strength", type=float, default=0.3, help="1 / L2 penalty")
    parser.add_argument("--write", action="store_true", help="write the coefficients")
    options = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(settings.models, settings.encoder, threads=2)
    data = {
        brand.name: rows_of(brand / "pages", brand / "questions.jsonl", encoder)
        for brand in sorted(path for path in options.brands.iterdir() if path.is_dir())
    }
    # The demo brand has twenty times the pages of the others: far more words are known in it.
    data["demo"] = rows_of(DEMO, DEMO_QUESTIONS, encoder)
    judge(data, options.strength)
    judge_strange(data, encoder, options.strength)
    if options.write:
        write(data, options.strength)


def rows_of(
    pages: Path, questions: Path, encoder: EncoderLike
) -> tuple[Floats, NDArray[np.bool_], list[str]]:
    """Return the features of a brand's questions, whether each is answerable, and its text."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        name = ingest(pages, home=Path(home), encoder=encoder).collection
        store = VectorStore.open(home=Path(home), chroma_url=None)
        # No coefficients yet: those of the file may be for other features.
        blank = AnswerabilityModel(weights={}, mean={}, scale={}, bias=0.0)
        index = load_index(name, store=store, home=Path(home))
        base = KnowledgeBase(
            index, version=name, encoder=encoder, model=blank, ranking=RankingModel.load()
        )
        rows, answerable, texts = [], [], []
        for question in read_questions(questions):
            _, _, evidence = base.evidence_for(question.question, previous=question.previous)
            if evidence is None:
                continue
            values = features_of(evidence)
            rows.append([values[name] for name in FEATURES])
            answerable.append(question.answerable)
            texts.append(question.question)
    return np.array(rows), np.array(answerable), texts


def fit(x: Floats, y: NDArray[np.bool_], strength: float) -> tuple[Floats, float, Floats, Floats]:
    """Return weights, bias, means and scales."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-6] = 1.0
    # Half of what arrives cannot be answered, whatever the share among these questions.
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    model.fit((x - mean) / scale, y)
    return model.coef_[0], float(model.intercept_[0]), mean, scale


def judge(data: dict[str, tuple[Floats, NDArray[np.bool_], list[str]]], strength: float) -> None:
    everything: list[tuple[float, bool]] = []
    print(f"{'brand left out':18} {'n':>4} auroc  answered refused")
    worst: list[tuple[float, bool, str]] = []
    for held, (x_held, y_held, texts) in data.items():
        x = np.concatenate([data[b][0] for b in data if b != held])
        y = np.concatenate([data[b][1] for b in data if b != held])
        w, bias, mean, scale = fit(x, y, strength)
        p = 1 / (1 + np.exp(-((x_held - mean) / scale @ w + bias)))
        everything += list(zip(p.tolist(), y_held.tolist(), strict=True))
        worst += list(zip(p.tolist(), y_held.tolist(), texts, strict=True))
        figure = auroc(p[y_held].tolist(), p[~y_held].tolist()) or 0
        print(
            f"{held:18} {len(p):4} {figure:.3f}  {np.mean(p[y_held] >= 0.5):.2f}"
            f"     {np.mean(p[~y_held] < 0.5):.2f}"
        )
    yes = [p for p, answerable in everything if answerable]
    no = [p for p, answerable in everything if not answerable]
    print(f"all: auroc {auroc(yes, no):.3f}, ece {calibration_error(everything):.3f}")
    for cut in (0.3, 0.4, 0.5, 0.6, 0.7):
        answered, refused = np.mean(np.array(yes) >= cut), np.mean(np.array(no) < cut)
        print(f"  at {cut}: answered {answered:.3f}, refused {refused:.3f}")
    worst.sort(key=lambda row: abs(row[0] - row[1]), reverse=True)
    for score, answerable, text in worst[:25]:
        print(f"  {score:.2f} {'answerable' if answerable else 'not':10} {text}")


def judge_strange(
    data: dict[str, tuple[Floats, NDArray[np.bool_], list[str]]],
    encoder: EncoderLike,
    strength: float,
) -> None:
    """Judge on the exam's brands, by models that saw none of them, and the other two."""
    exam = {
        brand.name: rows_of(brand / "content", brand / "questions.jsonl", encoder)
        for brand in sorted(path for path in EXAM.iterdir() if path.is_dir())
    }
    for name, seen in (("none of them", {}), ("the other two", exam)):
        yes, no = [], []
        for held, (x_held, y_held, _) in exam.items():
            known = [*data.values(), *(rows for brand, rows in seen.items() if brand != held)]
            x, y = (np.concatenate([rows[i] for rows in known]) for i in (0, 1))
            w, bias, mean, scale = fit(x, y, strength)
            p = 1 / (1 + np.exp(-((x_held - mean) / scale @ w + bias)))
            figure = auroc(p[y_held].tolist(), p[~y_held].tolist()) or 0
            print(f"{held:18} {len(p):4} {figure:.3f}  fitted with {name}")
            yes += p[y_held].tolist()
            no += p[~y_held].tolist()
        scores = [(p, True) for p in yes] + [(p, False) for p in no]
        print(
            f"exam, fitted with {name}: auroc {auroc(yes, no):.3f}, ece "
            f"{calibration_error(scores):.3f}"
        )


def write(data: dict[str, tuple[Floats, NDArray[np.bool_], list[str]]], strength: float) -> None:
    x = np.concatenate([rows for rows, _, _ in data.values()])
    y = np.concatenate([answerable for _, answerable, _ in data.values()])
    w, bias, mean, scale = fit(x, y, strength)
    named = {
        "fitted_on": {brand: len(rows) for brand, (rows, _, _) in data.items()},
        "bias": round(bias, 5),
        "weights": dict(zip(FEATURES, w.round(5).tolist(), strict=True)),
        "mean": dict(zip(FEATURES, mean.round(5).tolist(), strict=True)),
        "scale": dict(zip(FEATURES, scale.round(5).tolist(), strict=True)),
    }
    MODEL_FILE.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(named["weights"], indent=1))


if __name__ == "__main__":
    main()

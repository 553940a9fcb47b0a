"""Fits ``agent/replies/confidence.json`` and judges it on brands left out.

    python -m benchmarks.fit_replies [--write] [--threshold 0.5] [--worst 20]

Every question of the invented brands is answered with nothing refused; a reply is right where it
holds the answer written beside the question. Extracts that begin with a catalogue's row get a model
of their own, from ``training_data/catalogues``. The figures printed are of models that never saw
the brand they judge; what is written is fitted on all of them. The brands of the exam are never
looked at here: ``benchmarks.answers`` judges on them.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.brand import Brand, load_brand
from agent.knowledge import READ
from agent.logs import configure_logs
from agent.replies.confidence import MODEL_FILE, ConfidenceModel, Logistic
from agent.replies.extractive import ExtractiveComposer
from agent.replies.grounded import GroundedAnswerer
from agent.replies.guard import Guard
from agent.replies.selection import LAYERS, Read
from agent.replies.similarity import SentenceSimilarity
from agent.replies.templates import load_templates
from agent.settings import load_settings
from agent.wiring.models import load_understander
from benchmarks.answers import is_right
from benchmarks.catalogue_data import Catalogue, catalogues
from benchmarks.catalogue_data import is_right as is_right_of_rows
from benchmarks.timing import CHECKOUT
from intents.encoders.cross_encoder import load_cross_encoder
from intents.understanding import Understander
from knowledge_base.base import KnowledgeBase
from knowledge_base.evaluation import auroc, read_questions
from knowledge_base.ingest import ingest

Floats = NDArray[np.float64]

BRANDS = CHECKOUT / "tests/knowledge_base/brands"
DEMO = CHECKOUT / "knowledge_base/demo"
PRACTICE = CHECKOUT / "tests/practice_brands"
STRENGTH = 0.03
"""1 / L2 penalty."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question's reply. ``traits`` is empty where rows or nothing answered."""

    brand: str
    question: str
    answerable: bool
    text: str
    right: bool
    traits: Mapping[str, float]

    @property
    def from_row(self) -> bool:
        """Whether the extract begins with a catalogue's row."""
        return bool(self.traits.get("from_row"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorder(ConfidenceModel):
    """Refuses nothing and keeps the traits last asked about."""

    last: dict[str, float] = field(default_factory=dict)

    def probability(self, traits: Mapping[str, float]) -> float:
        self.last.clear()
        self.last.update(traits)
        return 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the coefficients")
    parser.add_argument("--threshold", type=float, default=0.6)
    parser.add_argument("--worst", type=int, default=0, help="show so many errors")
    options = parser.parse_args()
    configure_logs("ERROR")
    settings = load_settings()
    understander = load_understander(settings)
    read = load_cross_encoder(LAYERS, settings.models).score
    pages = [row for asked in brands() for row in answers(*asked, understander, read)]
    shops = [row for shop in catalogues() for row in _answers_of(shop, understander, read)]
    print("Pages")
    judge([row for row in pages if not row.from_row], options.threshold, options.worst)
    print("\nCatalogues' rows")
    judge([row for row in shops if row.from_row], options.threshold, options.worst, each=False)
    if options.write:
        write(
            [row for row in pages if not row.from_row],
            [row for row in (*pages, *shops) if row.from_row],
            options.threshold,
        )


def brands() -> Iterator[tuple[str, Path, list[dict[str, Any]], Brand]]:
    """Yield name, content, questions and brand file of every brand that may be fitted on."""
    demo, plain = load_brand(DEMO / "brand.yaml"), _nobody()
    for folder in sorted(path for path in BRANDS.iterdir() if path.is_dir()):
        yield folder.name, folder / "pages", _plain(folder / "questions.jsonl"), plain
    yield "demo", DEMO / "content", _lines(PRACTICE / "demo_questions.jsonl"), demo
    for folder in sorted(path for path in PRACTICE.iterdir() if path.is_dir()):
        brand = load_brand(folder / "brand.yaml")
        yield folder.name, folder / "content", _lines(folder / "questions.jsonl"), brand


def _nobody() -> Brand:
    """Return a brand for those that have no file: nothing of the demo's may answer for them."""
    demo = load_brand(DEMO / "brand.yaml")
    return demo.model_copy(update={"contact": type(demo.contact)(), "hours": {}})


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _plain(path: Path) -> list[dict[str, Any]]:
    """Read questions that name a part of the passage; those that name none cannot be judged."""
    return [
        {
            "text": q.question,
            "previous": q.previous,
            "answerable": q.answerable,
            "must": [[q.text]],
            "must_not": [],
        }
        for q in read_questions(path)
        if q.text or not q.answerable
    ]


def _holds_facts(question: Mapping[str, Any], reply: str) -> bool:
    return is_right(dict(question), flat(reply), answered=True)


def _answers_of(shop: Catalogue, understander: Understander, read: Read) -> list[Row]:
    """Answer the questions about a catalogue's rows, refusing nothing."""
    questions = [
        {**one, "text": str(one["text"]), "answerable": bool(one.get("rows") or one.get("answer"))}
        for one in shop.questions
    ]
    with tempfile.TemporaryDirectory() as folder:
        shop.write(Path(folder))
        right = partial(is_right_of_rows, shop)
        return answers(
            shop.name, Path(folder), questions, _nobody(), understander, read, right=right
        )


def answers(
    name: str,
    content: Path,
    questions: Sequence[dict[str, Any]],
    brand: Brand,
    understander: Understander,
    read: Read,
    *,
    right: Callable[[Mapping[str, Any], str], bool] = _holds_facts,
) -> list[Row]:
    """Answer a brand's questions, refusing nothing; ``right`` tells whether a reply is."""
    encoder = understander.encoder
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        ingest(content, home=Path(home), encoder=encoder)
        base = KnowledgeBase.open(home=Path(home), encoder=encoder)
        understander.know_products(tuple(p.name for p in base.catalogue.products))
        nothing = Logistic(weights={}, mean={}, scale={}, bias=0.0)
        recorder = _Recorder(sentences=nothing, rows=nothing, threshold=0.0)
        similarity = SentenceSimilarity(encoder.encode, most_new=1_000)
        answerer = GroundedAnswerer(
            search=lambda question, previous: base.search(question, k=READ, previous=previous),
            extractive=ExtractiveComposer(
                max_segments=brand.voice.max_segments, similarity=similarity, read=read
            ),
            llm=None,
            guard=Guard(known_names=(brand.name,)),
            templates=load_templates(brand),
            brand=brand,
            min_answerability=0.0,
            confidence=recorder,
        )
        rows = []
        for question in questions:
            recorder.last.clear()
            understood = understander.understand(question["text"])
            answer = answerer.answer(
                question["text"], previous=question.get("previous", ""), understanding=understood
            )
            holds = question["answerable"] and answer.answered and right(question, answer.text)
            rows.append(
                Row(
                    brand=name,
                    question=question["text"],
                    answerable=question["answerable"],
                    text=answer.text if answer.answered else "",
                    right=holds,
                    traits=dict(recorder.last) if answer.answered else {},
                )
            )
        return rows


def flat(text: str) -> str:
    """Return a text on one line, without marks of Markdown and with straight apostrophes."""
    return re.sub(r"\s+", " ", text.replace("*", "").replace("’", "'"))


def fit(x: Floats, y: NDArray[np.bool_]) -> tuple[Floats, float, Floats, Floats]:
    """Return weights, bias, means and scales."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-6] = 1.0
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit((x - mean) / scale, y)
    return model.coef_[0], float(model.intercept_[0]), mean, scale


def _matrix(rows: list[Row], names: list[str]) -> tuple[Floats, NDArray[np.bool_]]:
    x = np.array([[row.traits[name] for name in names] for row in rows])
    return x, np.array([row.right for row in rows])


def judge(rows: list[Row], threshold: float, worst: int, *, each: bool = True) -> None:
    """Print what models say of brands that they have not seen; ``each`` has a line a brand."""
    extracts = [row for row in rows if row.traits]
    names = sorted(extracts[0].traits)
    judged: list[tuple[float, Row]] = []
    if each:
        print(f"{'brand left out':16} {'n':>4} auroc  answerable right  unanswerable refused")
    for brand in dict.fromkeys(row.brand for row in rows):
        x, y = _matrix([row for row in extracts if row.brand != brand], names)
        weights, bias, mean, scale = fit(x, y)
        mine = [row for row in extracts if row.brand == brand]
        if not mine:
            continue
        held, right = _matrix(mine, names)
        p = 1 / (1 + np.exp(-((held - mean) / scale @ weights + bias)))
        judged += list(zip(p.tolist(), mine, strict=True))
        figure = auroc(p[right].tolist(), p[~right].tolist()) or 0.0
        if each:
            shares = _shares(rows, brand, mine, p, threshold)
            print(f"{brand:16} {len(mine):4} {figure:.3f}  {shares}")
    good = [one for one, row in judged if row.right]
    bad = [one for one, row in judged if not row.right]
    print(f"all: auroc {auroc(good, bad):.3f}")
    for cut in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        sent = [row for one, row in judged if one >= cut]
        print(
            f"  at {cut}: right ones sent {np.mean(np.array(good) >= cut):.3f}, wrong ones held "
            f"{np.mean(np.array(bad) < cut):.3f}, sent that are right "
            f"{np.mean([row.right for row in sent]):.3f}"
        )
    judged.sort(key=lambda pair: -abs(pair[0] - pair[1].right))
    for one, row in judged[:worst]:
        print(f"  {one:.2f} {row.right} {row.answerable} {row.brand}: {row.question}")
        print(f"      {row.text}")


def _shares(
    rows: list[Row], brand: str, mine: list[Row], p: NDArray[np.float64], threshold: float
) -> str:
    sent = {id(row) for row, one in zip(mine, p, strict=True) if one >= threshold}
    sent |= {id(row) for row in rows if row.text and not row.traits}
    yes = [row for row in rows if row.brand == brand and row.answerable]
    no = [row for row in rows if row.brand == brand and not row.answerable]
    right = np.mean([row.right and id(row) in sent for row in yes]) if yes else 0.0
    refused = np.mean([id(row) not in sent for row in no]) if no else 0.0
    return f"{right:.2f} of {np.mean([r.right for r in yes] or [False]):.2f}      {refused:.2f}"


def write(pages: list[Row], shops: list[Row], threshold: float) -> None:
    """Write the coefficients fitted on every brand: of pages' sentences, of catalogues' rows."""
    named = {
        "fitted_on": dict(Counter(row.brand for row in (*pages, *shops) if row.traits)),
        "threshold": threshold,
        "sentences": asdict(_fitted(pages)),
        "rows": asdict(_fitted(shops)),
    }
    MODEL_FILE.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")


def _fitted(rows: list[Row]) -> Logistic:
    extracts = [row for row in rows if row.traits]
    names = sorted(extracts[0].traits)
    weights, bias, mean, scale = fit(*_matrix(extracts, names))

    def by_name(values: Floats) -> dict[str, float]:
        return dict(zip(names, values.round(5).tolist(), strict=True))

    return Logistic(
        weights=by_name(weights), mean=by_name(mean), scale=by_name(scale), bias=round(bias, 5)
    )


if __name__ == "__main__":
    main()

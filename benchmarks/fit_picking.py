"""Fits the weights by which an extract's sentences are picked, and judges them on brands left out.

    python -m benchmarks.fit_picking

Prints ``WEIGHTS`` for ``agent/replies/scoring.py`` and what words and reading count for in
``agent/replies/selection.py``. A sentence is right where it holds every fact written beside the
question. A softmax over all sentences of the passages found, with an L2 penalty.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.brand import Brand
from agent.knowledge import READ
from agent.logs import configure_logs
from agent.replies.candidates import Candidate, candidates_of, compared
from agent.replies.evidence import from_brand, from_passage
from agent.replies.nearness import matter_of
from agent.replies.prose import without_catalogue_facts
from agent.replies.questions import read_question
from agent.replies.scoring import score, word_weights
from agent.replies.selection import LAYERS, Read, read_again
from agent.replies.similarity import SentenceSimilarity
from agent.settings import load_settings
from agent.wiring.models import load_understander
from benchmarks.answers import is_right
from benchmarks.fit_replies import brands, flat
from intents.encoders.cross_encoder import load_cross_encoder
from intents.encoders.encoder import Encoder
from knowledge_base.base import KnowledgeBase
from knowledge_base.ingest import ingest

Floats = NDArray[np.float64]

PENALTY = 0.01
_READ = ("read", "case_missed")


@dataclass(frozen=True, slots=True)
class Case:
    """One question: its sentences' traits ``(n, d)``, and which of them are right."""

    brand: str
    names: tuple[str, ...]
    traits: Floats
    right: NDArray[np.bool_]
    read: Floats
    """``(n, 3)``: the order by words and meaning, reading, and cases missed."""


def main() -> None:
    configure_logs("ERROR")
    settings = load_settings()
    encoder = load_understander(settings).encoder
    read = load_cross_encoder(LAYERS, settings.models).score
    cases = [case for asked in brands() for case in cases_of(*asked, encoder, read)]
    hits = np.zeros(3)
    for brand in dict.fromkeys(case.brand for case in cases):
        weights = fit([case for case in cases if case.brand != brand])
        for case in (case for case in cases if case.brand == brand):
            order = np.argsort(-(case.traits @ weights))
            hits += [case.right[order[:k]].any() for k in (1, 2, 3)]
    print("brands left out, right sentence among the first 1, 2, 3:", (hits / len(cases)).round(3))
    for name, weight in zip(cases[0].names, fit(cases), strict=True):
        print(f'    "{name}": {weight:.2f},')
    readings = [replace(case, traits=case.read) for case in cases]
    hits[:] = 0
    for brand in dict.fromkeys(case.brand for case in cases):
        weights = fit([case for case in readings if case.brand != brand])
        for case in (case for case in readings if case.brand == brand):
            order = np.argsort(-(case.traits @ weights))
            hits += [case.right[order[:k]].any() for k in (1, 2, 3)]
    print("the same after reading them:", (hits / len(cases)).round(3))
    counts = fit(readings).round(2)
    print("WORDS_COUNT, READING_COUNTS =", counts[:2])
    print("CASES_MISSED_COUNT =", counts[2])


def cases_of(
    name: str,
    content: Path,
    questions: list[dict[str, Any]],
    brand: Brand,
    encoder: Encoder,
    read: Read,
) -> list[Case]:
    """Return the questions of a brand that one sentence of what is found answers."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        ingest(content, home=Path(home), encoder=encoder)
        base = KnowledgeBase.open(home=Path(home), encoder=encoder)
        similarity = SentenceSimilarity(encoder.encode, most_new=1_000)
        found = []
        for question in (q for q in questions if q["answerable"]):
            result = base.search(question["text"], k=READ, previous=question.get("previous", ""))
            asked = read_question(result.question)
            pages = [from_passage(hit.passage, score=hit.score) for hit in result.hits]
            quotable = [without_catalogue_facts(page, result.products) for page in pages]
            candidates = candidates_of([*(q for q in quotable if q.text), *from_brand(brand)])
            right = np.array([_answers(question, one) for one in candidates], bool)
            if not right.any():
                continue
            weights = word_weights(asked, frozenset(), candidates, result.word_weights)
            matter = matter_of(asked, result.word_weights, result.closeness)
            near = similarity(asked.text, [compared(one) for one in candidates])
            scores = score(asked, weights, candidates, near, matter)
            names = tuple(sorted(scores[0].traits))
            again = read_again(result.question, candidates, scores, read)
            found.append(
                Case(
                    brand=name,
                    names=names,
                    traits=np.array([[one.traits[n] for n in names] for one in scores]),
                    right=right,
                    read=np.array(
                        [
                            [a.total, *(b.traits[name] for name in _READ)]
                            for a, b in zip(scores, again, strict=True)
                        ]
                    ),
                )
            )
        return found


def _answers(question: dict[str, Any], candidate: Candidate) -> bool:
    text = candidate.unit.text
    if candidate.unit.kind != "sentence":
        text = f"{candidate.evidence.heading} {candidate.unit.lead_in} {text}"
    return is_right(question, flat(text), answered=True)


def fit(cases: list[Case]) -> Floats:
    """Return the weight of each trait as it is."""
    from scipy.optimize import minimize

    every = np.vstack([case.traits for case in cases])
    scale = every.std(axis=0)
    scale[scale < 1e-6] = 1.0
    x, right = (every - every.mean(axis=0)) / scale, np.concatenate([c.right for c in cases])
    sizes = np.array([len(case.right) for case in cases])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def loss(u: Floats) -> tuple[float, Floats]:
        scores = x @ u
        raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        total = np.add.reduceat(raised, starts)
        mass = np.add.reduceat(raised * right, starts) + 1e-300
        slope = raised / np.repeat(total, sizes) - raised * right / np.repeat(mass, sizes)
        mean = -float(np.log(mass / total).mean())
        return mean + PENALTY * float(u @ u), x.T @ slope / len(cases) + 2 * PENALTY * u

    found: Floats = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x / scale
    return found


if __name__ == "__main__":
    main()

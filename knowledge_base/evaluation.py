"""How well questions are answered: ranks, answer and refusal rates, calibration, failures."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.base import KnowledgeBase
from knowledge_base.errors import QuestionFileError
from knowledge_base.types import Passage, SearchResult
from knowledge_base.words import normalise

DEPTH = 10
"""Ranks beyond the tenth count as not found, as in MRR@10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestQuestion:
    """A question with what answers it.

    ``source`` and ``heading`` (a part of the path) name a passage, ``text`` is a part of one,
    ``facts`` what it says, each with its wordings, ``product`` a sku; whatever is given must agree.
    ``answerable`` False: nothing answers it.
    """

    question: str
    answerable: bool = True
    source: str = ""
    heading: str = ""
    text: str = ""
    product: str = ""
    previous: str = ""
    facts: tuple[tuple[str, ...], ...] = ()

    # pytest would otherwise take the class for a test.
    __test__ = False

    @property
    def names_passage(self) -> bool:
        """Whether a passage is named, so that its rank can be looked up."""
        return bool(self.source or self.heading or self.text or self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question's outcome. ``rank`` counts from 1; 0 is not among the first ten."""

    question: TestQuestion
    rank: int
    answerability: float
    product_found: bool | None
    took_ms: float
    top_heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures, each a share in [0, 1] unless named otherwise; None where nothing counts.

    ``answer_rate`` is over answerable, ``refusal_rate`` over unanswerable questions, both at
    ``threshold``; ``auroc`` is the chance that an answerable question scores higher.
    """

    questions: int
    ranked: int
    recall_at_1: float | None
    recall_at_5: float | None
    mrr_at_10: float | None
    products_found: float | None
    answer_rate: float | None
    refusal_rate: float | None
    auroc: float | None
    calibration_error: float | None
    threshold: float
    p50_ms: float
    failures: tuple[Judged, ...]
    judged: tuple[Judged, ...] = ()


def read_questions(path: Path) -> list[TestQuestion]:
    """Read questions from JSON Lines.

    Raises:
        QuestionFileError: a line is no object with a question.
    """
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [_read(path, i, line) for i, line in enumerate(lines, start=1) if line.strip()]


def _read(path: Path, line: int, text: str) -> TestQuestion:
    try:
        values = json.loads(text)
    except ValueError:
        raise QuestionFileError("this is no valid JSON", path=path, line=line) from None
    if isinstance(values, dict) and "question" not in values:
        # The form of `textwise ask --input`: the question is the text.
        values = {**values, "question": values.get("text", ""), "text": ""}
    if not isinstance(values, dict) or not str(values.get("question", "")).strip():
        raise QuestionFileError("an object with a question is needed", path=path, line=line)
    names = ("question", "source", "heading", "text", "product", "previous")
    given = {name: str(values.get(name) or "") for name in names}
    return TestQuestion(
        answerable=bool(values.get("answerable", True)), facts=_facts(values.get("must")), **given
    )


def _facts(must: object) -> tuple[tuple[str, ...], ...]:
    """Return each fact with its wordings: ``[["free", "no charge"], "two days"]``."""
    listed = must if isinstance(must, list) else []
    return tuple(
        tuple(map(str, fact)) if isinstance(fact, list) else (str(fact),) for fact in listed
    )


def evaluate(
    base: KnowledgeBase, questions: Iterable[TestQuestion], *, threshold: float = 0.5
) -> Evaluation:
    """Ask every question and sum up."""
    judged = [judge(q, base.search(q.question, k=DEPTH, previous=q.previous)) for q in questions]
    ranked = [j for j in judged if j.question.answerable and j.question.names_passage]
    scores = [(j.answerability, j.question.answerable) for j in judged]
    yes = [score for score, answerable in scores if answerable]
    no = [score for score, answerable in scores if not answerable]
    times = sorted(j.took_ms for j in judged)
    found = [j.product_found for j in judged if j.product_found is not None]
    return Evaluation(
        questions=len(judged),
        ranked=len(ranked),
        recall_at_1=_share([j.rank == 1 for j in ranked]),
        recall_at_5=_share([0 < j.rank <= 5 for j in ranked]),  # noqa: PLR2004 (its name says 5)
        mrr_at_10=_share([1 / j.rank if j.rank else 0.0 for j in ranked]),
        products_found=_share(found),
        answer_rate=_share([score >= threshold for score in yes]),
        refusal_rate=_share([score < threshold for score in no]),
        auroc=auroc(yes, no),
        calibration_error=calibration_error(scores),
        threshold=threshold,
        p50_ms=times[len(times) // 2] if times else 0.0,
        failures=tuple(j for j in judged if _failed(j, threshold)),
        judged=tuple(judged),
    )


def judge(question: TestQuestion, result: SearchResult) -> Judged:
    """Compare what was found with what answers the question."""
    rank = next((i for i, hit in enumerate(result.hits, 1) if _is_meant(question, hit.passage)), 0)
    found = None
    if question.product:
        found = any(product.sku == question.product for product in result.products)
    return Judged(
        question=question,
        rank=rank if question.names_passage else 0,
        answerability=result.answerability,
        product_found=found,
        took_ms=result.took_ms,
        top_heading=result.hits[0].passage.heading if result.hits else "",
    )


def _is_meant(question: TestQuestion, passage: Passage) -> bool:
    return (
        (not question.source or question.source == passage.source)
        and normalise(question.heading) in normalise(passage.heading)
        and normalise(question.text) in normalise(passage.text)
        and says(question, f"{passage.heading}\n{passage.text}")
    )


def says(question: TestQuestion, text: str) -> bool:
    """Whether a text holds every fact of an answer, in one of its wordings."""
    said = normalise(text)
    return all(any(normalise(w) in said for w in fact) for fact in question.facts)


def _failed(judged: Judged, threshold: float) -> bool:
    question = judged.question
    if not question.answerable:
        return judged.answerability >= threshold
    missed = judged.rank == 0 and question.names_passage
    return missed or judged.product_found is False or judged.answerability < threshold


def auroc(yes: Sequence[float], no: Sequence[float]) -> float | None:
    """Return the chance that one of ``yes`` scores above one of ``no``; ties count half."""
    if not yes or not no:
        return None
    wins = sum((y > n) + 0.5 * (y == n) for y in yes for n in no)
    return wins / (len(yes) * len(no))


def calibration_error(scores: Sequence[tuple[float, bool]], *, bins: int = 10) -> float | None:
    """Return the expected calibration error over bins of equal width (Guo et al. 2017)."""
    if not scores:
        return None
    error = 0.0
    for b in range(bins):
        held = [(p, y) for p, y in scores if min(bins - 1, int(p * bins)) == b]
        if held:
            mean_p, mean_y = (sum(v) / len(held) for v in zip(*held, strict=True))
            error += len(held) / len(scores) * abs(mean_p - mean_y)
    return error


def _share(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None

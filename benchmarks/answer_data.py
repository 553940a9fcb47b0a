"""The questions of ``training_data/answers`` with the sentences that a search finds for them.

A file is a brand: pages as Markdown, in half of the brands a catalogue and a list of questions and
answers, and questions with the sentences or the cells that answer, word for word.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agent.knowledge import READ
from agent.replies.candidates import Candidate, candidates_of, compared
from agent.replies.evidence import from_passage, from_product
from agent.replies.nearness import matter_of
from agent.replies.questions import read_question
from agent.replies.row_words import sentences_of
from agent.replies.scoring import score, word_weights
from agent.replies.selection import as_read
from agent.replies.similarity import SentenceSimilarity
from benchmarks.fit_replies import flat
from intents.encoders.encoder import Encoder
from knowledge_base.base import KnowledgeBase
from knowledge_base.ingest import ingest
from knowledge_base.types import Product

_TELLING = 8
"""Characters from which on a sentence inside a longer answer counts as part of it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence as the model reads it; ``near``: the writer says that it only looks like one."""

    text: str
    answers: bool
    near: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the sentences found for it, the likeliest by words and meaning first."""

    brand: str
    question: str
    answerable: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """``rows`` and ``near_rows``: cells of the catalogue, each as an SKU and a column."""

    text: str
    answers: tuple[str, ...]
    near: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    near_rows: tuple[tuple[str, str], ...]


def asked_of(file: Path, encoder: Encoder) -> list[Asked]:
    """Return a brand's questions with what a search finds for each."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        content = Path(scratch) / "content"
        content.mkdir()
        questions = list(_read(file, content))
        ingest(content, home=Path(scratch), encoder=encoder)
        base = KnowledgeBase.open(home=Path(scratch), encoder=encoder)
        similarity = SentenceSimilarity(encoder.encode, most_new=2_000)
        return [_ask(file.stem, one, base, similarity) for one in questions]


def _read(file: Path, content: Path) -> Iterator[_Question]:
    brand = yaml.safe_load(file.read_text(encoding="utf-8"))
    for number, page in enumerate(brand["pages"]):
        text = f"# {page['title']}\n\n{page['text']}\n"
        (content / f"page-{number}.md").write_text(text, encoding="utf-8")
    _write_lists(brand, content)
    for each in brand["questions"]:
        yield _Question(
            text=str(each["text"]),
            answers=tuple(map(_plain, [*each.get("answer", ()), *each.get("also", ())])),
            near=tuple(map(_plain, each.get("near", ()))),
            rows=tuple(map(_cell, each.get("rows", ()))),
            near_rows=tuple(map(_cell, each.get("near_rows", ()))),
        )


def _write_lists(brand: Mapping[str, Any], content: Path) -> None:
    if "products" in brand:
        (content / "products.csv").write_text(brand["products"], encoding="utf-8")
    if "faq" in brand:
        lines = [json.dumps({"question": e["q"], "answer": e["a"]}) for e in brand["faq"]]
        (content / "faq.jsonl").write_text("\n".join(lines), encoding="utf-8")


def _cell(named: str) -> tuple[str, str]:
    sku, column = named.rsplit(maxsplit=1)
    return sku, "in_stock" if column == "restock_date" else column


def _plain(text: object) -> str:
    return " ".join(flat(str(text)).replace("_", "").split()).casefold()


def _ask(brand: str, one: _Question, base: KnowledgeBase, similarity: SentenceSimilarity) -> Asked:
    found = base.search(one.text, k=READ)
    passages = (from_passage(hit.passage, score=hit.score) for hit in found.hits)
    candidates = candidates_of([*passages, *map(from_product, found.rows_to_read)])
    asked = read_question(one.text)
    weights = word_weights(asked, frozenset(), candidates, found.word_weights)
    matter = matter_of(asked, found.word_weights, found.closeness)
    near = similarity(asked.text, [compared(each) for each in candidates])
    scores = score(asked, weights, candidates, near, matter)
    order = sorted(range(len(candidates)), key=lambda i: -scores[i].total)
    return Asked(
        brand=brand,
        question=one.text,
        answerable=bool(one.answers or one.rows),
        choices=tuple(
            Choice(
                text=as_read(candidates, i),
                answers=_is_one_of(candidates[i], one.answers, one.rows),
                near=_is_one_of(candidates[i], one.near, one.near_rows),
            )
            for i in order
        ),
    )


def _is_one_of(
    candidate: Candidate, sentences: Sequence[str], cells: Sequence[tuple[str, str]]
) -> bool:
    """Whether a candidate is one of the sentences or cells, a part of one, or a row of a table."""
    row = candidate.evidence.row
    if isinstance(row, Product):
        told = sentences_of(row)
        return any(
            sku == row.sku and candidate.unit.text in told.get(column, "") for sku, column in cells
        )
    said, led = _plain(candidate.unit.text), _plain(candidate.unit.lead_in)
    told = f"{_plain(candidate.evidence.heading)} {said}"
    return any(
        _is_row_of(told, one) if one.count("|") > 1 else _is_told(said, led, one)
        for one in sentences
    )


def _is_row_of(told: str, row: str) -> bool:
    return all(cell.strip() in told for cell in row.strip("| ").split("|"))


def _is_told(said: str, led: str, sentence: str) -> bool:
    if len(said) >= _TELLING and (said in sentence or sentence in said):
        return True
    return bool(led) and sentence in f"{led}: {said}"

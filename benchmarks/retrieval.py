"""Recall and MRR on public data: BM25, dense, plain fusion, and this project's ranking.

    python -m benchmarks.retrieval --feedbackqa DIR --stackfaq DIR [--exam] [--speed]

FeedbackQA: the test split's questions among the passages of all four sites. StackFAQ: all
questions. ``--exam``: how often the best passage, the best five, and these with the catalogue's
rows hold every fact of an answer, on the brands that nothing was fitted on. ``--speed`` times
searching among 20,000 chunks, and Chroma's own query beside it.
Neither data set is part of this project; see its README for sources and licences.
"""

import argparse
import csv
import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.settings import load_settings
from intents.encoders.encoder import load_encoder
from knowledge_base.answerability import AnswerabilityModel
from knowledge_base.base import KnowledgeBase
from knowledge_base.chunking import passages_of
from knowledge_base.codec import write_product
from knowledge_base.documents import Block, Document
from knowledge_base.evaluation import TestQuestion, auroc, read_questions, says
from knowledge_base.index import Index, build_index, records_of
from knowledge_base.lexical import SparingSpeller
from knowledge_base.meanings import WordMeanings
from knowledge_base.ports import EncoderLike, Vectors
from knowledge_base.question import Question, prepare
from knowledge_base.ranking import Ranker, RankingModel
from knowledge_base.readers import read_folder
from knowledge_base.types import DocumentKind, Passage, SearchResult
from knowledge_base.vectors import VectorStore

Scores = NDArray[np.float32]
Queries = list[tuple[str, str]]
"""Questions with the source of the document that answers each."""

RRF_K = 60
"""The usual constant of reciprocal-rank fusion (Cormack et al. 2009)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feedbackqa", type=Path)
    parser.add_argument("--stackfaq", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="questions a set, 0 for all")
    parser.add_argument("--exam", action="store_true")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(settings.models, settings.encoder, threads=2)
    for name, folder, read in (
        ("FeedbackQA", options.feedbackqa, read_feedbackqa),
        ("StackFAQ", options.stackfaq, read_stackfaq),
    ):
        if folder is not None:
            documents, queries = read(folder)
            compare(name, documents, queries[: options.limit or None], encoder)
    if options.exam:
        examine(encoder)
    if options.speed:
        time_search(load_encoder(settings.models, settings.encoder, threads=1))


def read_feedbackqa(folder: Path) -> tuple[list[Document], Queries]:
    documents: list[Document] = []
    queries: Queries = []
    for path in sorted(folder.glob("*_passages.jsonl")):
        site = path.name.removesuffix("_passages.jsonl")
        lines = path.read_text(encoding="utf-8").splitlines()
        documents += [feedbackqa_document(site, json.loads(line)) for line in lines]
        with (folder / f"{site}_queries.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
        queries += [(row["query"], f"{site}-{row['passage_id']}") for row in rows]
    return documents, queries


def feedbackqa_document(site: str, row: dict[str, object]) -> Document:
    headers = row["headers"] if isinstance(row["headers"], list) else []
    headings = tuple(dict.fromkeys(str(h) for h in (row["title"], *headers) if h))
    is_faq = row["type"] == "FAQ"
    # The pages were saved with hard line ends; a line that begins in lower case goes on.
    text = re.sub(r"\n(?=[a-z(])", " ", str(row["text"]))
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    return Document(
        source=f"{site}-{row['passage_id']}",
        title=headings[-1] if is_faq else headings[0],
        blocks=tuple(Block(text=line, headings=headings) for line in lines),
        kind=DocumentKind.FAQ if is_faq else DocumentKind.PAGE,
    )


def read_stackfaq(folder: Path) -> tuple[list[Document], Queries]:
    documents = []
    for line in (folder / "faqs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        block = Block(text=" ".join(row["answers"]), headings=(row["question"],))
        documents.append(
            Document(
                source=str(row["faq_id"]), title=row["question"], blocks=(block,),
                kind=DocumentKind.FAQ,
            )
        )  # fmt: skip
    with (folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        queries = [(row["query"], row["faq_id"]) for row in csv.DictReader(file)]
    return documents, queries


def compare(name: str, documents: list[Document], queries: Queries, encoder: EncoderLike) -> None:
    passages = passages_of(documents)
    began = time.perf_counter()
    index = index_of(passages, encoder)
    took = time.perf_counter() - began
    print(
        f"\n{name}: {len(documents)} documents, {len(passages)} passages, {len(queries)} questions"
    )
    print(f"indexed in {took:.0f} s ({len(passages) / took:.0f} passages/s)")
    sources = sorted({p.source for p in passages})
    place = {source: i for i, source in enumerate(sources)}
    owner = np.array([place[p.source] for p in passages])
    methods = Methods(index, encoder)
    ranks: dict[str, list[int]] = {method: [] for method in METHODS}
    for text, answer in queries:
        for method, scores in methods.scores(text).items():
            best = np.full(len(sources), -np.inf, np.float32)
            np.maximum.at(best, owner, scores)
            ranks[method].append(rank_of(best, place[answer]))
    print(f"{'method':14} R@1   R@5   MRR@10 (95% interval)")
    for method, found in ranks.items():
        print(f"{method:14} {row_of(np.array(found))}")


METHODS = ("BM25", "dense", "plain fusion", "ours")


class Methods:
    """The baselines and ours, on one index."""

    def __init__(self, index: Index, encoder: EncoderLike) -> None:
        self.index, self.encoder = index, encoder
        self.ranker, self.model = Ranker(index), RankingModel.load()
        self.meanings = WordMeanings(index.words, index.word_vectors, encoder)
        self.speller = SparingSpeller(index.speller, encoder.is_word)
        self.is_faq = np.array([p.kind is DocumentKind.FAQ for p in index.passages], bool)

    def scores(self, text: str) -> dict[str, Scores]:
        """Return every passage's score by method; -inf is not found."""
        index = self.index
        asked = prepare(text, previous="", index=index.texts, speller=self.speller)
        vector = self.encoder.encode([asked.text])[0]
        bm25 = index.texts.score(asked.stems, asked.weights).bm25
        cosine = index.passage_vectors @ vector
        headings = (index.heading_vectors @ vector)[index.leaf_of]
        return {
            "BM25": bm25,
            "dense": np.where(self.is_faq, np.maximum(cosine, headings), cosine),
            "plain fusion": fused(bm25, cosine),
            "ours": self.ours(asked, vector),
        }

    def ours(self, asked: Question, vector: Vectors) -> Scores:
        words = self.meanings.vectors_of(asked)
        weights = np.array([asked.weights[term] for term in words], np.float32)
        vectors = np.stack(list(words.values())) if words else np.empty((0, len(vector)))
        found = self.ranker.candidates(asked, vector, vectors.astype(np.float32), weights)
        scores = np.full(len(self.index.passages), -np.inf, np.float32)
        scores[found.places] = self.model.score(found)
        return scores


def rank_of(scores: Scores, right: int) -> int:
    """Return the right document's rank from 1; what is not found at all is last."""
    if not np.isfinite(scores[right]):
        return len(scores)
    return 1 + int((scores > scores[right]).sum())


def fused(*scores: Scores) -> Scores:
    total = np.zeros(len(scores[0]), np.float32)
    for one in scores:
        total += (1 / (RRF_K + 1 + np.argsort(np.argsort(-one)))).astype(np.float32)
    return total


def index_of(passages: tuple[Passage, ...], encoder: EncoderLike) -> Index:
    records = records_of(passages, ())
    return build_index(records, encoder.encode([record.embedded for record in records]))


def row_of(ranks: NDArray[np.int64]) -> str:
    gains = np.where(ranks <= 10, 1 / ranks, 0.0)
    draws = np.random.default_rng(0).integers(0, len(ranks), (1000, len(ranks)))
    low, high = np.percentile(gains[draws].mean(1), [2.5, 97.5])
    return (
        f"{np.mean(ranks <= 1):.3f} {np.mean(ranks <= 5):.3f} {gains.mean():.3f}"
        f"  ({low:.3f} to {high:.3f})"
    )


EXAM = Path("tests/exam_brands")


def examine(encoder: EncoderLike) -> None:
    print(f"\n{'brand':16} best  five  five and rows  AUROC of answerability")
    total: list[tuple[bool, bool, bool]] = []
    scores: list[tuple[float, bool]] = []
    for brand in sorted(path for path in EXAM.iterdir() if path.is_dir()):
        reading = read_folder(brand / "content")
        records = records_of(passages_of(reading.documents), reading.products)
        base = KnowledgeBase(
            build_index(records, encoder.encode([record.embedded for record in records])),
            version=brand.name, encoder=encoder, model=AnswerabilityModel.load(),
            ranking=RankingModel.load(),
        )  # fmt: skip
        held, judged = [], []
        for question in read_questions(brand / "questions.jsonl"):
            result = base.search(question.question)
            judged.append((result.answerability, question.answerable))
            if question.answerable:
                held.append(facts_held(question, result))
        print(f"{brand.name:16} {told_held(held, judged)}")
        total += held
        scores += judged
    print(f"{'all':16} {told_held(total, scores)}")


def facts_held(question: TestQuestion, result: SearchResult) -> tuple[bool, bool, bool]:
    texts = [f"{hit.passage.heading}\n{hit.passage.text}" for hit in result.hits]
    offered = (*result.products, *result.alternatives, *result.companions)
    rows = "\n".join(map(write_product, offered))
    return tuple(
        says(question, text)
        for text in (texts[0] if texts else "", "\n".join(texts), "\n".join((*texts, rows)))
    )  # type: ignore[return-value]


def told_held(held: list[tuple[bool, bool, bool]], scores: list[tuple[float, bool]]) -> str:
    first, five, rows = np.mean(held, axis=0)
    yes, no = ([p for p, answerable in scores if answerable is wanted] for wanted in (True, False))
    return f"{first:.3f} {five:.3f} {rows:.3f}          {auroc(yes, no) or 0:.3f}"


def time_search(encoder: EncoderLike, *, size: int = 20_000) -> None:
    """Time whole searches among invented chunks, and Chroma's query for the same vectors."""
    rng = np.random.default_rng(0)
    vocabulary = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrstvz"]
    lines = [" ".join(rng.choice(vocabulary, 80)) for _ in range(size)]
    passages = tuple(
        Passage(
            id=str(i), kind=DocumentKind.PAGE, source="big.md",
            heading=f"Page {i // 20} > part {i % 20}", text=line,
        )
        for i, line in enumerate(lines)
    )  # fmt: skip
    records = records_of(passages, ())
    vectors: Vectors = rng.normal(size=(len(records), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    base = KnowledgeBase(
        build_index(records, vectors), version="speed", encoder=encoder,
        model=AnswerabilityModel.load(), ranking=RankingModel.load(),
    )  # fmt: skip
    questions = [
        f"what is the {' '.join(rng.choice(vocabulary, 4))} of my order" for _ in range(200)
    ]
    print(f"\nsearch among {size} chunks: {milliseconds(base.search, questions)}")
    print(f"of which encoding:          {milliseconds(lambda q: encoder.encode([q]), questions)}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        time_chroma(Path(home), vectors[:size])


def time_chroma(home: Path, vectors: Vectors) -> None:
    import chromadb
    from chromadb.config import Settings

    VectorStore.open(home=home, chroma_url=None)
    client = chromadb.PersistentClient(
        path=str((home / "chroma").resolve()), settings=Settings(anonymized_telemetry=False)
    )
    collection = client.create_collection("kb_speed", embedding_function=None)
    for start in range(0, len(vectors), 2000):
        part = vectors[start : start + 2000]
        collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)
    times = []
    for vector in vectors[:200]:
        began = time.perf_counter()
        collection.query(query_embeddings=vector[None], n_results=50, include=["distances"])
        times.append(time.perf_counter() - began)
    print(f"Chroma's query alone:       {percentiles(times)}")
    times = []
    for vector in vectors[:200]:
        began = time.perf_counter()
        np.argpartition(-(vectors @ vector), 50)
        times.append(time.perf_counter() - began)
    print(f"the matrix alone:           {percentiles(times)}")


def milliseconds(call: Callable[[str], object], questions: list[str]) -> str:
    times = []
    for question in questions:
        began = time.perf_counter()
        call(question)
        times.append(time.perf_counter() - began)
    return percentiles(times)


def percentiles(times: list[float]) -> str:
    p50, p99 = np.percentile(np.array(times) * 1000, [50, 99])
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    main()

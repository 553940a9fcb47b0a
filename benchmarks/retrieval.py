"""Recall and MRR on public data: BM25, dense, plain fusion, and this project's ranking.

    python benchmarks/retrieval.py --feedbackqa DIR --stackfaq DIR [--speed]

FeedbackQA: the test split's questions among the passages of all four sites. StackFAQ: all
questions. ``--speed`` times searching among 20,000 chunks, and Chroma's own query beside it.
Neither data set is part of this project; see its README for sources and licences.
"""

import argparse
import csv
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.settings import load_settings
from intents.encoder import load_encoder
from knowledge_base.answerability import AnswerabilityModel
from knowledge_base.base import KnowledgeBase
from knowledge_base.chunking import passages_of
from knowledge_base.documents import Block, Document
from knowledge_base.index import Index, build_index, records_of
from knowledge_base.ports import EncoderLike, Vectors
from knowledge_base.question import prepare
from knowledge_base.ranking import Features, features_of, rank
from knowledge_base.types import DocumentKind, Passage
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
    is_faq = np.array([p.kind is DocumentKind.FAQ for p in passages], bool)
    sources = sorted({p.source for p in passages})
    place = {source: i for i, source in enumerate(sources)}
    owner = np.array([place[p.source] for p in passages])
    ranks: dict[str, list[int]] = {method: [] for method in methods(is_faq)}
    for features, answer in asked(queries, index, encoder):
        for method, score in methods(is_faq).items():
            best = np.full(len(sources), -np.inf, np.float32)
            np.maximum.at(best, owner, score(features))
            ranks[method].append(1 + int((best > best[place[answer]]).sum()))
    print(f"{'method':14} R@1   R@5   MRR@10 (95% interval)")
    for method, found in ranks.items():
        print(f"{method:14} {row_of(np.array(found))}")


def methods(is_faq: NDArray[np.bool_]) -> dict[str, Callable[[Features], Scores]]:
    return {
        "BM25": lambda f: f.bm25,
        "dense": lambda f: np.where(is_faq, np.maximum(f.cosine, f.heading_cosine), f.cosine),
        "plain fusion": lambda f: fused(f.bm25, f.cosine),
        "ours": lambda f: rank(f, is_faq),
    }


def fused(*scores: Scores) -> Scores:
    total = np.zeros(len(scores[0]), np.float32)
    for one in scores:
        total += (1 / (RRF_K + 1 + np.argsort(np.argsort(-one)))).astype(np.float32)
    return total


def index_of(passages: tuple[Passage, ...], encoder: EncoderLike) -> Index:
    records = records_of(passages, ())
    return build_index(records, encoder.encode([record.embedded for record in records]))


def asked(queries: Queries, index: Index, encoder: EncoderLike) -> Iterator[tuple[Features, str]]:
    for text, answer in queries:
        question = prepare(text, previous="", index=index.texts, speller=index.speller)
        vector = encoder.encode([question.text])[0]
        yield features_of(question, vector, index), answer


def row_of(ranks: NDArray[np.int64]) -> str:
    gains = np.where(ranks <= 10, 1 / ranks, 0.0)
    draws = np.random.default_rng(0).integers(0, len(ranks), (1000, len(ranks)))
    low, high = np.percentile(gains[draws].mean(1), [2.5, 97.5])
    return (
        f"{np.mean(ranks <= 1):.3f} {np.mean(ranks <= 5):.3f} {gains.mean():.3f}"
        f"  ({low:.3f} to {high:.3f})"
    )


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
        model=AnswerabilityModel.load(),
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

"""A folder of documents to a collection. What did not change is not built again."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge_base.chunking import passages_of
from knowledge_base.documents import IngestReport, Reading
from knowledge_base.index import (
    FORMAT,
    build_index,
    cache_folder,
    collection_name,
    load_records,
    records_of,
    write_cache,
)
from knowledge_base.ports import EncoderLike, Progress, Vectors, no_progress
from knowledge_base.readers import read_folder
from knowledge_base.types import Passage, Product
from knowledge_base.vectors import Record, VectorStore, encoder_mark

__all__ = ["IngestReport", "Progress", "ingest"]

ENCODE_BATCH = 256
"""Texts a call, so that progress moves."""

REUSED_COLLECTIONS = 3
"""Embeddings are taken over from this many earlier collections, newest first."""


def ingest(
    path: Path,
    *,
    home: Path,
    encoder: EncoderLike,
    chroma_url: str | None = None,
    progress: Progress = no_progress,
) -> IngestReport:
    """Read a knowledge folder and build its collection, without making it the active one.

    Raises:
        NoKnowledgeError: the folder is missing or empty.
        VectorStoreError: Chroma cannot be opened.
    """
    began = time.perf_counter()
    reading = read_folder(path)
    store = VectorStore.open(home=home, chroma_url=chroma_url)
    passages = passages_of(reading.documents)
    records = records_of(passages, reading.products)
    mark = encoder_mark(encoder)
    name = collection_name(records, mark)
    reused, unchanged = len(records), store.has(name)
    if not unchanged:
        known = _known_vectors(store, home, mark)
        vectors, reused = _encode(records, encoder, known, progress)
        _store(name, records, vectors, passages, reading.products, store, home, mark, progress)
    return _report(name, reading, passages, reused, unchanged=unchanged, began=began)


def _report(
    name: str,
    reading: Reading,
    passages: Sequence[Passage],
    reused: int,
    *,
    unchanged: bool,
    began: float,
) -> IngestReport:
    return IngestReport(
        collection=name,
        passages=len(passages),
        products=len(reading.products),
        broken=reading.broken,
        reused=reused,
        unchanged=unchanged,
        files=len({document.source for document in reading.documents}),
        took_s=time.perf_counter() - began,
    )


def _known_vectors(store: VectorStore, home: Path, mark: str) -> dict[str, Vectors]:
    """Return the vectors of earlier collections by the text they stand for."""
    known: dict[str, Vectors] = {}
    same_encoder = [c for c in store.collections() if c.encoder == mark]
    for collection in same_encoder[:REUSED_COLLECTIONS]:
        records, vectors = load_records(collection.name, store=store, home=home)
        for record, vector in zip(records, vectors, strict=True):
            known.setdefault(record.embedded, vector)
    return known


def _encode(
    records: Sequence[Record],
    encoder: EncoderLike,
    known: dict[str, Vectors],
    progress: Progress,
) -> tuple[Vectors, int]:
    """Return ``(n, d) float32`` for the records, and how many were known already."""
    texts = dict.fromkeys(record.embedded for record in records)
    # Texts of like length together: no thread waits for another's long text.
    new = sorted((text for text in texts if text not in known), key=len, reverse=True)
    reused = sum(record.embedded in known for record in records)
    for start in range(0, len(new), ENCODE_BATCH):
        part = new[start : start + ENCODE_BATCH]
        known.update(zip(part, encoder.encode(part), strict=True))
        progress(f"Encoding the knowledge: {start + len(part)} of {len(new)} texts")
    return np.stack([known[record.embedded] for record in records]).astype(np.float32), reused


def _store(
    name: str,
    records: Sequence[Record],
    vectors: Vectors,
    passages: Sequence[Passage],
    products: Sequence[Product],
    store: VectorStore,
    home: Path,
    mark: str,
    progress: Progress,
) -> None:
    progress(f"Storing {len(records)} records")
    facts: dict[str, str | int | float] = {
        "created": time.time(),
        "passages": len(passages),
        "products": len(products),
        "encoder": mark,
        "form": FORMAT,
    }
    write_cache(cache_folder(home, name), records, vectors, build_index(records, vectors))
    store.write(name, records, vectors, facts)

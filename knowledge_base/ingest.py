"""A folder of documents to a collection. What did not change is not built again."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge_base.chunking import passages_of
from knowledge_base.documents import IngestReport, Reading, SourceFile
from knowledge_base.index import (
    FORMAT,
    build_index,
    cache_folder,
    collection_name,
    load_records,
    records_of,
    write_cache,
)
from knowledge_base.ports import EncoderLike, Progress, Share, Vectors, no_progress, no_share
from knowledge_base.readers import read_folder
from knowledge_base.types import Passage, Product
from knowledge_base.vectors import Record, VectorStore, encoder_mark

__all__ = ["IngestReport", "Progress", "ingest"]

ENCODE_BATCH = 256
"""Texts a call, so that progress moves."""

REUSED_COLLECTIONS = 3
"""Embeddings are taken over from this many earlier collections, newest first."""


READ_SHARE, ENCODED_SHARE = 0.1, 0.8
"""How much of an ingest is done once files are read and texts encoded: on 20,000 chunks encoding
takes most of the time, writing them to Chroma the rest."""


def ingest(
    path: Path,
    *,
    home: Path,
    encoder: EncoderLike,
    chroma_url: str | None = None,
    beside: Sequence[SourceFile] = (),
    progress: Progress = no_progress,
    share: Share = no_share,
) -> IngestReport:
    """Read a knowledge folder and build its collection, without making it the active one.

    Files ``beside`` are read as if they lay in the folder; ``share`` is told how much is done.

    Raises:
        NoKnowledgeError: the folder is missing or empty.
        VectorStoreError: Chroma cannot be opened.
    """
    began = time.perf_counter()
    progress("Reading the files")
    reading = read_folder(path, beside, _part(share, 0, READ_SHARE))
    store = VectorStore.open(home=home, chroma_url=chroma_url)
    passages = passages_of(reading.documents)
    records = records_of(passages, reading.products)
    mark = encoder_mark(encoder)
    name = collection_name(records, mark)
    reused, unchanged = len(records), store.has(name)
    if not unchanged:
        known = _known_vectors(store, home, mark)
        encoding = _part(share, READ_SHARE, ENCODED_SHARE)
        vectors, reused = _encode(records, encoder, known, progress, encoding)
        progress(f"Storing {len(records)} records")
        index = build_index(records, vectors)
        write_cache(cache_folder(home, name), records, vectors, index)
        facts = _facts(passages, reading.products, mark)
        store.write(name, records, vectors, facts, _part(share, ENCODED_SHARE, 1))
    share(1.0)
    return _report(name, reading, passages, reused, unchanged=unchanged, began=began)


def _part(share: Share, start: float, end: float) -> Share:
    """Return what is told of a part of the work, which goes from ``start`` to ``end``."""
    return lambda done: share(start + (end - start) * done)


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
    share: Share,
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
        share((start + len(part)) / len(new))
    return np.stack([known[record.embedded] for record in records]).astype(np.float32), reused


def _facts(
    passages: Sequence[Passage], products: Sequence[Product], mark: str
) -> dict[str, str | int | float]:
    return {
        "created": time.time(),
        "passages": len(passages),
        "products": len(products),
        "encoder": mark,
        "form": FORMAT,
    }

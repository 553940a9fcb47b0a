"""The index in memory: vectors of passages, headings and products, and BM25 beside them.

Chroma keeps the truth. Queries are answered from a NumPy matrix read from it once, because ranking
and answerability need the exact similarity of every candidate, BM25's included, which Chroma's
approximate search does not give. ``benchmarks/retrieval.py --speed`` measures both: among 20,000
chunks Chroma's query took 2.3 ms and the matrix 1.3 ms on two cores, 3.2 ms on one; among a
brand's usual few hundred the matrix takes a tenth of a millisecond.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.codec import read_passage, read_product, write_passage, write_product
from knowledge_base.lexical import HEADING_B, HEADING_K1, LexicalIndex, Speller
from knowledge_base.ports import Vectors
from knowledge_base.sentences import embedded_sentence, leaf_of, sentences_of
from knowledge_base.types import Passage, Product
from knowledge_base.vectors import Record, VectorStore
from knowledge_base.words import LONGEST_WORD, STOP_WORDS, content_words, stem, words

FORMAT = 5
"""Raised when records or embedded texts change their form, so that old indexes are built anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Everything that search needs. Row i of a matrix belongs to item i of its tuple.

    ``heading_of[i]`` is the place in ``headings`` of passage i's heading path, ``leaf_of[i]`` that
    of the path's last part. Passage i's sentences are rows ``sentence_starts[i]`` to
    ``sentence_starts[i + 1]`` of ``sentence_vectors``, and places of ``sentences``. Passages of one
    page share their ``page_of``.
    """

    passages: tuple[Passage, ...]
    passage_vectors: Vectors
    headings: tuple[str, ...]
    heading_vectors: Vectors
    heading_of: NDArray[np.int64]
    leaf_of: NDArray[np.int64]
    sentence_vectors: Vectors
    sentence_starts: NDArray[np.int64]
    page_of: NDArray[np.int64]
    products: tuple[Product, ...]
    product_vectors: Vectors
    words: tuple[str, ...]
    word_vectors: Vectors
    texts: LexicalIndex
    titles: LexicalIndex
    sentences: LexicalIndex
    speller: Speller

    def said_by(self, passage: int) -> frozenset[int]:
        """Return the numbers of the stems in a passage's own text, its heading left out."""
        rows = range(self.sentence_starts[passage], self.sentence_starts[passage + 1])
        return frozenset(n for row in rows for n in self.sentences.terms_of(row).tolist())


def records_of(passages: Sequence[Passage], products: Sequence[Product]) -> list[Record]:
    """Return what is stored: passages, their sentences and headings, products, and all words."""
    headings = dict.fromkeys(
        heading for p in passages for heading in (p.heading, leaf_of(p.heading))
    )
    return [
        *(
            Record(id=p.id, role="passage", embedded=embedded_text(p), row=write_passage(p))
            for p in passages
        ),
        *(
            Record(
                id=f"s-{p.id}-{i}", role="sentence", embedded=embedded_sentence(p, text), row=p.id
            )
            for p in passages
            for i, text in enumerate(sentences_of(p))
        ),
        *(
            Record(id=f"h-{_hash(text)}", role="heading", embedded=text, row=text)
            for text in headings
        ),
        *(
            Record(
                id=f"p-{product.sku}",
                role="product",
                embedded=product_text(product),
                row=write_product(product),
            )
            for product in products
        ),
        *(
            Record(id=f"w-{word}", role="word", embedded=word, row=word)
            for word in _vocabulary(passages, products)
        ),
    ]


def embedded_text(passage: Passage) -> str:
    """Return what is encoded for a passage: where it stands, then what it says."""
    return f"{passage.heading}\n{passage.text}"


def product_text(product: Product) -> str:
    """Return what is encoded for a product: no prices or stock, which change."""
    return f"{product.name} ({product.category}). {product.description}"


def _vocabulary(passages: Sequence[Passage], products: Sequence[Product]) -> list[str]:
    """Return one word for each stem that passages and products hold, numbers left out."""
    texts = [embedded_text(passage) for passage in passages]
    for product in products:
        facts = (*product.attributes, *product.attributes.values(), *product.colors)
        texts.append(" ".join((product_text(product), *facts)))
    found = (word for text in texts for word in content_words(text))
    by_stem = {stem(word): word for word in found if word.isalpha() and len(word) <= LONGEST_WORD}
    return sorted(by_stem.values())


def collection_name(records: Sequence[Record], encoder: str) -> str:
    """Return ``kb_<hash>``: the same content and encoder give the same name."""
    digest = hashlib.sha256(json.dumps([FORMAT, encoder]).encode())
    for record in records:
        digest.update(f"{record.id}\x1f{record.embedded}\x1f{record.row}\x1e".encode())
    return f"kb_{digest.hexdigest()[:16]}"


def load_index(name: str, *, store: VectorStore, home: Path) -> Index:
    """Load a collection, from the files beside Chroma where this machine has them.

    Raises:
        CollectionError: there is no such collection.
    """
    folder = cache_folder(home, name)
    cached = _read_cache(folder)
    records, vectors = cached if cached is not None else store.read(name)
    index = _assemble(records, vectors, folder if cached is not None else None)
    if cached is None:
        write_cache(folder, records, vectors, index)
    return index


def load_records(name: str, *, store: VectorStore, home: Path) -> tuple[list[Record], Vectors]:
    """Return a collection's records with ``(n, d) float32``.

    Raises:
        CollectionError: there is no such collection.
    """
    return _read_cache(cache_folder(home, name)) or store.read(name)


def cache_folder(home: Path, name: str) -> Path:
    """Return where a collection's BM25 files, and a copy of its vectors, lie."""
    return home / "knowledge" / name


def build_index(records: Sequence[Record], vectors: Vectors) -> Index:
    """Build the index from records and their vectors, in the order of ``records_of``."""
    return _assemble(records, vectors, None)


def write_cache(folder: Path, records: Sequence[Record], vectors: Vectors, index: Index) -> None:
    """Write BM25 and a copy of the records, so that opening takes a moment.

    Reading 20,000 vectors back from Chroma takes seconds. ``complete`` is written last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index.texts.save(folder / "texts")
    index.titles.save(folder / "titles")
    index.sentences.save(folder / "sentences")
    np.save(folder / "vectors.npy", vectors, allow_pickle=False)
    lines = (json.dumps([r.id, r.role, r.embedded, r.row]) for r in records)
    (folder / "records.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "complete").write_text(str(len(records)), encoding="utf-8")


def _read_cache(folder: Path) -> tuple[list[Record], Vectors] | None:
    if not (folder / "complete").exists():
        return None
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    records = [Record(id=row[0], role=row[1], embedded=row[2], row=row[3]) for row in rows]
    vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    return records, vectors


def _assemble(records: Sequence[Record], vectors: Vectors, folder: Path | None) -> Index:
    roles = np.array([record.role for record in records])
    places = {
        role: [int(i) for i in np.flatnonzero(roles == role)]
        for role in ("passage", "sentence", "heading", "product", "word")
    }
    passages = tuple(read_passage(records[i].row) for i in places["passage"])
    headings = tuple(records[i].row for i in places["heading"])
    position = {heading: i for i, heading in enumerate(headings)}
    owners = Counter(records[i].row for i in places["sentence"])
    texts, titles, sentences = _lexical(passages, folder)
    return Index(
        passages=passages,
        passage_vectors=np.ascontiguousarray(vectors[places["passage"]]),
        headings=headings,
        heading_vectors=np.ascontiguousarray(vectors[places["heading"]]),
        heading_of=np.array([position[p.heading] for p in passages], np.int64),
        leaf_of=np.array([position[leaf_of(p.heading)] for p in passages], np.int64),
        sentence_vectors=np.ascontiguousarray(vectors[places["sentence"]]),
        sentence_starts=np.cumsum([0, *(owners[p.id] for p in passages)], dtype=np.int64),
        page_of=_pages(passages),
        products=tuple(read_product(records[i].row) for i in places["product"]),
        product_vectors=np.ascontiguousarray(vectors[places["product"]]),
        words=tuple(records[i].row for i in places["word"]),
        word_vectors=np.ascontiguousarray(vectors[places["word"]]),
        texts=texts,
        titles=titles,
        sentences=sentences,
        speller=_speller(passages, records),
    )


def _pages(passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Return a number for each passage's page, known by its title; a question alone is its own."""
    keys = [p.heading.split(" > ")[0] for p in passages]
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.int64)


def _lexical(
    passages: Sequence[Passage], folder: Path | None
) -> tuple[LexicalIndex, LexicalIndex, LexicalIndex]:
    """Return BM25 over whole passages, over headings and over sentences."""
    sentences = [sentence for p in passages for sentence in sentences_of(p)]
    if folder is not None:
        size = len(passages)
        return (
            LexicalIndex.load(folder / "texts", size),
            LexicalIndex.load(folder / "titles", size),
            LexicalIndex.load(folder / "sentences", len(sentences)),
        )
    return (
        LexicalIndex.build([embedded_text(p) for p in passages]),
        LexicalIndex.build([p.heading for p in passages], k1=HEADING_K1, b=HEADING_B),
        LexicalIndex.build(sentences),
    )


def _speller(passages: Sequence[Passage], records: Sequence[Record]) -> Speller:
    counts: Counter[str] = Counter(STOP_WORDS)
    for passage in passages:
        counts.update(words(embedded_text(passage)))
    for record in records:
        if record.role == "product":
            counts.update(words(record.embedded))
    return Speller(counts)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]

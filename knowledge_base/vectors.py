"""Chroma: every collection of passages, headings and products, with their embeddings.

A collection is written once under a name made from its content and never changed, so that a
process may go on serving it while another ingests.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from knowledge_base.errors import CollectionError, VectorStoreError
from knowledge_base.ports import EncoderLike, Share, Vectors, no_share

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

PREFIX = "kb_"
"""Collections of ours begin so; others on the same server are left alone."""

BATCH = 1000
"""Records a write; Chroma's own limit is about five times higher."""


_GRAPH: "CreateCollectionConfiguration" = {
    "hnsw": {"space": "cosine", "ef_construction": 40, "max_neighbors": 8}
}
"""Chroma's own graph for approximate search is a light one: this project never asks it (see
``index.py``), and with Chroma's ordinary one (100, 16) writing takes half as long again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of a collection.

    ``role`` is passage, heading, product or word; ``embedded`` the text that was encoded; ``row``
    the thing itself, as JSON or as the text it is.
    """

    id: str
    role: str
    embedded: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCollection:
    """A complete collection. ``created`` is in seconds since 1970, ``form`` the records' form."""

    name: str
    created: float
    passages: int
    products: int
    encoder: str
    form: int = 0


class VectorStore:
    """Collections in Chroma, embedded below ``home`` or on a server."""

    def __init__(self, client: "ClientAPI") -> None:
        self._client = client

    @classmethod
    def open(cls, *, home: Path, chroma_url: str | None) -> "VectorStore":
        """Open the store.

        Raises:
            VectorStoreError: the server does not answer, or the folder cannot be used.
        """
        import chromadb
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        try:
            if chroma_url is None:
                folder = home / "chroma"
                folder.mkdir(parents=True, exist_ok=True)
                return cls(chromadb.PersistentClient(path=str(folder.resolve()), settings=quiet))
            parts = urlsplit(chroma_url)
            secure = parts.scheme == "https"
            client = chromadb.HttpClient(
                host=parts.hostname or "localhost",
                port=parts.port or (443 if secure else 8000),
                ssl=secure,
                settings=quiet,
            )
        # Chroma raises ValueError for "cannot connect" and OSError for a folder it cannot use.
        except (ValueError, OSError) as error:
            where = chroma_url or str(home / "chroma")
            raise VectorStoreError(
                f"Chroma at {where} cannot be opened: {error}",
                hint="Start the server or correct TEXTWISE_CHROMA_URL; unset, Chroma runs embedded "
                "below TEXTWISE_HOME.",
            ) from error
        return cls(client)

    def collections(self) -> list[StoredCollection]:
        """Return our collections that are complete, newest first."""
        found = [
            StoredCollection(
                name=collection.name,
                created=float(values.get("created", 0.0)),
                passages=int(values.get("passages", 0)),
                products=int(values.get("products", 0)),
                encoder=str(values.get("encoder", "")),
                form=int(values.get("form", 0)),
            )
            for collection in self._client.list_collections()
            if collection.name.startswith(PREFIX)
            and (values := collection.metadata or {}).get("complete")
        ]
        return sorted(found, key=lambda c: c.created, reverse=True)

    def has(self, name: str) -> bool:
        """Whether a complete collection of this name is there."""
        return any(collection.name == name for collection in self.collections())

    def write(
        self,
        name: str,
        records: Sequence[Record],
        vectors: Vectors,
        facts: Mapping[str, str | int | float],
        share: Share = no_share,
    ) -> None:
        """Write a collection. What an interrupted write left is completed, not doubled."""
        collection = self._client.get_or_create_collection(
            name,
            embedding_function=None,
            metadata={**facts, "complete": False},
            configuration=_GRAPH,
        )
        for start in range(0, len(records), BATCH):
            part = records[start : start + BATCH]
            collection.upsert(
                ids=[record.id for record in part],
                embeddings=vectors[start : start + len(part)],
                documents=[record.embedded or " " for record in part],
                metadatas=[
                    {"role": record.role, "row": record.row, "place": start + i}
                    for i, record in enumerate(part)
                ],
            )
            share((start + len(part)) / len(records))
        # Only now may readers and later ingests rely on it.
        collection.modify(metadata={**facts, "complete": True})

    def read(self, name: str) -> tuple[list[Record], Vectors]:
        """Return a collection's records in the order of writing, with ``(n, d) float32``.

        Raises:
            CollectionError: there is no such collection.
        """
        from chromadb.errors import NotFoundError

        try:
            collection = self._client.get_collection(name, embedding_function=None)
        except (NotFoundError, ValueError):
            raise CollectionError(
                f"There is no knowledge index {name!r}.", hint="Run `textwise kb ingest`."
            ) from None
        found = collection.get(include=["embeddings", "metadatas", "documents"])
        metadatas, documents = found["metadatas"] or [], found["documents"] or []
        order = np.argsort([int(str(values["place"])) for values in metadatas])
        records = [
            Record(
                id=found["ids"][i],
                role=str(metadatas[i]["role"]),
                embedded=documents[i],
                row=str(metadatas[i]["row"]),
            )
            for i in order
        ]
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return records, vectors[order] if len(order) else vectors.reshape(0, 0)

    def delete(self, names: Iterable[str]) -> None:
        """Delete collections; one that is not there is no error."""
        there = {collection.name for collection in self._client.list_collections()}
        for name in names:
            if name in there:
                self._client.delete_collection(name)


def encoder_mark(encoder: EncoderLike) -> str:
    """Return a mark by which an encoder is known again: the signs of a probe's large components.

    The protocol gives an encoder no name, and a name would not notice changed weights.
    """
    probe = encoder.encode(["How long do I have to send something back?"])[0]
    large = np.argsort(-np.abs(probe))[:12]
    signs = "".join("+" if probe[i] > 0 else "-" for i in sorted(large))
    return json.dumps({"d": len(probe), "signs": signs})

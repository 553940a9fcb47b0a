"""The indexes that are kept, the live one among them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ConfigurationError
from knowledge_base.errors import KnowledgeError
from knowledge_base.index import FORMAT, cache_folder
from knowledge_base.ports import EncoderLike
from knowledge_base.vectors import StoredCollection, VectorStore, encoder_mark

KEPT = 10
"""Indexes kept to go back to, the live one among them."""


@dataclass(frozen=True, slots=True)
class StoredIndexes:
    """Indexes of one home that an encoder can read."""

    home: Path
    chroma_url: str | None
    encoder: EncoderLike

    def versions(self) -> list[StoredCollection]:
        """Return the indexes that can be gone back to, newest first.

        Raises:
            ConfigurationError: Chroma cannot be opened.
        """
        mark = encoder_mark(self.encoder)
        try:
            there = VectorStore.open(home=self.home, chroma_url=self.chroma_url).collections()
        except KnowledgeError as error:
            raise ConfigurationError(str(error), hint=error.hint) from error
        return [c for c in there if c.form == FORMAT and c.encoder == mark]

    def earlier(self, live: str | None, version: str | None) -> StoredCollection:
        """Return the index to go back to: the one named, else the one made before the live one.

        Raises:
            ConfigurationError: there is no such index, or none before the live one.
        """
        there = self.versions()
        if version is None:
            place = next((i for i, c in enumerate(there) if c.name == live), -1)
            chosen = there[place + 1] if place + 1 < len(there) else None
        else:
            chosen = next((c for c in there if c.name == version), None)
        if chosen is None:
            raise ConfigurationError(
                f"There is no index {version!r}." if version else "There is no earlier index.",
                hint="`textwise kb versions` lists what there is.",
            )
        return chosen

    def forget_old(self, live: str) -> None:
        """Delete embedded indexes that nobody will go back to: each holds all vectors again.

        On a server others may use the same ones, so there they stay.
        """
        if self.chroma_url is not None:
            return
        old = [c.name for c in self.versions() if c.name != live][KEPT - 1 :]
        VectorStore.open(home=self.home, chroma_url=None).delete(old)
        for name in old:
            shutil.rmtree(cache_folder(self.home, name), ignore_errors=True)

    def has(self, collection: str) -> bool:
        """Whether a collection is there.

        Raises:
            ConfigurationError: Chroma cannot be opened.
        """
        try:
            store = VectorStore.open(home=self.home, chroma_url=self.chroma_url)
            return store.has(collection)
        except KnowledgeError as error:
            raise ConfigurationError(str(error), hint=error.hint) from error

"""A tiny encoder and small brands, so that the room is tested without model weights."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.base import KnowledgeBase
from knowledge_base.ingest import ingest
from knowledge_base.ports import Vectors
from knowledge_base.words import stems

BRANDS = Path(__file__).parent / "brands"


class HashingEncoder:
    """Words and their beginnings hashed to directions: near texts share words. Counts its texts."""

    def __init__(self, *, dimension: int = 256, salt: str = "") -> None:
        self.dimension = dimension
        self.salt = salt
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return np.stack([self._one(text) for text in texts])

    def is_word(self, text: str) -> bool:
        """Know no language: every word may be a slip."""
        del text
        return False

    def _one(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for stem in stems(text):
            for part in (stem, stem[:4]):
                digest = hashlib.sha256((self.salt + part).encode()).digest()
                vector[int.from_bytes(digest[:4]) % self.dimension] += 1 if digest[4] % 2 else -1
        length = np.linalg.norm(vector)
        return (vector / length).astype(np.float32)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


Opened = Callable[..., KnowledgeBase]


@pytest.fixture
def open_folder(tmp_path: Path) -> Opened:
    """Write files (name to text) into a folder, ingest it, and open the knowledge base."""

    def build(files: dict[str, str], **options: object) -> KnowledgeBase:
        folder = write_files(tmp_path / "content", files)
        encoder = HashingEncoder()
        report = ingest(folder, home=tmp_path / "home", encoder=encoder)
        return KnowledgeBase.open(
            home=tmp_path / "home", encoder=encoder, collection=report.collection, **options
        )

    return build


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder

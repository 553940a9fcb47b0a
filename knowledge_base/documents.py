"""What readers make of files, before it is cut into passages. Standard library only."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from knowledge_base.types import DocumentKind, Product


class BlockKind(StrEnum):
    """What a block is: it decides where a passage may be cut."""

    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, a list item or a table row, with the headings it stands under.

    A table row reads ``Header: value; Header: value``, so that it can be understood alone.
    """

    text: str
    headings: tuple[str, ...] = ()
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page (its blocks in order) or one FAQ entry (``title`` is the question)."""

    source: str
    title: str
    blocks: tuple[Block, ...]
    kind: DocumentKind = DocumentKind.PAGE
    url: str = ""
    tags: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    regions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenInput:
    """Something that could not be read. ``line`` counts from 1; 0 means the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.message}"
            if self.line
            else f"{self.file}: {self.message}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read: ``name`` is its path inside the knowledge folder, with forward slashes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file, or a whole folder, held."""

    documents: tuple[Document, ...] = ()
    products: tuple[Product, ...] = ()
    broken: tuple[BrokenInput, ...] = ()

    def __add__(self, other: "Reading") -> "Reading":
        return replace(
            self,
            documents=self.documents + other.documents,
            products=self.products + other.products,
            broken=self.broken + other.broken,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader of one file format. ``names`` (whole file names) win over ``suffixes``."""

    read: Callable[[SourceFile], Reading]
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest made.

    ``reused`` counts embeddings taken over from earlier ingests;
    ``unchanged`` tells that the collection was there already and nothing was built.
    """

    collection: str
    passages: int
    products: int
    broken: tuple[BrokenInput, ...] = ()
    reused: int = 0
    unchanged: bool = False
    files: int = 0
    took_s: float = field(default=0.0, compare=False)


def source_name(path: Path, root: Path) -> str:
    """Return the name under which a file is cited: its path inside the folder."""
    return path.relative_to(root).as_posix()

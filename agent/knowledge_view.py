"""The knowledge as a lead sees it: what is live, from which files, what was left out, versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agent.domain.knowledge import KnowledgeChange, OwnFile
from agent.domain.learning import Job
from agent.knowledge_files import ANSWERS
from knowledge_base.base import KnowledgeBase
from knowledge_base.documents import BrokenInput
from knowledge_base.types import Passage
from knowledge_base.vectors import StoredCollection

CATALOGUE = "products.csv"

_BROKEN: TypeAdapter[list[BrokenInput]] = TypeAdapter(list[BrokenInput])


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of the live index. ``lapsed`` passages were valid once and are found no more.

    ``own`` is set where it was uploaded; ``written``: it holds the answers written in the console.
    """

    name: str
    passages: int = 0
    products: int = 0
    lapsed: int = 0
    own: OwnFile | None = None
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexVersion:
    """An index that can be gone back to; ``by`` is empty where nobody in particular made it."""

    name: str
    made_at: datetime
    passages: int
    products: int
    live: bool
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeView:
    """Everything about the live knowledge.

    ``live`` is None, and ``trouble`` says why, where no index can be opened. ``broken`` is None
    where nobody has noted what this index left out. ``waiting`` files are uploaded and not in the
    live index (it is being made, or an earlier one was gone back to).
    """

    live: IndexVersion | None
    since: KnowledgeChange | None
    trouble: str
    folder: Path
    sources: tuple[Source, ...]
    broken: tuple[BrokenInput, ...] | None
    versions: tuple[IndexVersion, ...]
    waiting: tuple[OwnFile, ...]
    job: Job | None

    @property
    def earlier(self) -> IndexVersion | None:
        """The version made before the live one."""
        names = [version.live for version in self.versions]
        if True not in names or names.index(True) + 1 >= len(names):
            return None
        return self.versions[names.index(True) + 1]


def sources_of(base: KnowledgeBase, own: Sequence[OwnFile], on: date) -> tuple[Source, ...]:
    """Return the files of an index with their counts, by name."""
    uploaded = {file.name: file for file in own}
    passages = Counter(passage.source for passage in base.passages)
    lapsed = Counter(p.source for p in base.passages if _lapsed(p, on))
    products = len(base.catalogue.products)
    names = {*passages, *((CATALOGUE,) if products else ())}
    return tuple(
        Source(
            name=name,
            passages=passages[name],
            products=products if name == CATALOGUE else 0,
            lapsed=lapsed[name],
            own=uploaded.get(name),
            written=name == ANSWERS,
        )
        for name in sorted(names)
    )


def _lapsed(passage: Passage, on: date) -> bool:
    return passage.valid_until is not None and passage.valid_until < on


def versions_of(
    stored: Sequence[StoredCollection], live: str, makers: Mapping[str, str]
) -> tuple[IndexVersion, ...]:
    """Return the indexes, newest first. ``makers`` names who had them made."""
    return tuple(
        IndexVersion(
            name=collection.name,
            made_at=datetime.fromtimestamp(collection.created, UTC),
            passages=collection.passages,
            products=collection.products,
            live=collection.name == live,
            by=makers.get(collection.name, ""),
        )
        for collection in stored
    )


def broken_of(change: KnowledgeChange | None) -> tuple[BrokenInput, ...] | None:
    """Return what an indexing left out; None where it is not known."""
    if change is None:
        return None
    try:
        return tuple(_BROKEN.validate_python(change.report.get("broken", ())))
    except ValidationError:
        # From another release; the next indexing notes it again.
        return None

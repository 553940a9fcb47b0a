"""The knowledge that is live: indexed when its files change, swapped without a restart."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from agent.domain.knowledge import ChangeKind
from agent.errors import ConfigurationError
from agent.knowledge_files import fingerprint, glance, own_files, own_mark
from agent.knowledge_indexes import StoredIndexes
from agent.store.unit_of_work import Database
from knowledge_base.base import KnowledgeBase
from knowledge_base.documents import IngestReport
from knowledge_base.errors import KnowledgeError
from knowledge_base.ingest import ingest
from knowledge_base.ports import EncoderLike, Progress, Share, no_share
from knowledge_base.types import EVERYBODY, Audience, SearchResult
from knowledge_base.vectors import StoredCollection, encoder_mark

_log = structlog.get_logger(__name__)

COLLECTION, FILES, FOLDER = "knowledge", "knowledge_files", "knowledge_folder"
"""Names of the active rows: the collection that is live, the hash of its files, their folder."""
READ = 10
"""Passages whose sentences may answer: on the brands for practice five hold the answer's sentence
in 93% of the questions, twelve in 96%."""
_LOOK_S = 2.0
"""Seconds between looks at the active row; a swapped collection is served within that time."""


class LiveKnowledge:
    """Serves the active collection and follows the active row."""

    def __init__(
        self,
        *,
        database: Database,
        home: Path,
        folder: Path | None,
        fallback: Path,
        encoder: EncoderLike,
        chroma_url: str | None,
        today: Callable[[], date],
    ) -> None:
        """Prepare to serve; nothing is read yet.

        ``folder`` is the one that the settings name. Where they name none, the folder ingested
        last is followed, and where there is none either, ``fallback``.
        """
        self._database = database
        self._home = home
        self._folder = folder
        self._fallback = fallback
        self._encoder = encoder
        self._chroma_url = chroma_url
        self._indexes = StoredIndexes(home, chroma_url, encoder)
        self._today = today
        self.on_live: Callable[[KnowledgeBase], None] = _nothing
        self.asked_by = ""
        """Who waits for the next indexing, should the follower of the files be faster."""
        self._base: KnowledgeBase | None = None
        self._looked_at = 0.0
        self._opening = threading.Lock()
        self._indexing = threading.Lock()

    @property
    def version(self) -> str:
        """The live collection's name."""
        return self.base.version

    @property
    def base(self) -> KnowledgeBase:
        """The live knowledge base; another one within seconds of a swap."""
        base = self._base
        if base is None or time.monotonic() - self._looked_at > _LOOK_S:
            base = self._follow()
        return base

    @property
    def today(self) -> date:
        """The brand's day, by which passages are valid or not."""
        return self._today()

    @property
    def folder(self) -> Path:
        """The folder that is read."""
        with self._database.read() as uow:
            return self._folder_of(uow.live.active(FOLDER))

    def search(
        self, question: str, previous: str = "", audience: Audience = EVERYBODY
    ) -> SearchResult:
        """Search the live collection."""
        return self.base.search(question, k=READ, previous=previous, audience=audience)

    def ensure_indexed(
        self, progress: Progress, share: Share = no_share, *, by: str = ""
    ) -> IngestReport | None:
        """Index the folder if its files have changed since; None where they have not.

        Raises:
            ConfigurationError: the folder is missing or empty, or the index cannot be built.
        """
        # Whoever comes second finds nothing to do, instead of doing the same beside the first.
        with self._indexing:
            with self._database.read() as uow:
                present, collection = uow.live.active(FILES), uow.live.active(COLLECTION)
                folder, own = self._folder_of(uow.live.active(FOLDER)), own_mark(uow)
            unchanged = present == fingerprint(folder, encoder_mark(self._encoder), own)
            if unchanged and collection is not None and self._indexes.has(collection):
                return None
            return self._index(folder, progress, share, by)

    def index(
        self, folder: Path, progress: Progress, share: Share = no_share, *, by: str = ""
    ) -> IngestReport:
        """Index a folder, and what was added by hand, and make it the live knowledge.

        Raises:
            ConfigurationError: the folder is missing or empty, or the index cannot be built.
        """
        with self._indexing:
            return self._index(folder, progress, share, by)

    def _index(self, folder: Path, progress: Progress, share: Share, by: str) -> IngestReport:
        with self._database.read() as uow:
            beside, own = own_files(uow), own_mark(uow)
        try:
            # Before reading: what changes meanwhile is then read again.
            files = fingerprint(folder, encoder_mark(self._encoder), own)
            report = ingest(
                folder,
                home=self._home,
                encoder=self._encoder,
                chroma_url=self._chroma_url,
                beside=beside,
                progress=progress,
                share=share,
            )
        except KnowledgeError as error:
            raise ConfigurationError(str(error), hint=error.hint) from error
        by, self.asked_by = by or self.asked_by, ""
        with self._database.begin() as uow:
            uow.live.set_active(COLLECTION, report.collection)
            uow.live.set_active(FOLDER, str(folder.resolve()))
            uow.live.set_active(FILES, files)
            told = {name: value for name, value in asdict(report).items() if name != "collection"}
            uow.own_knowledge.note_change(report.collection, ChangeKind.INDEXED, by=by, report=told)
        for broken in report.broken:
            _log.warning("knowledge_broken", where=str(broken))
        self._looked_at = 0.0
        self._indexes.forget_old(report.collection)
        return report

    def versions(self) -> list[StoredCollection]:
        """Return the indexes that can be gone back to, newest first.

        Raises:
            ConfigurationError: Chroma cannot be opened.
        """
        return self._indexes.versions()

    def roll_back(self, version: str | None = None, *, by: str = "") -> StoredCollection:
        """Make an earlier index live: the one named, else the one made before the live one.

        It stays live until the files change again, or until the next ingest.

        Raises:
            ConfigurationError: there is no such index, or none before the live one.
        """
        with self._database.read() as uow:
            live = uow.live.active(COLLECTION)
        chosen = self._indexes.earlier(live, version)
        with self._database.begin() as uow:
            uow.live.set_active(COLLECTION, chosen.name)
            uow.own_knowledge.note_change(chosen.name, ChangeKind.ROLLED_BACK, by=by, report={})
            folder = self._folder_of(uow.live.active(FOLDER))
            if folder.is_dir():
                # As if the files were indexed: only their next change makes them live again.
                files = fingerprint(folder, encoder_mark(self._encoder), own_mark(uow))
                uow.live.set_active(FILES, files)
        self._looked_at = 0.0
        _log.info("knowledge_rolled_back", collection=chosen.name)
        return chosen

    def follow_files(self, stop: threading.Event, *, every_s: float = 15.0) -> threading.Thread:
        """Index the folder in the background whenever its files have changed, until ``stop``.

        Looking costs one ``stat`` a file. What cannot be indexed is logged, and what is live stays.
        """

        def follow() -> None:
            seen = ""
            while not stop.wait(every_s):
                try:
                    now = self._glance()
                    if now != seen and self.ensure_indexed(_nothing) is not None:
                        _log.info("knowledge_followed", collection=self.version)
                    seen = now
                # The next look may find the files mended.
                except (ConfigurationError, KnowledgeError, OSError, SQLAlchemyError) as error:
                    _log.warning("knowledge_not_followed", reason=str(error))

        thread = threading.Thread(target=follow, daemon=True, name="knowledge-files")
        thread.start()
        return thread

    def _glance(self) -> str:
        with self._database.read() as uow:
            return glance(self._folder_of(uow.live.active(FOLDER)), own_mark(uow))

    def _folder_of(self, last: str | None) -> Path:
        return self._folder or (Path(last) if last and Path(last).is_dir() else self._fallback)

    def _follow(self) -> KnowledgeBase:
        with self._opening:
            with self._database.read() as uow:
                collection = uow.live.active(COLLECTION)
            if self._base is None or self._base.version != collection:
                self._base = self._open(collection)
            self._looked_at = time.monotonic()
            return self._base

    def _open(self, collection: str | None) -> KnowledgeBase:
        try:
            base = KnowledgeBase.open(
                home=self._home,
                encoder=self._encoder,
                chroma_url=self._chroma_url,
                collection=collection,
                today=self._today,
            )
        except KnowledgeError as error:
            raise ConfigurationError(str(error), hint=error.hint) from error
        _log.info("knowledge_live", collection=base.version)
        self.on_live(base)
        return base


def _nothing(_: object) -> None:
    """Follow nothing, and say nothing."""

"""The files that knowledge is made of: those of the folder, and those that people added by hand.

What is added in the console lives in the database, not in the folder: it is there on read-only
images and on every machine, and its authors and earlier wordings are kept.
"""

import hashlib
import json
from pathlib import Path

from agent.domain.knowledge import WrittenAnswer
from agent.store.unit_of_work import UnitOfWork
from knowledge_base.documents import SourceFile
from knowledge_base.index import FORMAT

ANSWERS = "console/answers.jsonl"
"""Under this name written answers are cited."""


def own_files(uow: UnitOfWork) -> tuple[SourceFile, ...]:
    """Return uploaded files and written answers, to be read beside the folder."""
    uploaded = tuple(
        SourceFile(name=name, content=content)
        for name, content in sorted(uow.own_knowledge.contents().items())
    )
    lines = [_line(answer) for answer in uow.own_knowledge.answers() if not answer.withdrawn]
    if not lines:
        return uploaded
    return (*uploaded, SourceFile(name=ANSWERS, content="\n".join(sorted(lines)).encode()))


def own_mark(uow: UnitOfWork) -> str:
    """Return what changes when uploaded files or written answers do, empty where there are none."""
    parts = [f"{file.name} {file.sha256}" for file in uow.own_knowledge.files()]
    parts += sorted(_line(a) for a in uow.own_knowledge.answers() if not a.withdrawn)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else ""


def _line(answer: WrittenAnswer) -> str:
    until = "" if answer.valid_until is None else answer.valid_until.isoformat()
    fields = {"question": answer.question, "answer": answer.answer, "valid_until": until}
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def fingerprint(folder: Path, encoder: str, own: str = "") -> str:
    """Hash a folder's file names and contents, the encoder of its index, and ``own_mark``."""
    digest = hashlib.sha256(f"{FORMAT} {encoder}{own}".encode())
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def glance(folder: Path, own: str) -> str:
    """Return what changes when files do, without reading them: one ``stat`` a file."""
    digest = hashlib.sha256(own.encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            about = path.stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()

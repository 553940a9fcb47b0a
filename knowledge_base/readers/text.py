"""Plain text: paragraphs between blank lines; the first short line is the title."""

import re
from pathlib import Path

from knowledge_base.decoding import decode
from knowledge_base.documents import Block, BrokenInput, Document, Reader, Reading, SourceFile

LONGEST_TITLE_WORDS = 12


def read(file: SourceFile) -> Reading:
    """Read a text file as one page."""
    paragraphs = [
        " ".join(part.split())
        for part in re.split(r"\n\s*\n", decode(file.content))
        if part.strip()
    ]
    if not paragraphs:
        return Reading(broken=(BrokenInput(file=file.name, line=0, message="the file is empty"),))
    title, body = _title(paragraphs, file.name)
    blocks = tuple(Block(text=text, headings=(title,)) for text in body)
    return Reading(documents=(Document(source=file.name, title=title, blocks=blocks),))


def _title(paragraphs: list[str], name: str) -> tuple[str, list[str]]:
    first = paragraphs[0]
    if len(paragraphs) > 1 and len(first.split()) <= LONGEST_TITLE_WORDS and first[-1] not in ".!?":
        return first, paragraphs[1:]
    return title_from_name(name), paragraphs


def title_from_name(name: str) -> str:
    """Return a title for a page that has none: ``gift-cards.md`` becomes ``Gift cards``."""
    words = re.sub(r"[-_]+", " ", Path(name).stem).strip()
    return words[:1].upper() + words[1:]


READER = Reader(read=read, suffixes=(".txt", ".text"))

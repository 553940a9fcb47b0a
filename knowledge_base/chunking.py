"""Documents to passages: cut at headings, then at blocks, then at sentences."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby

from knowledge_base.documents import Block, BlockKind, Document
from knowledge_base.sentences import split_sentences
from knowledge_base.types import DocumentKind, Passage

LARGEST_WORDS = 180
"""A passage ends before it grows longer: about the 256 tokens that MiniLM reads. Sections stay
whole up to there, since their sentences are compared one by one as well."""

LARGEST_TABLE_WORDS = 70
"""Rows resemble each other, so that many of them are near every question, exact for none."""


def passages_of(documents: Iterable[Document]) -> tuple[Passage, ...]:
    """Cut documents into passages of up to 180 words, in order.

    No passage crosses a heading; a table's rows stay whole; an FAQ entry is one passage. What
    stands twice under the same heading of the same file is kept once.
    """
    found: dict[str, Passage] = {}
    for document in documents:
        for heading, text, table in _pieces(document):
            passage = _passage(document, heading, text, table=table)
            found.setdefault(passage.id, passage)
    return tuple(found.values())


def _passage(document: Document, heading: str, text: str, *, table: bool) -> Passage:
    limits = (*document.tags, *document.regions, *document.tiers)
    key = "\x1f".join((document.source, heading, text, document.url, *limits))
    return Passage(
        id=hashlib.sha256(key.encode()).hexdigest()[:20],
        kind=document.kind,
        source=document.source,
        heading=heading,
        text=text,
        url=document.url,
        tags=document.tags,
        table=table,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        regions=document.regions,
        tiers=document.tiers,
    )


def _pieces(document: Document) -> Iterator[tuple[str, str, bool]]:
    if document.kind is DocumentKind.FAQ:
        # An entry of a page keeps the headings it stands under; its question is the last of them.
        above = document.blocks[0].headings if document.blocks else ()
        path = " > ".join(above) if above[-1:] == (document.title,) else document.title
        yield path, "\n".join(block.text for block in document.blocks), False
        return
    for headings, blocks in groupby(document.blocks, key=lambda block: block.headings):
        path = " > ".join(headings) or document.title
        runs = groupby(blocks, key=lambda block: block.kind is BlockKind.TABLE_ROW)
        for table, run in runs:
            pack = _pack_rows if table else _pack_text
            for text in pack(list(run)):
                yield path, text, table


def _pack_rows(rows: list[Block]) -> Iterator[str]:
    yield from _packed([row.text for row in rows], LARGEST_TABLE_WORDS)


def _pack_text(blocks: list[Block]) -> Iterator[str]:
    """Pack paragraphs and list items. A line that leads a list in goes with each part of it."""
    lead_in = ""
    parts: list[str] = []
    for block in blocks:
        item = block.kind is BlockKind.LIST_ITEM
        if not item:
            lead_in = block.text if block.text.endswith(":") else ""
        if item and lead_in and parts and _length(parts) + _length([block.text]) > LARGEST_WORDS:
            yield from _packed(parts, LARGEST_WORDS)
            parts = [lead_in]
        parts.extend(_short_enough(block.text))
    yield from _packed(parts, LARGEST_WORDS)


def _short_enough(text: str) -> list[str]:
    """Return the paragraph, or its sentences packed where it is too long."""
    if _length([text]) <= LARGEST_WORDS:
        return [text]
    return list(_packed(split_sentences(text), LARGEST_WORDS, joint=" "))


def _packed(parts: list[str], limit: int, joint: str = "\n") -> Iterator[str]:
    """Join parts into texts of even length, none above the limit unless a part alone is."""
    if not parts:
        return
    total = _length(parts)
    count = -(-total // limit)
    target = min(limit, -(-total // count))
    held: list[str] = []
    for part in parts:
        grown = _length(held) + _length([part])
        if held and (grown > limit or (_length(held) >= target and count > 1)):
            yield joint.join(held)
            held = []
        held.append(part)
    yield joint.join(held)


def _length(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)

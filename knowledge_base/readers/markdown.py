"""Markdown with YAML front matter: title, url, tags, valid_from, valid_until, region, tier."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import yaml

from knowledge_base.decoding import decode
from knowledge_base.documents import (
    Block,
    BlockKind,
    BrokenInput,
    Document,
    Reader,
    Reading,
    SourceFile,
)
from knowledge_base.readers.text import title_from_name

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(.*)$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    title: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    regions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    broken: tuple[BrokenInput, ...] = ()


def read(file: SourceFile) -> Reading:
    """Read a Markdown page. Front matter that does not parse is named and the page kept."""
    text = decode(file.content)
    matter, body = _split_front_matter(text, file.name)
    blocks = list(_Parser().parse(body))
    first_heading = next((b.headings[0] for b in blocks if b.headings), "")
    title = matter.title or first_heading or title_from_name(file.name)
    if not blocks:
        empty = BrokenInput(file=file.name, line=0, message="the page holds no text")
        return Reading(broken=(*matter.broken, empty))
    document = Document(
        source=file.name,
        title=title,
        blocks=tuple(_under_title(block, title) for block in blocks),
        url=matter.url,
        tags=matter.tags,
        valid_from=matter.valid_from,
        valid_until=matter.valid_until,
        regions=matter.regions,
        tiers=matter.tiers,
    )
    return Reading(documents=(document,), broken=matter.broken)


def _under_title(block: Block, title: str) -> Block:
    if block.headings[:1] == (title,):
        return block
    return Block(text=block.text, headings=(title, *block.headings), kind=block.kind)


def _split_front_matter(text: str, name: str) -> tuple[_Matter, str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return _Matter(), text
    body = text[match.end() :]
    try:
        values = yaml.safe_load(match.group(1)) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 if mark is None else mark.line + 2
        return _Matter(broken=(_bad(name, line, "the front matter is no valid YAML"),)), body
    if not isinstance(values, dict):
        return _Matter(broken=(_bad(name, 2, "the front matter is no list of fields"),)), body
    return _matter(values, match.group(1), name), body


def _matter(values: dict[str, object], raw: str, name: str) -> _Matter:
    broken: list[BrokenInput] = []

    def day(key: str) -> date | None:
        value = values.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        broken.append(_bad(name, _line_of(key, raw), f"{key} is no date such as 2026-11-30"))
        return None

    return _Matter(
        title=str(values.get("title") or "").strip(),
        url=str(values.get("url") or "").strip(),
        tags=_several(values.get("tags")),
        valid_from=day("valid_from"),
        valid_until=day("valid_until"),
        regions=_several(values.get("region") or values.get("regions")),
        tiers=_several(values.get("tier") or values.get("tiers")),
        broken=tuple(broken),
    )


def _several(value: object) -> tuple[str, ...]:
    """Return a list of names, or one text with commas between them."""
    listed = value.split(",") if isinstance(value, str) else value
    names = [str(name).strip() for name in listed] if isinstance(listed, list | tuple) else []
    return tuple(name for name in names if name)


def _line_of(key: str, raw: str) -> int:
    lines = raw.split("\n")
    return next((i + 2 for i, line in enumerate(lines) if line.startswith(f"{key}:")), 2)


def _bad(name: str, line: int, message: str) -> BrokenInput:
    return BrokenInput(file=name, line=line, message=message)


@dataclass(slots=True)
class _Parser:
    """Walks the lines once. Its state: the open headings, the open paragraph, the open table."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    kind: BlockKind = BlockKind.PARAGRAPH
    headers: list[str] | None = None

    def parse(self, body: str) -> Iterator[Block]:
        lines = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL).split("\n")
        fenced = False
        for number, line in enumerate(lines):
            if _FENCE.match(line):
                fenced = not fenced
                yield from self._close()
            elif fenced:
                self.paragraph.append(line.strip())
            else:
                following = lines[number + 1] if number + 1 < len(lines) else ""
                yield from self._line(line, following)
        yield from self._close()

    def _line(self, line: str, following: str) -> Iterator[Block]:
        heading = _HEADING.match(line)
        if heading:
            yield from self._close()
            self._open_heading(len(heading.group(1)), plain(heading.group(2)))
        elif not line.strip():
            yield from self._close()
            self.headers = None
        elif "|" in line and (self.headers is not None or _TABLE_RULE.match(following)):
            yield from self._close()
            yield from self._table_line(line)
        elif item := _LIST_ITEM.match(line):
            yield from self._close()
            self.kind = BlockKind.LIST_ITEM
            self.paragraph.append(item.group(1))
        else:
            self.paragraph.append(line.strip().lstrip(">").strip())

    def _open_heading(self, level: int, text: str) -> None:
        self.headings = [h for h in self.headings if h[0] < level]
        if text:
            self.headings.append((level, text))
        self.headers = None

    def _table_line(self, line: str) -> Iterator[Block]:
        if _TABLE_RULE.match(line):
            return
        cells = [plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if self.headers is None:
            self.headers = cells
            return
        text = table_row(self.headers, cells)
        if text:
            yield self._block(text, BlockKind.TABLE_ROW)

    def _close(self) -> Iterator[Block]:
        text = plain(" ".join(part for part in self.paragraph if part))
        kind, self.paragraph, self.kind = self.kind, [], BlockKind.PARAGRAPH
        if re.search(r"\w", text):
            yield self._block(text, kind)

    def _block(self, text: str, kind: BlockKind) -> Block:
        return Block(text=text, headings=tuple(h[1] for h in self.headings), kind=kind)


def table_row(headers: list[str], cells: list[str]) -> str:
    """Return a row that can be understood alone: ``Service: Resoling; Price: $85``.

    Tables often leave the corner above what their rows are called empty.
    """
    headers = [headers[0] or _NO_CORNER, *headers[1:]] if len(headers) > 1 else headers
    pairs = [
        f"{headers[i]}: {cell}" if i < len(headers) and headers[i] else cell
        for i, cell in enumerate(cells)
        if cell
    ]
    return "; ".join(pairs)


_NO_CORNER = "What"


def plain(text: str) -> str:
    """Return the text without Markdown's marks.

    A link keeps its address in brackets if the address is no anchor and not the text itself.
    """
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)[^)]*\)", _link, text)
    text = re.sub(r"<(https?://[^>\s]+)>", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]*>", " ", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])", r"\1", text)
    text = re.sub(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)", r"\1", text)
    text = re.sub(r"`([^`]*)`", r"\1", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|>$])", r"\1", text)
    return " ".join(text.split())


def _link(match: re.Match[str]) -> str:
    text, target = match.group(1), match.group(2)
    if target.startswith(("mailto:", "tel:")):
        target = target.split(":", 1)[1]
    if not target.startswith(("http://", "https://")) and "@" not in target:
        return text
    return text if target in text else f"{text} ({target})"


READER = Reader(read=read, suffixes=(".md", ".markdown"))

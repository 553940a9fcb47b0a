"""HTML: headings, paragraphs, list items, table rows; navigation, scripts and footers left out.

Built on the standard library's tolerant parser, so saved pages with broken markup are read too.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

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
from knowledge_base.readers.markdown import table_row
from knowledge_base.readers.text import title_from_name

_SKIPPED = frozenset(
    {"script", "style", "nav", "noscript", "template", "svg", "form", "button", "iframe", "select"}
)
_BREAKS = frozenset(
    {"p", "div", "section", "article", "main", "ul", "ol", "blockquote", "pre", "dl", "dt", "dd",
     "figure", "figcaption", "header", "footer", "aside", "body", "hr", "details", "summary"}
)  # fmt: skip
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


def read(file: SourceFile) -> Reading:
    """Read a page; its address is the canonical link where the page names one."""
    parser = _Page()
    parser.feed(decode(file.content))
    parser.close()
    parser.flush()
    if not parser.blocks:
        empty = BrokenInput(file=file.name, line=0, message="the page holds no text")
        return Reading(broken=(empty,))
    first_heading = next((b.headings[0] for b in parser.blocks if b.headings), "")
    title = first_heading or _site_title(parser.title) or title_from_name(file.name)
    blocks = tuple(
        block
        if block.headings[:1] == (title,)
        else Block(text=block.text, headings=(title, *block.headings), kind=block.kind)
        for block in parser.blocks
    )
    return Reading(
        documents=(
            Document(
                source=file.name, title=title, blocks=blocks, url=parser.url, tags=parser.tags
            ),
        )
    )


def _site_title(title: str) -> str:
    """Return the title without the site's name: ``Returns | Shop`` becomes ``Returns``."""
    return re.split(r"\s+[|–—·-]\s+", title)[0].strip()


@dataclass
class _Page(HTMLParser):
    """Collects blocks while the parser walks the page."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _skipping: list[str] = field(default_factory=list)
    _headers: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _header_row: bool = False
    _tables: int = 0
    _in_title: bool = False
    _heading_level: int = 0
    _kind: BlockKind = BlockKind.PARAGRAPH
    _target: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED:
            self._skipping.append(tag)
        if self._skipping:
            return
        if tag in {"link", "meta"}:
            self._read_head(tag, values)
        elif tag == "title":
            self._in_title = True
        elif tag == "a":
            self._target = values.get("href", "")
        elif tag in {"table", "tr", "td", "th"}:
            self._open_table_part(tag)
        elif tag == "br":
            self._text.append(" ")
        else:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.flush()
            self._heading_level = _HEADINGS[tag]
        elif tag == "li":
            self.flush()
            self._kind = BlockKind.LIST_ITEM
        elif tag in _BREAKS and not self._tables:
            self.flush()

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
            return
        if tag == "title":
            self._in_title = False
        elif tag == "a":
            self._close_link()
        elif tag in {"table", "tr", "td", "th"}:
            self._close_table_part(tag)
        elif tag in _HEADINGS:
            self._close_heading()
        elif (tag in _BREAKS or tag == "li") and not self._tables:
            self.flush()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skipping:
            self._text.append(data)

    def flush(self) -> None:
        """End the open paragraph."""
        text = " ".join("".join(self._text).split())
        kind, self._text, self._kind = self._kind, [], BlockKind.PARAGRAPH
        if re.search(r"\w", text):
            self._add(text, kind)

    def _add(self, text: str, kind: BlockKind) -> None:
        self.blocks.append(
            Block(text=text, headings=tuple(h[1] for h in self._headings), kind=kind)
        )

    def _read_head(self, tag: str, values: dict[str, str]) -> None:
        if tag == "link" and values.get("rel") == "canonical":
            self.url = values.get("href", "")
        if tag == "meta" and values.get("name", "").lower() == "keywords":
            words = (word.strip() for word in values.get("content", "").split(","))
            self.tags = tuple(word for word in words if word)

    def _close_link(self) -> None:
        target, self._target = self._target, ""
        if target.startswith(("http://", "https://")) and target not in "".join(self._text):
            self._text.append(f" ({target})")

    def _close_heading(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        self._headings = [h for h in self._headings if h[0] < self._heading_level]
        if text:
            self._headings.append((self._heading_level, text))

    def _open_table_part(self, tag: str) -> None:
        if tag == "table":
            self.flush()
            self._tables += 1
            self._headers = []
        elif tag == "tr":
            self._cells, self._header_row = [], True
            self._text = []
        else:
            self._text = []
            self._header_row = self._header_row and tag == "th"

    def _close_table_part(self, tag: str) -> None:
        if tag == "table":
            self._tables = max(0, self._tables - 1)
            self._text = []
        elif tag == "tr":
            self._close_row()
        else:
            self._cells.append(" ".join("".join(self._text).split()))
            self._text = []

    def _close_row(self) -> None:
        if self._header_row and not self._headers:
            self._headers = self._cells
        elif text := table_row(self._headers, self._cells):
            self._add(text, BlockKind.TABLE_ROW)
        self._cells = []


READER = Reader(read=read, suffixes=(".html", ".htm"))

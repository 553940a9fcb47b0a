"""PDF: paragraphs under the headings of its outline, page by page; scanned pages are named.

Text is read with pypdf, which keeps the order in which a page was written, not its look. Lines
are joined to paragraphs again, words cut at a line's end are made whole, and what stands at the
top or bottom of most pages (running titles, page numbers) is left out.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from pypdf import PdfReader

LONGEST_HEADING_WORDS = 10
LARGEST_PDF_PAGES = 1000

_BULLET = re.compile(r"^\s*(?:[•◦▪‣·–—*-]|\d{1,2}[.)])\s+")
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)


def read(file: SourceFile) -> Reading:
    """Read a PDF as one page of knowledge. A page without text is named and the rest is kept."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # pypdf tells every oddity of a file to the log; what matters is told in the report.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        document = PdfReader(io.BytesIO(file.content))
        if document.is_encrypted and not document.decrypt(""):
            return _broken(file, "the file is locked by a password; save it without one")
        count = len(document.pages)
    # A damaged file fails in whichever part is damaged; pypdf lets some of these errors through.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return _broken(file, f"the file is no readable PDF ({type(error).__name__})")
    if count > LARGEST_PDF_PAGES:
        return _broken(file, f"the file has {count} pages; split it into parts of 1,000 or fewer")
    pages, broken = _pages(document, file)
    title = _title(document) or title_from_name(file.name)
    blocks = tuple(_blocks(_without_running_lines(pages), title))
    if not blocks:
        message = "the file holds no text; scanned pages must be made readable (OCR) first"
        return _broken(file, message)
    return Reading(
        documents=(Document(source=file.name, title=title, blocks=blocks),), broken=tuple(broken)
    )


def _pages(document: "PdfReader", file: SourceFile) -> tuple[list[list[str]], list[BrokenInput]]:
    from pypdf.errors import PyPdfError

    pages: list[list[str]] = []
    broken: list[BrokenInput] = []
    for number, page in enumerate(document.pages, start=1):
        try:
            text = page.extract_text()
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            message = f"page {number} cannot be read ({type(error).__name__})"
            broken.append(BrokenInput(file=file.name, line=0, message=message))
            continue
        if not text.strip():
            message = f"page {number} holds no text (a picture?)"
            broken.append(BrokenInput(file=file.name, line=0, message=message))
        pages.append([line.rstrip() for line in text.split("\n")])
    return pages, broken


def _title(document: "PdfReader") -> str:
    title = document.metadata.title if document.metadata else None
    # Programs write the name of the file they exported, which is no title.
    if not isinstance(title, str) or re.search(
        r"\.\w{2,4}$|^untitled", title.strip(), re.IGNORECASE
    ):
        return ""
    return " ".join(title.split())


MOST_PAGES_SHARE = 0.6
LEAST_PAGES = 3


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """Leave out page numbers, and lines at the edge of most pages."""
    edges = Counter(
        line
        for page in pages
        for line in {_plain(one) for one in (*_filled(page)[:2], *_filled(page)[-2:])}
    )
    running = {
        line
        for line, count in edges.items()
        if len(pages) >= LEAST_PAGES and count >= MOST_PAGES_SHARE * len(pages)
    }
    return [
        [line for line in page if not _PAGE_NUMBER.match(line) and _plain(line) not in running]
        for page in pages
    ]


def _filled(page: Sequence[str]) -> list[str]:
    return [line for line in page if line.strip()]


def _plain(line: str) -> str:
    """Return a line without its numbers: "Terms, page 3" and "Terms, page 4" are one."""
    return re.sub(r"\d+", "#", " ".join(line.split())).casefold()


def _blocks(pages: Sequence[list[str]], title: str) -> Iterator[Block]:
    """Join lines to paragraphs and list items; short lines that end openly are headings."""
    heading: tuple[str, ...] = ()
    for text, kind, followed in _paragraphs(pages):
        if kind is BlockKind.PARAGRAPH and followed and _is_heading(text):
            heading = () if text.casefold() == title.casefold() else (text,)
            continue
        yield Block(text=text, headings=(title, *heading), kind=kind)


def _is_heading(text: str) -> bool:
    text = text.strip()
    return (
        len(text.split()) <= LONGEST_HEADING_WORDS
        and text[-1] not in ".!,;:"
        and (text[0].isupper() or text[0].isdigit())
        and re.search(r"[A-Za-z]{3}", text) is not None
        and re.search(r"[$€£@]|https?:|\d{3}", text) is None
    )


def _paragraphs(pages: Sequence[list[str]]) -> Iterator[tuple[str, BlockKind, bool]]:
    """Yield texts with their kind and whether something follows."""
    found: list[tuple[str, BlockKind]] = []
    for page in pages:
        found += [(_joined(part), kind) for part, kind in _parts(page)]
    told = [(text, kind) for text, kind in found if re.search(r"\w", text)]
    for place, (text, kind) in enumerate(told):
        yield text, kind, place + 1 < len(told)


def _parts(lines: Sequence[str]) -> Iterator[tuple[list[str], BlockKind]]:
    widest = max((len(line) for line in lines), default=0)
    held: list[str] = []
    kind = BlockKind.PARAGRAPH
    for line in lines:
        bullet = _BULLET.match(line)
        if not line.strip() or bullet or (held and _ends(held[-1], line, widest)):
            if held:
                yield held, kind
            held, kind = [], BlockKind.PARAGRAPH
        if line.strip():
            held.append(line[bullet.end() :] if bullet else line)
            kind = BlockKind.LIST_ITEM if bullet else kind
    if held:
        yield held, kind


SHORT_LINE_SHARE = 0.6
"""A line so much shorter than its page's widest ends a paragraph, if the next begins anew."""


def _ends(line: str, following: str, widest: int) -> bool:
    begins_anew = following.lstrip()[:1].isupper() or following.lstrip()[:1].isdigit()
    short = SHORT_LINE_SHARE * widest
    heading = line.rstrip()[-1:] in ".!?:" and len(following) < short and _is_heading(following)
    return begins_anew and (len(line) < short or heading)


def _joined(lines: Sequence[str]) -> str:
    text = "\n".join(line.strip() for line in lines)
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    return " ".join(text.split())


def _broken(file: SourceFile, message: str) -> Reading:
    return Reading(broken=(BrokenInput(file=file.name, line=0, message=message),))


READER = Reader(read=read, suffixes=(".pdf",))

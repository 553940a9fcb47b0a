"""A ``sitemap.xml`` beside saved pages: gives pages their addresses, names what was not saved.

Nothing is fetched. Pages are saved with any tool that mirrors a site; a page's path below the
folder says which address of the sitemap it is.
"""

import html
import re
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from knowledge_base.decoding import decode
from knowledge_base.documents import BrokenInput, Reading

SITEMAP = "sitemap.xml"

# A pattern, not an XML parser: a hostile file cannot make it expand entities.
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</loc>", re.DOTALL)


def with_sitemap(reading: Reading, content: bytes) -> Reading:
    """Return the reading with addresses from a sitemap, and what it lists but is not there."""
    text = decode(content)
    found = [
        (text.count("\n", 0, match.start()) + 1, html.unescape(match.group(1)))
        for match in _LOCATION.finditer(text)
    ]
    if not found:
        empty = BrokenInput(file=SITEMAP, line=0, message="the file lists no page (<loc>)")
        return replace(reading, broken=(*reading.broken, empty))
    addresses = {_key(urlsplit(url).path): url for _, url in found}
    documents = tuple(
        document if document.url else replace(document, url=_address(document.source, addresses))
        for document in reading.documents
    )
    saved = {document.url for document in documents}
    missing = tuple(
        BrokenInput(file=SITEMAP, line=line, message=f"{url} is listed but not saved here")
        for line, url in found
        if url not in saved
    )
    return replace(reading, documents=documents, broken=(*reading.broken, *missing))


def _address(source: str, addresses: dict[str, str]) -> str:
    """Return the address of a saved page; tools put the host's name first in its path."""
    parts = PurePosixPath(source).parts
    names = ("/".join(parts[start:]) for start in range(min(2, len(parts))))
    return next((addresses[key] for name in names if (key := _key(name)) in addresses), "")


def _key(path: str) -> str:
    """Return a path without what differs between an address and its saved file."""
    plain = re.sub(r"(?:^|/)index\.\w+$|\.(?:html?|php|aspx?|md)$", "", unquote(path).strip("/"))
    return plain.strip("/").casefold()

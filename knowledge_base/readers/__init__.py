"""One reader a file format, found by this folder: a module with a ``READER`` is in.

Adding a format means adding one file. A name or suffix taken twice is an error at start.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge_base.decoding import BinaryContentError
from knowledge_base.documents import BrokenInput, Reader, Reading, SourceFile, source_name
from knowledge_base.errors import NoKnowledgeError
from knowledge_base.ports import Share, no_share
from knowledge_base.sitemap import SITEMAP, with_sitemap

LARGEST_FILE_BYTES = 20_000_000
"""Files above this are named as broken: a page of 20 MB is an export gone wrong."""


@cache
def readers() -> dict[str, Reader]:
    """Return the readers by lower-case file name or suffix (which begins with a dot).

    Raises:
        ValueError: two readers claim the same name or suffix.
    """
    found: dict[str, Reader] = {}
    for module in pkgutil.iter_modules(__path__):
        reader: Reader = importlib.import_module(f"{__name__}.{module.name}").READER
        for key in (*reader.names, *reader.suffixes):
            if key in found:
                raise ValueError(f"Two readers claim {key!r}; the second is {module.name}.")
            found[key] = reader
    return found


def read_folder(
    folder: Path, beside: Sequence[SourceFile] = (), share: Share = no_share
) -> Reading:
    """Read every file of a known format below a folder, in the order of their names.

    A file that cannot be read is named in ``broken`` and the rest is kept. Hidden files, and
    files of formats that nobody reads, are left alone. Files ``beside`` the folder are read after
    it; one of the same name stands for the folder's.

    Raises:
        NoKnowledgeError: the folder is missing or holds no passage and no product.
    """
    named = [(source_name(path, folder), path) for path in _files(folder)]
    replaced = {file.name for file in beside}
    files = [(name, path) for name, path in named if name not in replaced]
    reading = Reading()
    for done, (name, path) in enumerate(files):
        share(done / (len(files) + len(beside)))
        reading += _read_file(path, name)
    for done, file in enumerate(beside, start=len(files)):
        share(done / (len(files) + len(beside)))
        reading += read_file(file)
    sitemap = folder / SITEMAP
    if sitemap.is_file():
        reading = with_sitemap(reading, sitemap.read_bytes())
    if not reading.documents and not reading.products:
        broken = "".join(f"\n  {item}" for item in reading.broken)
        raise NoKnowledgeError(
            f"The knowledge folder {folder} holds nothing that can be answered from.{broken}",
            hint="Put pages (*.md, *.html, *.txt, *.pdf), FAQ files (*.csv with question,answer or "
            "*.jsonl) or products.csv into it, or set TEXTWISE_KNOWLEDGE to the right folder.",
        )
    return reading


def reader_for(name: str) -> Reader | None:
    """Return the reader of a file by its name, or None."""
    path = Path(name.lower())
    return readers().get(path.name) or readers().get(path.suffix)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise NoKnowledgeError(
            f"The knowledge folder {folder} does not exist.",
            hint="Create it, or set TEXTWISE_KNOWLEDGE to the right folder.",
        )
    inside = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path
        for path in inside
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and reader_for(path.name) is not None
    ]


def _read_file(path: Path, name: str) -> Reading:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            return _broken(name, "the file is larger than 20 MB; split it or leave it out")
        return read_file(SourceFile(name=name, content=path.read_bytes()))
    except OSError as error:
        return _broken(name, f"the file cannot be read: {error.strerror}")


def read_file(file: SourceFile) -> Reading:
    """Read one file by its name; what cannot be read of it is named in ``broken``."""
    reader = reader_for(file.name)
    if reader is None:
        return Reading()
    try:
        return reader.read(file)
    except BinaryContentError as error:
        return _broken(file.name, str(error))


def _broken(name: str, message: str) -> Reading:
    return Reading(broken=(BrokenInput(file=name, line=0, message=message),))

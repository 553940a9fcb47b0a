"""The CSV of BANKING77 (Casanueva et al. 2020): columns ``text`` and ``category``.

One of its names ends in a question mark, which no intent's name may hold: it is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from intents.corpus.data import Labelled
from intents.corpus.formats.csv_table import read_table, write_table
from intents.corpus.formats.form import Columns, Form


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    for row in read_table(path, columns.text or "text", columns.label or "category"):
        yield replace(row, label=row.label.rstrip("?") or row.label)


def _write(rows: Sequence[Labelled]) -> bytes:
    return write_table(("text", "category"), [(row.text, row.label) for row in rows])


FORMAT = Form(name="banking", endings=(), read=_read, write=_write)

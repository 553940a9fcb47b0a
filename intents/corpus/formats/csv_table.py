"""CSV with a head line; columns ``text``, ``intent`` and, if there, ``writer``."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from intents.corpus.data import Labelled
from intents.corpus.formats.form import Columns, Form, row
from intents.errors import TrainingDataError


def read_table(path: Path, text: str, label: str) -> Iterator[Labelled]:
    """Yield the rows of a CSV file.

    Raises:
        TrainingDataError: a column is missing, a field is empty, or the file is no CSV.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            missing = [name for name in (text, label) if name not in (reader.fieldnames or ())]
            if missing:
                has = ", ".join(reader.fieldnames or ()) or "no columns"
                raise TrainingDataError(
                    f"there is no column {missing[0]!r}; the file has {has}", path=path, line=1
                )
            for values in reader:
                yield row(
                    path,
                    reader.line_num,
                    values[text] or "",
                    values[label] or "",
                    values.get("writer") or "",
                )
        except csv.Error as error:
            raise TrainingDataError(
                f"this is no CSV: {error}", path=path, line=reader.line_num
            ) from None


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(head)
    table.writerows(rows)
    return file.getvalue().encode()


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    return read_table(path, columns.text or "text", columns.label or "intent")


def _write(rows: Sequence[Labelled]) -> bytes:
    return write_table(
        ("text", "intent", "writer"), [(row.text, row.label, row.writer) for row in rows]
    )


FORMAT = Form(name="csv", endings=(".csv",), read=_read, write=_write)

"""JSON lines: objects with ``text``, ``intent`` and, if there, ``writer``."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from intents.corpus.data import Labelled
from intents.corpus.formats.form import Columns, Form, row
from intents.errors import TrainingDataError


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    text, label = columns.text or "text", columns.label or "intent"
    # Only a line feed ends a line: a message may hold other breaks, such as U+2028.
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for line, body in enumerate(file, start=1):
            if not body.strip():
                continue
            try:
                values = json.loads(body)
            except ValueError as error:
                raise TrainingDataError(f"this is no JSON: {error}", path=path, line=line) from None
            if not isinstance(values, dict) or not isinstance(values.get(text), str):
                raise TrainingDataError(f"there is no text in {text!r}", path=path, line=line)
            named = str(values.get(label, ""))
            yield row(path, line, values[text], named, str(values.get("writer", "")))


def _write(rows: Sequence[Labelled]) -> bytes:
    lines = (
        json.dumps({"text": r.text, "intent": r.label, "writer": r.writer}, ensure_ascii=False)
        for r in rows
    )
    return ("\n".join(lines) + "\n").encode()


FORMAT = Form(name="jsonl", endings=(".jsonl",), read=_read, write=_write)

"""Reading and writing JSON lines with errors that name the line."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from agent.errors import InvalidInputError


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each object with its line number.

    Raises:
        InvalidInputError: the file cannot be read or a line is no JSON object.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _object(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}") from None


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InvalidInputError(f"{path}:{number} is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise InvalidInputError(f"{path}:{number} is no JSON object.")
    return value


def write_jsonl(path: Path | None, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to a file, or to stdout where there is none; return how many."""
    if path is None:
        return _write(sys.stdout, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        return _write(file, rows)


def _write(file: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        file.flush()
        count += 1
    return count

"""Labelled messages in other people's files, in and out; ``formats`` has the forms."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from intents.corpus.data import Labelled, load_corpus
from intents.corpus.formats import Columns, forms, unreadable
from intents.errors import TrainingDataError
from intents.normalise import key

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def format_of(path: Path, given: str | None = None) -> str:
    """Return the form: the one given, else by the file's ending.

    Raises:
        TrainingDataError: neither says.
    """
    known = forms()
    by_ending = {ending: form.name for form in known.values() for ending in form.endings}
    found = given or by_ending.get(path.suffix.casefold())
    if found not in known:
        raise TrainingDataError(f"the format is none of {', '.join(sorted(known))}", path=path)
    return found


def read_labelled(
    path: Path,
    *,
    file_format: str | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
) -> list[Labelled]:
    """Read labelled messages; a column ``writer`` is taken over where there is one.

    Without column names those of the form hold: ``text`` and ``intent``, but ``category`` in
    BANKING77's.

    Raises:
        TrainingDataError: the file is missing, empty or wrong; names the line.
    """
    form = forms()[format_of(path, file_format)]
    try:
        rows = list(form.read(path, Columns(text_column, label_column)))
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    if not rows:
        raise TrainingDataError("there are no messages in the file", path=path)
    return rows


def read_texts(path: Path, text_column: str = "text") -> list[str]:
    """Read only the texts of a CSV or JSONL file; empty ones are kept, for they arrive too.

    Raises:
        TrainingDataError: the file is missing or wrong; names the line.
    """
    try:
        if format_of(path) == "csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                if text_column not in (reader.fieldnames or ()):
                    raise TrainingDataError(
                        f"there is no column {text_column!r}", path=path, line=1
                    )
                return [values[text_column] or "" for values in reader]
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            lines = list(file)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    return [
        _json_text(path, number, line, text_column)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _json_text(path: Path, number: int, line: str, text_column: str) -> str:
    try:
        text = json.loads(line)[text_column]
    except (ValueError, KeyError, TypeError):
        text = None
    if not isinstance(text, str):
        raise TrainingDataError(f"there is no text in {text_column!r}", path=path, line=number)
    return text


def write_labelled(rows: Sequence[Labelled], path: Path, *, file_format: str | None = None) -> int:
    """Write labelled messages and return how many."""
    body = forms()[format_of(path, file_format)].write(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: utterances added, and those left out as already known."""

    added: int
    known: int
    files: tuple[Path, ...]


def import_into(folder: Path, rows: Sequence[Labelled], *, writer: str) -> Imported:
    """Add labelled messages to the training data, each into its intent's file.

    A row without a writer of its own is kept under ``writer``. New intents go to
    ``intents/imported/``. Messages that the intent has already are left out.

    Raises:
        TrainingDataError: a label that can be no intent's name.
    """
    corpus = load_corpus(folder) if (folder / "intents").is_dir() else None
    files = {r.label: r.path for r in corpus.intents} if corpus else {}
    known = {(r.label, key(r.text)) for r in corpus.intents} if corpus else set()
    fresh: dict[str, dict[str, list[str]]] = {}
    added = 0
    for row in rows:
        if not _NAME.fullmatch(row.label):
            raise TrainingDataError(
                f"{row.label!r} can be no intent's name: letters, digits and _ only",
                path=row.path,
                line=row.line,
            )
        # One line a message, as people read and diff it; models see no other blanks either. Known
        # is what reads the same as it will stand there.
        text = " ".join(row.text.split())
        mark = (row.label, key(text))
        if mark in known:
            continue
        known.add(mark)
        added += 1
        fresh.setdefault(row.label, {}).setdefault(row.writer or writer, []).append(text)
    touched = tuple(
        _extend(files.get(label, folder / "intents" / "imported" / f"{label}.yaml"), label, more)
        for label, more in sorted(fresh.items())
    )
    return Imported(added=added, known=len(rows) - added, files=touched)


def _extend(path: Path, label: str, more: dict[str, list[str]]) -> Path:
    body: dict[str, object] = {"intent": label, "description": label.replace("_", " ")}
    utterances: dict[str, list[str]] = {}
    if path.is_file():
        # Every scalar is kept as the text that stands there: `yes` must not become a truth value.
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        utterances = dict(loaded["utterances"])
        body = {"intent": label, "description": loaded["description"]}
    for writer, texts in more.items():
        utterances[writer] = [*utterances.get(writer, []), *texts]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump(
            {**body, "utterances": utterances}, allow_unicode=True, sort_keys=False, width=10_000
        ),
        encoding="utf-8",
    )
    return path

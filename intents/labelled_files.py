"""Labelled messages in other people's files: CSV, JSON lines and Rasa's YAML, in and out."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from intents.data import Labelled, load_corpus
from intents.errors import TrainingDataError
from intents.normalise import key

FORMATS = ("csv", "jsonl", "rasa")
_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".yml": "rasa", ".yaml": "rasa"}
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def format_of(path: Path, given: str | None = None) -> str:
    """Return the format: the one given, else by the file's ending.

    Raises:
        TrainingDataError: neither says.
    """
    found = given or _BY_SUFFIX.get(path.suffix.casefold())
    if found not in FORMATS:
        raise TrainingDataError(f"the format is none of {', '.join(FORMATS)}", path=path)
    return found


def read_labelled(
    path: Path,
    *,
    file_format: str | None = None,
    text_column: str = "text",
    label_column: str = "intent",
) -> list[Labelled]:
    """Read labelled messages; a column ``writer`` is taken over where there is one.

    Raises:
        TrainingDataError: the file is missing, empty or wrong; names the line.
    """
    kind = format_of(path, file_format)
    try:
        if kind == "rasa":
            rows = list(_rasa(path))
        else:
            columns = (text_column, label_column)
            rows = list(_csv(path, columns) if kind == "csv" else _jsonl(path, columns))
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None
    if not rows:
        raise TrainingDataError("there are no messages in the file", path=path)
    return rows


def _row(path: Path, line: int, text: str, label: str, writer: str) -> Labelled:
    if not text.strip() or not label.strip():
        raise TrainingDataError("text or label is empty", path=path, line=line)
    return Labelled(
        text=text.strip(), label=label.strip(), writer=writer.strip(), path=path, line=line
    )


def _csv(path: Path, columns: tuple[str, str]) -> Iterator[Labelled]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            has = ", ".join(reader.fieldnames or ()) or "no columns"
            raise TrainingDataError(
                f"there is no column {missing[0]!r}; the file has {has}", path=path, line=1
            )
        text, label = columns
        for values in reader:
            yield _row(
                path,
                reader.line_num,
                values[text] or "",
                values[label] or "",
                values.get("writer") or "",
            )


def _jsonl(path: Path, columns: tuple[str, str]) -> Iterator[Labelled]:
    text, label = columns
    for line, body in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not body.strip():
            continue
        try:
            values = json.loads(body)
        except ValueError as error:
            raise TrainingDataError(f"this is no JSON: {error}", path=path, line=line) from None
        if not isinstance(values, dict) or not isinstance(values.get(text), str):
            raise TrainingDataError(f"there is no text in {text!r}", path=path, line=line)
        yield _row(
            path, line, values[text], str(values.get(label, "")), str(values.get("writer", ""))
        )


def _rasa(path: Path) -> Iterator[Labelled]:
    try:
        top = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise TrainingDataError(f"this is not YAML: {error}", path=path) from None
    blocks = top.get("nlu") if isinstance(top, dict) else None
    if not isinstance(blocks, list):
        raise TrainingDataError("there is no list 'nlu', as Rasa's files have it", path=path)
    for block in blocks:
        if not isinstance(block, dict) or "intent" not in block:
            continue  # synonyms, lookups and regexes are no utterances
        for line in str(block.get("examples", "")).splitlines():
            text = _ANNOTATION.sub(r"\1", line.strip().removeprefix("- ").strip())
            if text:
                yield _row(path, 0, text, str(block["intent"]), "")


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
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None
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
    kind = format_of(path, file_format)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["text", "intent", "writer"])
            table.writerows([row.text, row.label, row.writer] for row in rows)
    elif kind == "jsonl":
        lines = (
            json.dumps(
                {"text": row.text, "intent": row.label, "writer": row.writer}, ensure_ascii=False
            )
            for row in rows
        )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        path.write_text(_as_rasa(rows), encoding="utf-8")
    return len(rows)


def _as_rasa(rows: Iterable[Labelled]) -> str:
    by_intent: dict[str, list[str]] = {}
    for row in rows:
        by_intent.setdefault(row.label, []).append(" ".join(row.text.split()))
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in sorted(by_intent.items()):
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    return "\n".join(lines) + "\n"


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
        mark = (row.label, key(row.text))
        if mark in known:
            continue
        known.add(mark)
        added += 1
        fresh.setdefault(row.label, {}).setdefault(row.writer or writer, []).append(row.text)
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

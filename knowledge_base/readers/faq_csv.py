"""FAQ files as CSV with the columns question and answer; url and tags may follow."""

import csv
import io
from datetime import date

from knowledge_base.decoding import decode
from knowledge_base.documents import Block, BrokenInput, Document, Reader, Reading, SourceFile
from knowledge_base.types import DocumentKind

QUESTION_NAMES = ("question", "q", "frage")
ANSWER_NAMES = ("answer", "a", "antwort")


def read(file: SourceFile) -> Reading:
    """Read one entry a row. A row without question or answer is named and the rest is kept."""
    rows, broken = read_rows(file)
    if not rows:
        return Reading(broken=broken)
    columns = {name.strip().lower(): name for name in rows[0][1]}
    question = next((columns[n] for n in QUESTION_NAMES if n in columns), None)
    answer = next((columns[n] for n in ANSWER_NAMES if n in columns), None)
    if question is None or answer is None:
        message = f"the columns question and answer are needed; found: {', '.join(columns)}"
        return Reading(broken=(BrokenInput(file=file.name, line=1, message=message),))
    reading = Reading(broken=broken)
    for line, row in rows:
        url, tags = row.get(columns.get("url", ""), ""), row.get(columns.get("tags", ""), "")
        reading += entry(file.name, line, row[question], row[answer], url=url, tags=tags.split(","))
    return reading


def read_rows(file: SourceFile) -> tuple[list[tuple[int, dict[str, str]]], tuple[BrokenInput, ...]]:
    """Return the rows as (line, values by column), and what is wrong with the file.

    A row that is too short is filled up with empty values; one that is too long is broken.
    Commas, semicolons and tabs are understood as separators.
    """
    text = decode(file.content)
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), restval="", strict=True
    )
    rows: list[tuple[int, dict[str, str]]] = []
    broken: list[BrokenInput] = []
    try:
        names = reader.fieldnames
        if not names or not any(name.strip() for name in names):
            return [], (BrokenInput(file=file.name, line=0, message="the file is empty"),)
        start = reader.line_num + 1
        for row in reader:
            line, start = start, reader.line_num + 1
            extra = row.pop(None, None) if None in row else None
            if extra:
                message = f"{len(names) + len(extra)} values for {len(names)} columns; quote commas"
                broken.append(BrokenInput(file=file.name, line=line, message=message))
            elif any(row.values()):
                rows.append((line, {key: value.strip() for key, value in row.items()}))
    except csv.Error as error:
        # After a broken quote nothing says where the next row begins: the rest is one loss, named.
        broken.append(
            BrokenInput(
                file=file.name,
                line=reader.line_num,
                message=f"{error}; close the quotes here, the rows from here on were not read",
            )
        )
    return rows, tuple(broken)


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def entry(
    name: str,
    line: int,
    question: str,
    answer: str,
    *,
    url: str = "",
    tags: list[str] | None = None,
    valid_until: date | None = None,
) -> Reading:
    """Return one FAQ entry as a document, or say what it lacks."""
    question, answer = " ".join(question.split()), " ".join(answer.split())
    if not question or not answer:
        missing = "question" if not question else "answer"
        return Reading(broken=(BrokenInput(file=name, line=line, message=f"no {missing}"),))
    document = Document(
        source=name,
        title=question,
        blocks=(Block(text=answer, headings=(question,)),),
        kind=DocumentKind.FAQ,
        url=url,
        tags=tuple(tag.strip() for tag in tags or [] if tag.strip()),
        valid_until=valid_until,
    )
    return Reading(documents=(document,))


READER = Reader(read=read, suffixes=(".csv",))

"""FAQ files as JSON Lines.

A line is ``{"question": …, "answer": …}``; ``url``, ``tags`` and ``valid_until`` may follow.
"""

import json
from datetime import date

from knowledge_base.decoding import decode
from knowledge_base.documents import BrokenInput, Reader, Reading, SourceFile
from knowledge_base.readers.faq_csv import entry


def read(file: SourceFile) -> Reading:
    """Read one entry a line. A line that is no such object is named and the rest is kept."""
    reading = Reading()
    for line, text in enumerate(decode(file.content).split("\n"), start=1):
        if text.strip():
            reading += _read_line(file.name, line, text)
    return reading


def _read_line(name: str, line: int, text: str) -> Reading:
    try:
        values = json.loads(text)
    except ValueError:
        return _bad(name, line, "this is no valid JSON")
    if not isinstance(values, dict):
        return _bad(name, line, "an object with question and answer is needed")
    question, answer = values.get("question", ""), values.get("answer", "")
    if not isinstance(question, str) or not isinstance(answer, str):
        return _bad(name, line, "question and answer must be texts")
    tags = values.get("tags")
    listed = [str(tag) for tag in tags] if isinstance(tags, list) else []
    try:
        until = (
            date.fromisoformat(str(values["valid_until"])) if values.get("valid_until") else None
        )
    except ValueError:
        return _bad(name, line, "valid_until is no date such as 2026-11-30")
    url = str(values.get("url") or "")
    return entry(name, line, question, answer, url=url, tags=listed, valid_until=until)


def _bad(name: str, line: int, message: str) -> Reading:
    return Reading(broken=(BrokenInput(file=name, line=line, message=message),))


READER = Reader(read=read, suffixes=(".jsonl", ".ndjson"))

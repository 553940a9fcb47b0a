"""What a lead puts in by hand, looked at before it is kept: files and written answers."""

import unicodedata
from datetime import date
from pathlib import PurePosixPath

from agent.errors import InvalidInputError
from knowledge_base.documents import SourceFile
from knowledge_base.readers import LARGEST_FILE_BYTES, read_file, reader_for, readers

LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_NAME = 300, 1500, 120
"""Characters."""
_SHOWN = 3


def file_name(given: str) -> str:
    """Return the name under which an uploaded file is kept: without folders.

    Raises:
        InvalidInputError: it is no name, or of a format that nobody reads.
    """
    name = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/")).name.strip()
    if not name or name.startswith(".") or not name.isprintable() or len(name) > LONGEST_NAME:
        raise InvalidInputError(f"{given[:80]!r} is no file name.", field="files")
    if reader_for(name) is None:
        known = ", ".join(sorted(key for key in readers() if key.startswith(".")))
        raise InvalidInputError(f"{name}: only {known} files are read.", field="files")
    return name


def check_content(name: str, content: bytes) -> None:
    """See that an uploaded file holds something that can be read.

    Raises:
        InvalidInputError: it is too large, or nothing in it can be read.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise InvalidInputError(f"{name} is larger than 20 MB; split it.", field="files")
    reading = read_file(SourceFile(name=name, content=content))
    if reading.documents or reading.products:
        return
    why = "; ".join(str(broken) for broken in reading.broken[:_SHOWN]) or f"{name}: it is empty"
    raise InvalidInputError(f"Nothing can be read. {why}.", field="files")


def checked_answer(
    question: str, answer: str, valid_until: date | None, *, today: date
) -> tuple[str, str]:
    """Return question and answer with their spaces put right.

    Raises:
        InvalidInputError: one is empty or too long, or the day is past.
    """
    question, answer = " ".join(question.split()), " ".join(answer.split())
    for field_, text, most in (
        ("question", question, LONGEST_QUESTION),
        ("answer", answer, LONGEST_ANSWER),
    ):
        if not any(character.isalnum() for character in text):
            raise InvalidInputError(f"Write the {field_}.", field=field_)
        if len(text) > most:
            raise InvalidInputError(
                f"The {field_} has {len(text)} characters; {most} are allowed.", field=field_
            )
    if valid_until is not None and valid_until < today:
        raise InvalidInputError("The last day is in the past.", field="valid_until")
    return question, answer

"""What a form of labelled messages is, and what all of them need."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.corpus.data import Labelled
from intents.errors import TrainingDataError


@dataclass(frozen=True, slots=True)
class Columns:
    """Where text and label stand in a table; None where the form's own names hold."""

    text: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. ``endings`` are those of files that are read in it unless told otherwise.

    ``read`` gives the rows of a file, and may raise ``OSError`` or ``TrainingDataError``;
    ``write`` gives the bytes of a file that ``read`` reads again.
    """

    name: str
    endings: tuple[str, ...]
    read: Callable[[Path, Columns], Iterable[Labelled]]
    write: Callable[[Sequence[Labelled]], bytes]


def row(path: Path, line: int, text: str, label: str, writer: str = "") -> Labelled:
    """Return a row without blanks around its fields.

    Raises:
        TrainingDataError: text or label is empty.
    """
    if not text.strip() or not label.strip():
        raise TrainingDataError("text or label is empty", path=path, line=line)
    return Labelled(
        text=text.strip(), label=label.strip(), writer=writer.strip(), path=path, line=line
    )


def unreadable(path: Path, error: Exception) -> TrainingDataError:
    """Return the error for a file that is missing or no text."""
    return TrainingDataError(f"the file cannot be read: {error}", path=path)

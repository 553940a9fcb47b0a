"""Test sets that were written apart: a folder of JSON lines for each head, or one file.

``intents.jsonl`` ``{text, intent}``, ``topics.jsonl`` ``{text, topics: [...]}``, ``consent.jsonl``
``{text, consent}``, ``sentiment.jsonl`` ``{text, sentiment, frustration}``, ``several.jsonl``
``{text, intents: [...]}``. A file alone is known by its columns.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from intents.corpus.data import CONSENT_LABELS, Labelled, Row, SentimentRow, SeveralRow, TopicRow
from intents.corpus.labelled_files import read_labelled
from intents.errors import TrainingDataError
from intents.types import Sentiment

PARTS = ("intents", "topics", "consent", "sentiment", "several")

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of two blind labellings of the same messages: the ceiling of what a model can reach.

    ``kappa`` is Cohen's (1960): agreement beyond what chance gives.
    """

    messages: int
    agreed: float
    kappa: float
    first_with_label: float
    second_with_label: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTest:
    """Labelled messages for any of the heads. ``digest`` follows the files' content."""

    name: str
    digest: str
    intents: tuple[Labelled, ...] = ()
    topics: tuple[TopicRow, ...] = ()
    consent: tuple[Labelled, ...] = ()
    sentiment: tuple[SentimentRow, ...] = ()
    several: tuple[SeveralRow, ...] = ()
    agreement: Agreement | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All messages of all parts."""
        return (*self.intents, *self.topics, *self.consent, *self.sentiment, *self.several)


class _Intent(BaseModel):
    text: str
    intent: str
    writer: str = ""
    labelled_one: str | None = None
    labelled_two: str | None = None


class _Topics(BaseModel):
    text: str
    topics: list[str]
    writer: str = ""


class _Consent(BaseModel):
    text: str
    consent: str
    writer: str = ""


class _Feeling(BaseModel):
    text: str
    sentiment: Sentiment
    frustration: Annotated[float, Field(ge=0, le=1)]
    writer: str = ""


class _Several(BaseModel):
    text: str
    intents: list[str]
    writer: str = ""


@dataclass(frozen=True, slots=True)
class _Line(Generic[ValueT]):
    value: ValueT
    path: Path
    line: int


def read_test(
    path: Path,
    *,
    file_format: str | None = None,
    text_column: str = "text",
    label_column: str = "intent",
) -> WrittenTest:
    """Read a folder or a file of test messages.

    Raises:
        TrainingDataError: it is missing, empty or wrong; names the line.
    """
    if path.is_dir():
        return _folder(path)
    part = None if file_format else _part_of(path)
    if part is not None and (part != "intents" or label_column == "intent"):
        return replace(_part(part, path), name=path.name, digest=_digest([path]))
    rows = read_labelled(
        path, file_format=file_format, text_column=text_column, label_column=label_column
    )
    return WrittenTest(name=path.name, digest=_digest([path]), intents=tuple(rows))


def _folder(folder: Path) -> WrittenTest:
    files = {part: folder / f"{part}.jsonl" for part in PARTS}
    there = {part: path for part, path in files.items() if path.is_file()}
    if not there:
        names = ", ".join(path.name for path in files.values())
        raise TrainingDataError(f"there is none of {names}", path=folder)
    found = WrittenTest(name=folder.name, digest=_digest(list(there.values())))
    for part, path in there.items():
        more = _part(part, path)
        found = replace(found, **{part: getattr(more, part)})
        if more.agreement is not None:
            found = replace(found, agreement=more.agreement)
    return found


def _part_of(path: Path) -> str | None:
    """Return which head a JSONL file is for, by the first line's fields; None if by none."""
    if path.suffix.casefold() != ".jsonl":
        return None
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = next((line for line in file if line.strip()), "")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None
    marks = {"intent": "intents", "intents": "several"}
    for field in ("intent", "topics", "consent", "sentiment", "intents"):
        if f'"{field}"' in first:
            return marks.get(field, field)
    return None


def _part(part: str, path: Path) -> WrittenTest:
    name = path.stem
    if part == "intents":
        return _intents(name, path)
    if part == "topics":
        topics = tuple(
            TopicRow(
                text=row.value.text,
                writer=row.value.writer,
                path=path,
                line=row.line,
                topics=frozenset(row.value.topics),
            )
            for row in _lines(path, TypeAdapter(_Topics))
        )
        return WrittenTest(name=name, digest="", topics=topics)
    if part == "consent":
        return WrittenTest(name=name, digest="", consent=tuple(_consent(path)))
    if part == "sentiment":
        feelings = tuple(
            SentimentRow(
                text=row.value.text,
                writer=row.value.writer,
                path=path,
                line=row.line,
                sentiment=row.value.sentiment,
                frustration=row.value.frustration,
            )
            for row in _lines(path, TypeAdapter(_Feeling))
        )
        return WrittenTest(name=name, digest="", sentiment=feelings)
    several = tuple(
        SeveralRow(
            text=row.value.text,
            writer=row.value.writer,
            path=path,
            line=row.line,
            intents=tuple(row.value.intents),
        )
        for row in _lines(path, TypeAdapter(_Several))
    )
    return WrittenTest(name=name, digest="", several=several)


def _intents(name: str, path: Path) -> WrittenTest:
    lines = list(_lines(path, TypeAdapter(_Intent)))
    rows = tuple(
        Labelled(
            text=row.value.text,
            label=row.value.intent,
            writer=row.value.writer,
            path=path,
            line=row.line,
        )
        for row in lines
    )
    twice = [
        (row.value.intent, row.value.labelled_one, row.value.labelled_two)
        for row in lines
        if row.value.labelled_one is not None and row.value.labelled_two is not None
    ]
    return WrittenTest(name=name, digest="", intents=rows, agreement=_agreement(twice))


def _consent(path: Path) -> Iterator[Labelled]:
    for row in _lines(path, TypeAdapter(_Consent)):
        if row.value.consent not in CONSENT_LABELS:
            raise TrainingDataError(
                f"consent is one of {', '.join(CONSENT_LABELS)}, not {row.value.consent!r}",
                path=path,
                line=row.line,
            )
        yield Labelled(
            text=row.value.text,
            label=row.value.consent,
            writer=row.value.writer,
            path=path,
            line=row.line,
        )


def _lines(path: Path, adapter: TypeAdapter[ValueT]) -> Iterator[_Line[ValueT]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, body in enumerate(file, start=1):
                if body.strip():
                    yield _Line(adapter.validate_json(body), path, number)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the line"
        raise TrainingDataError(f"{where}: {problem['msg']}", path=path, line=number) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None


def _agreement(labels: Sequence[tuple[str, str | None, str | None]]) -> Agreement | None:
    if not labels:
        return None
    total = len(labels)
    agreed = sum(one == two for _, one, two in labels) / total
    ones, twos = Counter(one for _, one, _ in labels), Counter(two for _, _, two in labels)
    chance = sum(ones[name] * twos[name] for name in ones) / total**2
    return Agreement(
        messages=total,
        agreed=round(agreed, 4),
        kappa=round((agreed - chance) / (1 - chance), 4) if chance < 1 else 1.0,
        first_with_label=round(sum(label == one for label, one, _ in labels) / total, 4),
        second_with_label=round(sum(label == two for label, _, two in labels) / total, 4),
    )


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None
    return digest.hexdigest()

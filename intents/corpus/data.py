"""Training data: YAML files that people read and diff, read into plain rows.

``intents/<group>/<intent>.yaml``, ``topics/<topic>.yaml``, ``consent/<label>.yaml``,
``sentiment/<writer>.yaml`` and ``several/<writer>.yaml``. Every row knows its file and line, so
that whoever complains about it can say where it stands. The writer is kept because whole writers
are held out, never single rows.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from intents.errors import TrainingDataError
from intents.normalise import key
from intents.types import Sentiment

OUT_OF_SCOPE = "out_of_scope"
CONSENT_LABELS = ("opt_out", "unsure", "opt_in", "none")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message with its writer and its place in the files."""

    text: str
    writer: str
    path: Path
    line: int

    @property
    def where(self) -> str:
        """``file:line``, as editors open it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Row):
    """A message with one label: an intent, or a consent label."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow(Row):
    """A message and all the topics that hold of it; none for a near miss."""

    topics: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentRow(Row):
    """A message with its sentiment and its frustration in [0, 1]."""

    sentiment: Sentiment
    frustration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralRow(Row):
    """A message with the intents of all its wishes, in order; most have two, some only one."""

    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All the training data. ``digest`` changes with any file's content, not with its place."""

    intents: tuple[Labelled, ...]
    topics: tuple[TopicRow, ...]
    consent: tuple[Labelled, ...]
    sentiment: tuple[SentimentRow, ...]
    several: tuple[SeveralRow, ...] = ()
    groups: dict[str, str]
    descriptions: dict[str, str]
    digest: str


def load_corpus(folder: Path, *, labels: Path | None = None) -> Corpus:
    """Read the training data, and the labels that people gave to live messages where there are any.

    ``labels`` is laid out like ``folder``. No text of a test set (``test/*.jsonl`` in either) is
    read from ``labels``: what judges a model must not have trained it.

    Raises:
        TrainingDataError: a file is missing or wrong; the message names file and line.
    """
    if not (folder / "intents").is_dir():
        raise TrainingDataError("there is no folder 'intents' in the training data", path=folder)
    files = sorted((folder / "intents").rglob("*.yaml"))
    tables = [_intent_file(path) for path in files]
    intents = tuple(row for _, _, rows in tables for row in rows)
    if labels is not None:
        intents += tuple(_live_rows(labels, {name for name, _, _ in tables}, folder))
    if not intents:
        raise TrainingDataError("no utterances in any file", path=folder / "intents")
    return Corpus(
        intents=intents,
        topics=tuple(r for p in sorted((folder / "topics").glob("*.yaml")) for r in _topic_file(p)),
        consent=tuple(
            r for p in sorted((folder / "consent").glob("*.yaml")) for r in _consent_file(p)
        ),
        sentiment=tuple(
            r for p in sorted((folder / "sentiment").glob("*.yaml")) for r in _sentiment_file(p)
        ),
        several=tuple(
            r for p in sorted((folder / "several").glob("*.yaml")) for r in _several_file(p)
        ),
        groups={name: path.parent.name for path, (name, _, _) in zip(files, tables, strict=True)},
        descriptions={name: description for name, description, _ in tables},
        digest=data_digest(folder, labels=labels),
    )


def _live_rows(labels: Path, known: set[str], folder: Path) -> Iterator[Labelled]:
    tested = tested_keys(folder) | tested_keys(labels)
    for path in sorted((labels / "intents").rglob("*.yaml")):
        name, _, rows = _intent_file(path)
        if name not in known:
            raise TrainingDataError(
                f"the intent {name!r} is not in the training data; add a file for it to {folder}",
                path=path,
            )
        yield from (row for row in rows if key(row.text) not in tested)


def tested_keys(folder: Path) -> set[str]:
    """Return how the texts of the test sets in a folder read, case and punctuation apart."""
    return {
        key(str(json.loads(line)["text"]))
        for path in sorted((folder / "test").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }


def data_digest(folder: Path, *, labels: Path | None = None) -> str:
    """Return the SHA-256 over every YAML file's relative path and bytes.

    An empty folder of labels changes nothing.
    """
    digest = hashlib.sha256()
    for place in (folder, labels):
        for path in sorted(place.rglob("*.yaml")) if place is not None else ():
            name = path.relative_to(place or folder).as_posix().encode()
            body = path.read_bytes()
            digest.update(len(name).to_bytes(8) + name + len(body).to_bytes(8) + body)
    return digest.hexdigest()


def _intent_file(path: Path) -> tuple[str, str, list[Labelled]]:
    top = _mapping(_compose(path), path)
    name = _text(_field(top, "intent", path), path)
    description = _text(_field(top, "description", path), path)
    rows = [
        Labelled(text=text, label=name, writer=writer, path=path, line=line)
        for writer, text, line in _by_writer(_field(top, "utterances", path), path)
    ]
    return name, description, rows


def _consent_file(path: Path) -> list[Labelled]:
    top = _mapping(_compose(path), path)
    node = _field(top, "consent", path)
    label = _text(node, path)
    if label not in CONSENT_LABELS:
        raise _error(f"consent is one of {', '.join(CONSENT_LABELS)}, not {label!r}", node, path)
    return [
        Labelled(text=text, label=label, writer=writer, path=path, line=line)
        for writer, text, line in _by_writer(_field(top, "utterances", path), path)
    ]


def _topic_file(path: Path) -> Iterator[TopicRow]:
    top = _mapping(_compose(path), path)
    name = _text(_field(top, "topic", path), path)
    for kind in ("positive", "near_miss"):
        for writer, items in _mapping(_field(top, kind, path), path).items():
            for item in _sequence(items, path):
                text, also = _topic_item(item, path)
                topics = frozenset({name, *also}) if kind == "positive" else frozenset(also)
                line = item.start_mark.line + 1
                yield TopicRow(text=text, writer=writer, path=path, line=line, topics=topics)


def _topic_item(item: Node, path: Path) -> tuple[str, list[str]]:
    if isinstance(item, ScalarNode):
        return _text(item, path), []
    fields = _mapping(item, path)
    text = _text(_field(fields, "text", path), path)
    also = [_text(n, path) for n in _sequence(_field(fields, "also", path), path)]
    return text, also


def _sentiment_file(path: Path) -> Iterator[SentimentRow]:
    for item in _sequence(_compose(path), path):
        fields = _mapping(item, path)
        label = _field(fields, "sentiment", path)
        number = _field(fields, "frustration", path)
        try:
            sentiment = Sentiment(_text(label, path))
            frustration = float(_text(number, path))
        except ValueError as error:
            raise _error(str(error), item, path) from None
        if not 0 <= frustration <= 1:
            raise _error(f"frustration lies between 0 and 1, not {frustration}", number, path)
        yield SentimentRow(
            text=_text(_field(fields, "text", path), path),
            writer=path.stem,
            path=path,
            line=item.start_mark.line + 1,
            sentiment=sentiment,
            frustration=frustration,
        )


def _several_file(path: Path) -> Iterator[SeveralRow]:
    for item in _sequence(_compose(path), path):
        fields = _mapping(item, path)
        named = [_text(n, path) for n in _sequence(_field(fields, "intents", path), path)]
        if not named:
            raise _error("name at least one intent", item, path)
        yield SeveralRow(
            text=_text(_field(fields, "text", path), path),
            writer=path.stem,
            path=path,
            line=item.start_mark.line + 1,
            intents=tuple(named),
        )


def _by_writer(node: Node, path: Path) -> Iterator[tuple[str, str, int]]:
    for writer, items in _mapping(node, path).items():
        for item in _sequence(items, path):
            yield writer, _text(item, path), item.start_mark.line + 1


def _compose(path: Path) -> Node:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"the file cannot be read: {error}", path=path) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        problem = getattr(error, "problem", None) or str(error)
        raise TrainingDataError(f"this is not YAML: {problem}", path=path, line=line) from None
    if node is None:
        raise TrainingDataError("the file is empty", path=path)
    return node


def _mapping(node: Node, path: Path) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        raise _error("expected `name: value` lines", node, path)
    found: dict[str, Node] = {}
    for label, value in node.value:
        name = _text(label, path)
        if name in found:
            raise _error(f"{name!r} stands twice", label, path)
        found[name] = value
    return found


def _sequence(node: Node, path: Path) -> list[Node]:
    if not isinstance(node, SequenceNode):
        raise _error("expected a list (`- ` lines)", node, path)
    return list(node.value)


def _field(fields: dict[str, Node], name: str, path: Path) -> Node:
    if name not in fields:
        line = min((n.start_mark.line for n in fields.values()), default=0) + 1
        raise TrainingDataError(f"the field {name!r} is missing", path=path, line=line)
    return fields[name]


def _text(node: Node, path: Path) -> str:
    if not isinstance(node, ScalarNode) or not node.value.strip():
        raise _error("expected a text", node, path)
    # A message such as `yes` or `12` without quotes would be read as a truth value or a number;
    # the scalar's own characters are always what was meant.
    return str(node.value)


def _error(message: str, node: Node, path: Path) -> TrainingDataError:
    return TrainingDataError(message, path=path, line=node.start_mark.line + 1)

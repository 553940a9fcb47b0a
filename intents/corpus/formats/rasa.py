"""Rasa's training data (3.x): ``nlu: [{intent, examples}]``, the examples a block of ``- `` lines.

Rasa keeps one utterance a line and reads ``[text](entity)`` as an annotation: on the way out line
breaks become blanks, and on the way in annotations become plain text.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from intents.corpus.data import Labelled
from intents.corpus.formats.form import Columns, Form, row
from intents.errors import TrainingDataError

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_BLOCK = "|"


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    del columns  # Rasa's files have names of their own
    for block in _blocks(path):
        fields = _fields(block)
        intent, examples = fields.get("intent"), fields.get("examples")
        if not isinstance(intent, ScalarNode) or examples is None:
            continue  # synonyms, lookups and regexes are no utterances
        # A retrieval intent such as `faq/hours` is `faq` to the classifier's first step in Rasa;
        # here the whole is the intent.
        label = str(intent.value).replace("/", "_")
        for line, text in _examples(examples):
            plain = _ANNOTATION.sub(r"\1", text).strip()
            if plain:
                yield row(path, line, plain, label)


def _blocks(path: Path) -> list[Node]:
    try:
        top = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        raise TrainingDataError(f"this is not YAML: {error}", path=path, line=line) from None
    blocks = _fields(top).get("nlu")
    if not isinstance(blocks, SequenceNode):
        raise TrainingDataError("there is no list 'nlu', as Rasa's files have it", path=path)
    return list(blocks.value)


def _fields(node: Node | None) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def _examples(node: Node) -> Iterator[tuple[int, str]]:
    """Yield line and text of a block of ``- `` lines, or of a list with or without metadata."""
    if isinstance(node, ScalarNode):
        first = node.start_mark.line + (2 if node.style == _BLOCK else 1)
        for offset, line in enumerate(str(node.value).split("\n")):
            text = line.strip()
            yield first + offset, text.removeprefix("-").strip() if text != "-" else ""
    elif isinstance(node, SequenceNode):
        for item in node.value:
            said = item if isinstance(item, ScalarNode) else _fields(item).get("text")
            if isinstance(said, ScalarNode):
                yield item.start_mark.line + 1, " ".join(str(said.value).split())


class _Block(str):
    """A text that YAML lays out line by line."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes blocks as Rasa's own files have them; falls back to quotes for odd characters."""


_Dumper.add_representer(
    _Block,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_BLOCK),
)


def _write(rows: Sequence[Labelled]) -> bytes:
    by_intent: dict[str, list[str]] = {}
    for each in rows:
        by_intent.setdefault(each.label, []).append(" ".join(each.text.split()))
    blocks = [
        {"intent": intent, "examples": _Block("".join(f"- {text}\n" for text in texts))}
        for intent, texts in sorted(by_intent.items())
    ]
    body = yaml.dump(
        {"version": "3.1", "nlu": blocks},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    return body.encode()


FORMAT = Form(name="rasa", endings=(".yml", ".yaml"), read=_read, write=_write)

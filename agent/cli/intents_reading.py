"""``textwise intents classify``: understand one message, or each of a file."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.cli.intents_printing import print_understanding
from agent.cli.intents_shared import (
    AsJson,
    Show,
    TextField,
    Version,
    open_registry,
    progress,
    version_named,
)
from agent.cli.jsonl import write_jsonl
from agent.errors import InvalidInputError
from agent.settings import load_settings
from intents.types import Understanding
from intents.understanding import Understander


def classify(
    text: Annotated[str | None, typer.Argument(help="One message.")] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input", help="CSV or JSONL of messages.")
    ] = None,
    *,
    text_column: TextField = "text",
    output: Annotated[Path | None, typer.Option(help="JSONL; stdout if not given.")] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Understand one message, or each of a file."""
    from intents.corpus.labelled_files import read_texts

    with errors_told():
        if (text is None) == (input_file is None):
            raise InvalidInputError("Give either a text or --input FILE.")
        settings = load_settings()
        texts = [text] if text is not None else read_texts(input_file or Path(), text_column)
        chosen = None if version is None else version_named(open_registry(settings), version)
        model = Understander.load(settings.models, version=chosen, threads=2)
        if text is not None and output is None:
            row = as_row(model.understand(text))
            print_json(row) if as_json else print_understanding(row)
            return
        with progress() as show:
            count = write_jsonl(output, _classified(model, texts, show))
        tell(f"{count} messages.")


def _classified(model: Understander, texts: list[str], show: Show) -> Iterator[Mapping[str, Any]]:
    for done, text in enumerate(texts, start=1):
        yield as_row(model.understand(text))
        show("reading messages", done, len(texts))


def as_row(read: Understanding) -> dict[str, Any]:
    """Return an understanding as the contract's output line."""
    return {
        "text": read.text,
        "intent": read.intent,
        "confidence": read.confidence,
        "candidates": [asdict(candidate) for candidate in read.candidates],
        "doubt": str(read.doubt),
        "out_of_scope": read.out_of_scope,
        "out_of_scope_score": read.out_of_scope_score,
        "sentiment": str(read.sentiment),
        "sentiment_score": read.sentiment_score,
        "frustration": read.frustration,
        "consent": str(read.consent) if read.consent else None,
        "topics": [asdict(topic) for topic in read.topics],
        "entities": [asdict(entity) for entity in read.entities],
        "took_ms": read.took_ms,
    }

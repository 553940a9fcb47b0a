"""What every command shares: data to stdout, progress and errors to stderr, honest exit codes."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from agent.errors import TextwiseError
from intents.errors import IntentsError
from knowledge_base.errors import KnowledgeError

ERRORS = Console(stderr=True)
OUT = Console()

FAILED, WRONG_USE = 1, 2


def print_json(value: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def print_line(value: Mapping[str, Any]) -> None:
    """Write one line of JSONL to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def tell(message: str) -> None:
    """Write progress to stderr."""
    ERRORS.print(message, highlight=False)


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn errors raised on purpose into a message and an exit code; bugs keep their traceback."""
    try:
        yield
    except (TextwiseError, KnowledgeError, IntentsError) as error:
        ERRORS.print("[bold red]Error:[/] ", end="")
        ERRORS.print(str(error), markup=False, highlight=False)
        if error.hint:
            ERRORS.print(error.hint, highlight=False)
        raise typer.Exit(WRONG_USE) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        raise typer.Exit(0) from None
    except OSError as error:
        ERRORS.print(f"[bold red]Error:[/] {error.filename}: {error.strerror}", highlight=False)
        raise typer.Exit(FAILED) from None

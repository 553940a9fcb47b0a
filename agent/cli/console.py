"""What every command shares: data to stdout, progress and errors to stderr, honest exit codes."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
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
TELL_EVERY_S = 2.0


def print_json(value: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def print_line(value: Mapping[str, Any]) -> None:
    """Write one line of JSONL to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def tell(message: str) -> None:
    """Write progress to stderr."""
    ERRORS.print(message, highlight=False)


class Steps:
    """Tells how far a long piece of work is: each new stage, then at most every two seconds."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._stage = ""
        self._told = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take news of progress."""
        if stage != self._stage or time.monotonic() - self._told > TELL_EVERY_S:
            self._stage, self._told = stage, time.monotonic()
            self._tell(f"  {stage}: {done} of {total}" if total else f"  {stage}")


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

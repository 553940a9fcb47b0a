"""``textwise ask``: grounded answers only, without a conversation."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from agent.cli.console import ERRORS, OUT, errors_told, print_json, tell
from agent.cli.jsonl import read_jsonl, write_jsonl
from agent.errors import InvalidInputError
from agent.foundation import lay_foundation
from agent.settings import load_settings
from agent.wiring.mind import Mind, load_mind


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input", help="JSONL with id and text (or question).")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="JSONL; stdout if not given.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer from the knowledge base, one question or a file of them."""
    with errors_told():
        if (text is None) == (input_file is None):
            raise InvalidInputError("Give either a question or --input FILE.")
        foundation = lay_foundation(load_settings())
        mind = load_mind(foundation, tell)
        if input_file is not None:
            count = write_jsonl(output, answer_file(mind, input_file))
            tell(f"{count} answered.")
            return
        row = answer_one(mind, text or "")
        if as_json:
            print_json(row)
            return
        OUT.print(row["answer"], markup=False, highlight=False)
        for passage in row["passages"][:3]:
            OUT.print(f"  [dim]{passage['source']}: {passage['heading']}[/]")


def answer_file(mind: Mind, path: Path) -> Iterator[Mapping[str, Any]]:
    """Answer each line's ``text`` (or ``question``), keeping its ``id``."""
    rows = list(read_jsonl(path))
    for number, row in track(rows, description="Answering", console=ERRORS):
        question = row.get("text", row.get("question"))
        if not isinstance(question, str):
            raise InvalidInputError(f'{path}:{number} has no "text".')
        yield {"id": row.get("id", number), "text": question, **answer_one(mind, question)}


def answer_one(mind: Mind, question: str) -> dict[str, Any]:
    """Answer one question as the contract's output line."""
    began = time.perf_counter()
    understanding = mind.understander.understand(question)
    answer = mind.answerer.answer(question, understanding=understanding)
    return {
        "answer": answer.text if answer.answered else mind.templates.say("not_known_offer"),
        "answered": answer.answered,
        "passages": [
            {
                "source": hit.passage.source,
                "heading": hit.passage.heading,
                "text": hit.passage.text,
                "score": round(hit.score, 4),
            }
            for hit in answer.passages
        ],
        "composer": answer.composer if answer.answered else "none",
        "took_ms": round((time.perf_counter() - began) * 1000, 2),
    }

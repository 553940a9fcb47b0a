"""``textwise intents data label``: live messages, one key a label."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import click
import typer

from agent.cli.console import OUT, errors_told, print_json
from agent.cli.intents_shared import BY, AsJson
from agent.domain.learning import OUT_OF_SCOPE, LabelItem, LabelQueue
from agent.errors import TextwiseError
from agent.foundation import Foundation, lay_foundation
from agent.learning.labelling import Labelling, Task
from agent.learning.parts import make_labelling
from agent.settings import Settings, load_settings
from agent.wiring.models import model_registry

_SHOWN, _ALL = 30, 10_000


def label(
    *,
    queue: Annotated[
        LabelQueue,
        typer.Option(help="worth: what teaches most. blind: the live test set, without guesses."),
    ] = LabelQueue.WORTH,
    by: Annotated[str, typer.Option(help="Who labels.", envvar="USER")] = BY,
    export: Annotated[
        bool, typer.Option("--export", help="Only write the accepted labels to files.")
    ] = False,
    list_them: Annotated[bool, typer.Option("--list", help="Only list what waits.")] = False,
    as_json: AsJson = False,
) -> None:
    """Label live messages, one key a label. Accepted labels are written below the home."""
    with errors_told():
        foundation = lay_foundation(load_settings())
        labelling = _labelling(foundation, foundation.settings)
        if export:
            _export(labelling, as_json=as_json)
        elif list_them or as_json:
            _list(foundation, labelling, queue, as_json=as_json)
        else:
            _label_all(labelling, queue, by)


def _labelling(foundation: Foundation, settings: Settings) -> Labelling:
    registry = model_registry(foundation)
    return make_labelling(settings, foundation.database, registry, registry.active_version)


def _export(labelling: Labelling, *, as_json: bool) -> None:
    written = labelling.export()
    if as_json:
        print_json(asdict(written))
        return
    OUT.print(
        f"{written.utterances:,} utterances and {written.blind:,} test messages in "
        f"{written.folder}; {written.left_out:,} left out, because they are in a test set.",
        highlight=False,
    )


def _list(
    foundation: Foundation, labelling: Labelling, queue: LabelQueue, *, as_json: bool
) -> None:
    with foundation.database.read() as uow:
        items = uow.labels.waiting(queue, limit=_ALL if as_json else _SHOWN)
    counts = labelling.counts()
    if as_json:
        body = {name: asdict(count) for name, count in counts.items()}
        print_json({"queue": queue, "counts": body, "waiting": [_item_row(i) for i in items]})
        return
    found = counts[queue]
    OUT.print(f"{found.waiting:,} wait, {found.labelled:,} labelled, {found.skipped:,} skipped.")
    for item in items:
        why = ", ".join(item.reasons)
        OUT.print(f"  {item.text[:100]!r} {why}", markup=False, highlight=False)


def _item_row(item: LabelItem) -> dict[str, Any]:
    blind = item.queue is LabelQueue.BLIND
    return {
        "id": item.id,
        "text": item.text,
        "reasons": list(item.reasons),
        "value": item.value,
        "seen": item.seen,
        "guess": None if blind or item.guess is None else asdict(item.guess),
    }


def _label_all(labelling: Labelling, queue: LabelQueue, by: str) -> None:
    """Ask for one message after another until q, or until nothing waits."""
    while (task := labelling.next(queue, by=by)) is not None:
        _show_task(task)
        key = _key()
        if key in {"", "q", "\x03", "\x04"}:
            return
        try:
            _act(labelling, task, key, by)
        except TextwiseError as error:
            OUT.print(str(error), markup=False, highlight=False)
    OUT.print("Nothing waits here.")


def _key() -> str:
    """Return the next key pressed; the next character where the input is no terminal."""
    if sys.stdin.isatty():
        return click.getchar()
    key = sys.stdin.read(1)
    return _key() if key == "\n" else key


def _act(labelling: Labelling, task: Task, key: str, by: str) -> None:
    item = task.item
    match key:
        case "s":
            labelling.skip(item.id, by=by)
        case "o":
            labelling.label(item.id, OUT_OF_SCOPE, by=by)
        case "u":
            taken_back = labelling.undo(item.queue, by=by)
            OUT.print("Nothing to undo." if taken_back is None else "Taken back.")
        case "/":
            chosen = _search(labelling)
            if chosen:
                labelling.label(item.id, chosen, by=by)
        case _ if key.isdigit() and 0 < int(key) <= len(task.candidates):
            labelling.label(item.id, task.candidates[int(key) - 1][0], by=by)
        case _:
            OUT.print("Press a number, / o s u, or q to end.")


def _show_task(task: Task) -> None:
    item = task.item
    OUT.print()
    OUT.print(item.text, markup=False, highlight=False)
    if item.reasons:
        OUT.print(f"[dim]{', '.join(r.replace('_', ' ') for r in item.reasons)}[/]")
    for number, (intent, chance) in enumerate(task.candidates, start=1):
        OUT.print(f"  {number}  {intent}  [dim]{chance:.0%}[/]", highlight=False)
    OUT.print(
        f"[dim]/ search  o out of scope  s skip  u undo  q end   ({task.counts.waiting:,} wait)[/]",
        highlight=False,
    )


def _search(labelling: Labelling) -> str:
    """Ask for a part of an intent's name, until one is found; empty to leave."""
    while True:
        part = str(typer.prompt("Part of the intent's name", default="", show_default=False))
        if not part.strip():
            return ""
        found = list(matching(part, labelling.intents()))
        if len(found) == 1:
            return found[0]
        OUT.print(", ".join(found) or "There is none.", highlight=False)


def matching(part: str, intents: Sequence[str]) -> Iterator[str]:
    """Yield the intents whose name has every word of ``part``; one of that very name alone."""
    wanted = part.strip().casefold().replace(" ", "_")
    if wanted in intents:
        yield wanted
        return
    words = wanted.split("_")
    yield from (intent for intent in intents if all(word in intent for word in words))

"""``textwise intents shadow``, ``gate`` and ``data label``: the models and live traffic."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import click
import typer
from rich.table import Table

from agent.cli.console import OUT, errors_told, print_json, tell
from agent.cli.intents_shared import live_labels, progress, version_named, written_test
from agent.domain.learning import OUT_OF_SCOPE, LabelItem, LabelQueue
from agent.domain.ports import SystemClock
from agent.errors import InvalidInputError, TextwiseError
from agent.foundation import Foundation, lay_foundation
from agent.learning.jobs import JobRunner
from agent.learning.labelling import Labelling, Task
from agent.learning.model_desk import ModelDesk, ShadowView
from agent.learning.parts import make_labelling
from agent.settings import Settings, load_settings
from agent.wiring import model_registry

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

BY = "command line"
_SHOWN = 30
_ALL = 10_000


def mount(intents: typer.Typer, data: typer.Typer) -> None:
    """Add these commands to ``textwise intents`` and ``textwise intents data``."""
    intents.command("shadow")(shadow)
    intents.command("gate")(gate)
    data.command("label")(label)


# ── shadow ───────────────────────────────────────────────────────────────────────────────────────


def shadow(
    version: Annotated[
        str | None, typer.Argument(help="The version that is to read along.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Let no version read along.")] = False,
    list_them: Annotated[
        bool, typer.Option("--list", help="What it reads differently (also without arguments).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a version read live messages beside the live one, without answering."""
    with errors_told():
        if sum((version is not None, off, list_them)) > 1:
            raise InvalidInputError("Give a version, --off or --list.")
        foundation = lay_foundation(load_settings())
        desk = _desk(foundation)
        if version is not None:
            name = version_named(model_registry(foundation), version)
            desk.set_shadow(name, by=BY)
            tell(f"{name} reads along from now on. See: textwise intents shadow --list")
        elif off:
            desk.stop_shadow()
            tell("No version reads along.")
        if as_json or (version is None and not off):
            _show_shadow(desk.shadow(), as_json=as_json)


def _desk(foundation: Foundation) -> ModelDesk:
    return ModelDesk(
        settings=foundation.settings,
        database=foundation.database,
        registry=model_registry(foundation),
        clock=SystemClock(),
        jobs=JobRunner(foundation.database),
        changed=lambda: None,
    )


def _show_shadow(view: ShadowView | None, *, as_json: bool) -> None:
    if as_json:
        print_json(_shadow_row(view))
        return
    if view is None:
        OUT.print("No version reads along.")
        return
    OUT.print(
        f"{view.state.version} has read {view.compared:,} messages, {view.differed:,} differently.",
        highlight=False,
    )
    if view.state.refused:
        OUT.print(f"It cannot be loaded: {view.state.refused}", markup=False, highlight=False)
    table = Table("read as", "compared", "differently")
    for tally in view.tallies:
        if tally.differed:
            table.add_row(tally.intent, f"{tally.compared:,}", f"{tally.differed:,}")
    if table.row_count:
        OUT.print(table)
    for found in view.differences[:_SHOWN]:
        OUT.print(
            f"  {found.text[:100]!r}: {found.live.heard} → {found.shadow.heard}"
            f" ({', '.join(found.kinds)})",
            markup=False,
            highlight=False,
        )


def _shadow_row(view: ShadowView | None) -> dict[str, Any]:
    if view is None:
        return {"shadow": None}
    return {
        "shadow": view.state.version,
        "since": view.state.since,
        "refused": view.state.refused or None,
        "compared": view.compared,
        "differed": view.differed,
        "intents": [asdict(tally) for tally in view.tallies],
        "disagreements": [
            {
                "text": found.text,
                "kinds": list(found.kinds),
                "live": asdict(found.live),
                "shadow": asdict(found.shadow),
                "at": found.at.isoformat(),
            }
            for found in view.differences
        ],
    }


# ── the gate ─────────────────────────────────────────────────────────────────────────────────────


def gate(
    version: Annotated[str, typer.Argument(help="The version to ask about.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a version may be promoted, and why not; nothing is changed."""
    from intents.promotion import judge

    with errors_told():
        settings = load_settings()
        registry = model_registry(lay_foundation(settings))
        name = version_named(registry, version)
        with progress() as show:
            verdict = judge(
                registry,
                name,
                written_test=written_test(settings, None),
                live_test=live_labels(settings, None),
                progress=show,
            )
        if as_json:
            row = {
                "version": name,
                "against": verdict.against,
                "passed": verdict.passed,
                "reasons": list(verdict.reasons),
                "sentences": list(verdict.sentences),
                "summary": verdict.summary,
            }
            print_json(row)
            return
        for sentence in verdict.sentences:
            OUT.print(sentence, highlight=False)
        for reason in verdict.reasons:
            OUT.print(f"Against it: {reason}.", highlight=False)
        if verdict.passed:
            OUT.print(f"{name} may be promoted.", highlight=False)


# ── labelling ────────────────────────────────────────────────────────────────────────────────────


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

"""``textwise flows``: list, lint and draw the flow files."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import OUT, errors_told, print_json, tell
from agent.errors import NotFoundError
from agent.flows.engine import Flow, Say
from agent.flows.files import load_flows
from agent.settings import load_settings

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option("--folder", help="TEXTWISE_FLOWS if not given.")]


def _flows(folder: Path | None) -> dict[str, Flow]:
    return dict(load_flows(folder or load_settings().flows))


@app.command("list")
def list_flows(
    folder: Folder = None, *, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """List the flows."""
    with errors_told():
        flows = _flows(folder)
        if as_json:
            print_json(
                [{"name": f.name, "title": f.title, "steps": len(f.steps)} for f in flows.values()]
            )
            return
        for flow in flows.values():
            OUT.print(f"{flow.name}  [dim]{flow.title}, {len(flow.steps)} steps[/]")


@app.command()
def validate(folder: Folder = None) -> None:
    """Find what is wrong with the flow files."""
    with errors_told():
        tell(f"{len(_flows(folder))} flows, nothing wrong.")


@app.command()
def show(name: Annotated[str, typer.Argument()], folder: Folder = None) -> None:
    """Draw a flow: each step with what it says and where it leads."""
    with errors_told():
        flow = _flows(folder).get(name)
        if flow is None:
            raise NotFoundError(f"There is no flow {name!r}.", hint="See: textwise flows list")
        for line in picture(flow):
            OUT.print(line, markup=False, highlight=False)


def picture(flow: Flow) -> list[str]:
    """Draw a flow as lines of text."""
    lines = [f"{flow.name}: {flow.title}"]
    for step_name, step in flow.steps.items():
        lines.append(f"{'▶' if step_name == flow.start else '○'} {step_name}")
        for effect in step.enter():
            if isinstance(effect, Say):
                lines += [f"│   {line}" for line in effect.text.splitlines()]
        lines += [f"└─▶ {following}" for following in step.next_steps()]
    return lines

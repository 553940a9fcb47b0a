"""Reading flow files and finding what is wrong with them."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import ConfigurationError
from agent.flows import steps as steps_package
from agent.flows.engine import Flow, Step


class _FlowFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    start: str
    steps: dict[str, dict[str, object]]


@cache
def step_kinds() -> Mapping[str, Callable[[Mapping[str, object]], Step]]:
    """Return the parser of every kind of step in the folder."""
    kinds: dict[str, Callable[[Mapping[str, object]], Step]] = {}
    for info in pkgutil.iter_modules(steps_package.__path__):
        module = importlib.import_module(f"{steps_package.__name__}.{info.name}")
        if module.KIND in kinds:
            raise ConfigurationError(f"Two kinds of step are called {module.KIND}.")
        kinds[module.KIND] = module.parse
    return kinds


def load_flows(folder: Path) -> Mapping[str, Flow]:
    """Read every flow of a folder.

    Raises:
        ConfigurationError: a file is malformed, or a flow leads nowhere; each is named.
    """
    flows: dict[str, Flow] = {}
    for path in sorted(folder.glob("*.yaml")):
        flow = load_flow(path)
        if flow.name in flows:
            raise ConfigurationError(f"{path}: there is already a flow {flow.name}.")
        flows[flow.name] = flow
    if not flows:
        raise ConfigurationError(
            f"There is no flow file in {folder}.", hint="Set TEXTWISE_FLOWS to a folder with flows."
        )
    return flows


def load_flow(path: Path) -> Flow:
    """Read one flow file.

    Raises:
        ConfigurationError: it is malformed, or a step leads nowhere.
    """
    try:
        raw = _FlowFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    flow = Flow(
        name=raw.name,
        title=raw.title,
        start=raw.start,
        steps={name: _step(path, name, section) for name, section in raw.steps.items()},
    )
    problems = list(lint(flow))
    if problems:
        raise ConfigurationError(f"{path}:\n  " + "\n  ".join(problems))
    return flow


def lint(flow: Flow) -> Iterator[str]:
    """Yield what is wrong: unknown steps, steps that nothing leads to."""
    if flow.start not in flow.steps:
        yield f"it starts at {flow.start!r}, which is no step"
        return
    reached, frontier = {flow.start}, [flow.start]
    while frontier:
        here = frontier.pop()
        for following in flow.steps[here].next_steps():
            if following not in flow.steps:
                yield f"step {here!r} leads to {following!r}, which is no step"
            elif following not in reached:
                reached.add(following)
                frontier.append(following)
    for lost in sorted(set(flow.steps) - reached):
        yield f"nothing leads to step {lost!r}"


def _step(path: Path, name: str, section: dict[str, object]) -> Step:
    kind = str(section.get("kind", ""))
    parse = step_kinds().get(kind)
    if parse is None:
        raise ConfigurationError(
            f"{path}: step {name!r} is of unknown kind {kind!r}.",
            hint=f"Known: {', '.join(sorted(step_kinds()))}.",
        )
    try:
        return parse({key: value for key, value in section.items() if key != "kind"})
    except ValidationError as error:
        raise ConfigurationError(f"{path}: step {name!r}: {error}") from None

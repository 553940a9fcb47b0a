"""The flow engine: ``start`` and ``advance`` are pure functions over frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.domain.conversations import FlowState


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send a text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Answer a question from the knowledge base, as if the customer had put it.

    ``intent`` says which of the customer's own facts belong to it.
    """

    question: str
    intent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Bring in a person."""


Effect = Say | Ask | Handover


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a step does with an answer: effects, and the next step's name (None ends the flow)."""

    effects: tuple[Effect, ...]
    next_step: str | None


class Step(Protocol):
    """A step of a flow. The kinds live in ``agent/flows/steps``, one file each."""

    def enter(self) -> tuple[Effect, ...]:
        """Return what the step says first."""
        ...

    def answer(self, text: str) -> Moved | None:
        """Take the customer's answer; None where it is no answer to this step."""
        ...

    def next_steps(self) -> tuple[str, ...]:
        """Name every step that may follow, for the linter and the picture."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow as its file describes it."""

    name: str
    title: str
    start: str
    steps: Mapping[str, Step]


def start(flow: Flow) -> tuple[FlowState, tuple[Effect, ...]]:
    """Begin a flow at its first step."""
    state = FlowState(flow=flow.name, step=flow.start)
    return state, flow.steps[flow.start].enter()


def advance(
    flow: Flow, state: FlowState, text: str
) -> tuple[FlowState | None, tuple[Effect, ...]] | None:
    """Give the customer's text to the running step.

    Returns:
        The next state (None: the flow has ended) with its effects, or None where the text is no
        answer to the step.
    """
    moved = flow.steps[state.step].answer(text)
    if moved is None:
        return None
    if moved.next_step is None:
        return None, moved.effects
    following = FlowState(flow=flow.name, step=moved.next_step, slots=state.slots)
    return following, (*moved.effects, *flow.steps[moved.next_step].enter())

"""A process killed at every boundary of a turn and of a send loses nothing and doubles nothing."""

import ast
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from agent.settings import CHECKOUT
from tests.crash.campaign import Campaign, run_campaign
from tests.crash.conftest import MakeUrl
from tests.crash.lives import Zygote

pytestmark = pytest.mark.timeout(900)
"""All kills happen in one fixture; a busy machine needs many times the usual minute."""

LANES = 2
"""Databases of one kind that are worked on at once."""

STEPS_IN = ["agent/inbox.py", "agent/outbox.py", "agent/desk.py", "agent/runtime/*.py"]
NO_STEPS: Mapping[str, str] = {
    "DurableRuntime._beat": "by the clock",
    "DurableRuntime._reap": "by the clock",
    **dict.fromkeys(
        (
            "Overdue._tell",
            "Watch._ask_providers",
            "Watch._end_turn",
            "Watch._resume_send",
            "Watch._resume_text",
            "Watch._with",
        ),
        "by the clock after minutes, one transaction each; what is undone is found the next time",
    ),
    "Desk.take_over": "one transaction from the console, no send",
    "Desk.hand_back": "one transaction from the console, no send",
    "Desk.resolve": "one transaction from the console, no send",
    "Desk.note": "one transaction from the console, no send",
}
"""Functions that write and are no step of a text's way, each with the reason."""


@pytest.fixture(scope="module")
def campaigns(
    zygote: Zygote, new_postgres: MakeUrl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Campaign]]:
    """Both databases at once: most of the time is waiting."""
    home = tmp_path_factory.mktemp("crash")
    urls = {
        "sqlite": [f"sqlite:///{home / f'{number}.db'}" for number in range(LANES)],
        "postgresql": [new_postgres(f"crash_{number}") for number in range(LANES)],
    }
    done: dict[str, Campaign] = {}

    def run(kind: str) -> None:
        done[kind] = run_campaign(zygote, urls[kind], home / kind)

    threads = [threading.Thread(target=run, args=(kind,)) for kind in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@pytest.fixture(params=["sqlite", "postgresql"])
def campaign(campaigns: Mapping[str, Campaign], request: pytest.FixtureRequest) -> Campaign:
    return campaigns[request.param]


def test_every_text_is_answered_or_visible_and_no_reply_leaves_twice(campaign: Campaign) -> None:
    assert campaign.wrong == []


def test_a_process_was_killed_after_every_effect(campaign: Campaign) -> None:
    assert campaign.seen <= campaign.killed_after
    # Turns that are fetched from the queue together skip a boundary now and then.
    assert len(campaign.missed) <= len(campaign.killed_at) / 10


def test_every_transaction_of_turns_and_sends_is_a_boundary_that_was_tried(
    campaign: Campaign,
) -> None:
    steps = {name for pattern in STEPS_IN for path in CHECKOUT.glob(pattern)
             for name in functions_that_write(path)}  # fmt: skip
    assert steps - set(NO_STEPS) <= campaign.killed_after
    assert set(NO_STEPS) <= steps, "an exception names a function that is gone"


def functions_that_write(path: Path) -> Iterator[str]:
    """Find the functions that open a transaction of their own, by their qualified names."""
    for outer in ast.parse(path.read_text()).body:
        members = outer.body if isinstance(outer, ast.ClassDef) else [outer]
        prefix = f"{outer.name}." if isinstance(outer, ast.ClassDef) else ""
        for function in members:
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "begin"
                and isinstance(node.func.value, ast.Attribute | ast.Name)
                and ast.unparse(node.func.value).endswith("database")
                for node in ast.walk(function)
            ):
                yield prefix + function.name

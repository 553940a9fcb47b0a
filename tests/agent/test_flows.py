"""Flows: files, linter, engine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.conversations import FlowState
from agent.errors import ConfigurationError
from agent.flows.engine import Ask, Handover, Say, advance, start
from agent.flows.files import load_flow, load_flows
from agent.settings import CHECKOUT

SHIPPED = load_flows(CHECKOUT / "agent/flows/library")
MENU = SHIPPED["help_menu"]


def test_a_menu_says_its_options_with_numbers() -> None:
    state, effects = start(MENU)

    assert state == FlowState(flow="help_menu", step="menu")
    assert isinstance(effects[0], Say)
    assert "1 My order" in effects[0].text


@pytest.mark.parametrize("answer", ["4", " 4. ", "a person", "A Person"])
def test_the_menu_hands_over_to_a_person(answer: str) -> None:
    state, _ = start(MENU)

    assert advance(MENU, state, answer) == (None, (Handover(),))


def test_a_menu_answer_asks_the_knowledge_base() -> None:
    state, _ = start(MENU)
    moved = advance(MENU, state, "1")

    assert moved is not None
    assert isinstance(moved[1][0], Ask)


@given(st.text())
def test_any_text_ends_the_menu_or_is_no_answer(text: str) -> None:
    state, _ = start(MENU)
    moved = advance(MENU, state, text)

    assert moved is None or moved[0] is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "steps: {menu: {kind: menu, say: x, options: [{label: a, say: b, next: gone}]}}",
            "leads to 'gone'",
        ),
        (
            "steps: {menu: {kind: menu, say: x, options: [{label: a, say: b}]}, lost: {kind: menu, say: x, options: [{label: a, say: b}]}}",
            "nothing leads to step 'lost'",
        ),
        ("steps: {menu: {kind: wish, say: x}}", "unknown kind 'wish'"),
        ("steps: {menu: {kind: menu, say: x, options: [{label: a}]}}", "exactly one of"),
        ("steps: {other: {kind: menu, say: x, options: [{label: a, say: b}]}}", "starts at 'menu'"),
        ("steps: [", "test.yaml"),
    ],
)
def test_broken_flows_are_named(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "test.yaml"
    path.write_text(f"name: test\ntitle: T\nstart: menu\n{body}\n")

    with pytest.raises(ConfigurationError, match=message):
        load_flow(path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no flow file"):
        load_flows(tmp_path)

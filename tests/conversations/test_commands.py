"""The commands that talk: chat, ask and simulate."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from agent.cli.ask import answer_file, answer_one
from agent.cli.chat import talk
from agent.cli.simulate import AgentTurns, Script, play
from agent.errors import InvalidInputError
from agent.wiring.inline import Inline
from agent.wiring.mind import Mind


def test_chat_answers_and_tells_why(parts: Inline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("/why\ndo you ship to canada?\n/why\nSTOP\n/quit\n")
    )
    out = Console(file=io.StringIO(), width=200)

    talk(parts, "terminal", out)

    said = out.file.getvalue()  # type: ignore[attr-defined]
    assert "There is no decision yet" in said
    assert "knowledge (intent_delivery_options)" in said
    assert "no more texts" in said


def test_ask_gives_the_contracts_line(mind: Mind) -> None:
    row = answer_one(mind, "do you ship to canada?")

    assert set(row) == {"answer", "answered", "passages", "composer", "took_ms"}
    assert row["answered"]
    assert row["composer"] == "extractive"
    assert set(row["passages"][0]) == {"source", "heading", "text", "score"}


def test_ask_says_so_where_nothing_is_known(mind: Mind) -> None:
    row = answer_one(mind, "how much does a submarine weigh")

    assert not row["answered"]
    assert row["composer"] == "none"
    assert "colleague" in row["answer"]


def test_a_file_of_questions_keeps_their_ids(mind: Mind, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "q7", "text": "do you ship to canada?"}\n\n{"question": "hours?"}\n')

    rows = list(answer_file(mind, path))

    assert [row["id"] for row in rows] == ["q7", 3]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}'])
def test_a_broken_line_is_named(mind: Mind, tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"text": "hi"}\n' + line + "\n")

    with pytest.raises(InvalidInputError, match=r"questions\.jsonl:2"):
        list(answer_file(mind, path))


SCRIPT = Script.model_validate(
    {
        "id": "c1",
        "customer": {"name": "Ada", "tier": "vip", "lifetime_value": 5000, "open_orders": 1},
        "turns": [
            {"role": "customer", "text": "hi there"},
            {"role": "agent", "text": "Hello, how can I help?"},
            {"role": "customer", "text": "this is a disgrace, I want to make a formal complaint"},
            {"role": "agent", "text": "I am sorry."},
            {"role": "customer", "text": "hello?"},
        ],
    }
)


@pytest.mark.parametrize("agent_turns", AgentTurns)
def test_simulate_plays_every_customer_turn(parts: Inline, agent_turns: AgentTurns) -> None:
    row = play(parts, SCRIPT, agent_turns)

    assert json.loads(json.dumps(row, default=str))["id"] == "c1"
    assert [turn["index"] for turn in row["turns"]] == [0, 2, 4]
    assert [turn["escalated"] for turn in row["turns"]] == [False, True, False]
    assert row["turns"][2]["route"] == "human"
    assert set(row["turns"][0]) == {
        "index", "text", "replies", "route", "intent", "confidence", "sentiment_score",
        "frustration", "escalated", "rule", "queue",
    }  # fmt: skip

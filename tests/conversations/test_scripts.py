"""Scripted conversations with the shipped models and the demo brand's knowledge."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.domain.messages import InboundMessage
from agent.wiring import Inline

SCRIPTS = [
    pytest.param(script, id=script["name"])
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_conversation_goes_as_written(script: dict[str, Any], parts: Inline) -> None:
    address = script.get("customer", "+15550100900")
    for place, turn in enumerate(script["turns"]):
        result = say(parts, address, turn["text"], place)
        check(turn, result)


def say(parts: Inline, address: str, text: str, place: int) -> dict[str, Any]:
    accepted = parts.inbox.accept(
        InboundMessage(
            provider="cli", provider_id=f"{address}-{place}", channel="web", sender=address,
            recipient=parts.brand.numbers[0], text=text, received_at=parts.clock.now(),
        )
    )  # fmt: skip
    parts.clock.forward(5)  # type: ignore[attr-defined]
    parts.run_waiting()
    with parts.database.read() as uow:
        turn_id = uow.messages.get(accepted.message_id).turn_id
        assert turn_id is not None
        turn = uow.turns.get(turn_id)
        assert turn is not None
        status = uow.conversations.get(accepted.conversation_id).status
    return {**turn.result["turn"], "status": status, "said": turn.result["replies"]}


def check(expected: dict[str, Any], result: dict[str, Any]) -> None:
    said = " | ".join(reply["text"] for reply in result["said"])
    told = f"{expected['text']!r} came to {result['route']}: {said}"
    if "route" in expected:
        assert result["route"] == expected["route"], told
    if "not_route" in expected:
        assert result["route"] != expected["not_route"], told
    if "rule" in expected:
        assert result["escalation"]["rule"] == expected["rule"], told
    if "says" in expected:
        assert expected["says"] in said, told
    if "not_says" in expected:
        assert expected["not_says"] not in said, told
    if "status" in expected:
        assert result["status"] == expected["status"], told

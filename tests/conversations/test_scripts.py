"""Scripted conversations with the shipped models and the demo brand's knowledge."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from threadpoolctl import threadpool_info

from agent.domain.messages import InboundMessage
from agent.inbox import Accepted
from agent.wiring.inline import Inline
from agent.wiring.mind import Mind

SCRIPTS = [
    pytest.param(script, id=script["name"])
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def test_loading_the_models_leaves_blas_one_thread(
    mind: Mind,
) -> None:
    assert mind.answerer.version
    used = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert set(used) == {1}


@pytest.mark.parametrize("script", SCRIPTS)
def test_conversation_goes_as_written(script: dict[str, Any], parts: Inline) -> None:
    address = script.get("customer", "+15550100900")
    for place, turn in enumerate(script["turns"]):
        for early, text in enumerate(turn.get("burst", ())):
            accept(parts, address, text, f"{place}-{early}")
        result = say(parts, address, turn["text"], place)
        check(turn, result)


def accept(parts: Inline, address: str, text: str, place: str) -> Accepted:
    return parts.inbox.accept(
        InboundMessage(
            provider="cli", provider_id=f"{address}-{place}", channel="web", sender=address,
            recipient=parts.brand.numbers[0], text=text, received_at=parts.clock.now(),
        )
    )  # fmt: skip


def say(parts: Inline, address: str, text: str, place: int) -> dict[str, Any]:
    accepted = accept(parts, address, text, str(place))
    parts.clock.forward(5)  # type: ignore[attr-defined]
    parts.run_waiting()
    with parts.database.read() as uow:
        turn_id = uow.messages.get(accepted.message_id).turn_id
        assert turn_id is not None
        turn = uow.turns.get(turn_id)
        assert turn is not None
        status = uow.conversations.get(accepted.conversation_id).status
        assert turn.trace is not None
        decided = turn.trace.decision_before.rule
    said = turn.result["replies"]
    return {**turn.result["turn"], "status": status, "said": said, "decided": decided}


def check(expected: dict[str, Any], result: dict[str, Any]) -> None:
    said = " | ".join(reply["text"] for reply in result["said"])
    told = f"{expected['text']!r} came to {result['route']}: {said}"
    if "route" in expected:
        assert result["route"] == expected["route"], told
    if "not_route" in expected:
        assert result["route"] != expected["not_route"], told
    if "rule" in expected:
        assert result["escalation"]["rule"] == expected["rule"], told
    if "decided" in expected:
        assert result["decided"] == expected["decided"], told
    wanted = expected.get("says", [])
    for words in [wanted] if isinstance(wanted, str) else wanted:
        assert words in said, told
    if "not_says" in expected:
        assert expected["not_says"] not in said, told
    if "status" in expected:
        assert result["status"] == expected["status"], told

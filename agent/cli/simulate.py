"""``textwise simulate``: play conversations turn by turn in a store of their own."""

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.progress import track

from agent.cli.console import ERRORS, errors_told, tell
from agent.cli.jsonl import read_jsonl, write_jsonl
from agent.domain.customers import Customer
from agent.domain.ids import ConversationId, CustomerId
from agent.domain.messages import Author, InboundMessage
from agent.errors import InvalidInputError
from agent.foundation import lay_foundation
from agent.settings import load_settings
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.mind import load_mind


class AgentTurns(StrEnum):
    """Whether our agent answers, or what the file's agent said counts."""

    LIVE = "live"
    SCRIPTED = "scripted"


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ScriptedCustomer(_Loose):
    """Who writes."""

    name: str = ""
    tier: str | None = ""
    lifetime_value: Decimal = Decimal(0)
    open_orders: int = 0


class ScriptedTurn(_Loose):
    """One text of the script."""

    role: Literal["customer", "agent"]
    text: str


class Script(_Loose):
    """One conversation of the input file."""

    id: str | int
    customer: ScriptedCustomer = Field(default_factory=ScriptedCustomer)
    turns: list[ScriptedTurn]


def simulate(
    input_file: Annotated[Path, typer.Option("--input", help="Conversations as JSONL.")],
    output: Annotated[Path | None, typer.Option(help="JSONL; stdout if not given.")] = None,
    agent_turns: Annotated[
        AgentTurns, typer.Option(help="live: our agent answers; scripted: the file's agent did.")
    ] = AgentTurns.LIVE,
) -> None:
    """Play conversations and tell for each customer turn what was decided and said."""
    with errors_told():
        scripts = [_script(input_file, number, row) for number, row in read_jsonl(input_file)]
        settings = load_settings()
        mind = load_mind(lay_foundation(settings), tell)
        # The live models and knowledge answer; customers and conversations go when it ends.
        with tempfile.TemporaryDirectory(prefix="textwise-") as folder:
            store = lay_foundation(settings, database_url=f"sqlite:///{folder}/simulation.db")
            parts = assemble_inline(store, mind)
            rows = (
                play(parts, script, agent_turns)
                for script in track(scripts, description="Playing", console=ERRORS)
            )
            count = write_jsonl(output, rows)
            store.engine.dispose()
        tell(f"{count} conversations played.")


def _script(path: Path, number: int, row: dict[str, Any]) -> Script:
    try:
        return Script.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInputError(f"{path}:{number} {where}: {first['msg']}") from None


def play(parts: Inline, script: Script, agent_turns: AgentTurns) -> Mapping[str, Any]:
    """Play one conversation and return the contract's output line."""
    address = f"sim:{script.id}"
    _add_customer(parts, address, script.customer)
    turns = []
    conversation_id: ConversationId | None = None
    for index, turn in enumerate(script.turns):
        if turn.role == "agent":
            if agent_turns is AgentTurns.SCRIPTED and conversation_id is not None:
                _agent_said(parts, conversation_id, turn.text)
            continue
        conversation_id, row = _customer_said(parts, address, turn.text)
        turns.append({"index": index, "text": turn.text, **row})
    return {"id": script.id, "turns": turns}


def _add_customer(parts: Inline, address: str, customer: ScriptedCustomer) -> None:
    with parts.database.begin() as uow:
        uow.customers.put(
            Customer(
                id=CustomerId(parts.ids.new("cus")),
                address=address,
                name=customer.name,
                tier=customer.tier or "",
                lifetime_value=customer.lifetime_value,
                open_orders=customer.open_orders,
            )
        )


def _customer_said(parts: Inline, address: str, text: str) -> tuple[ConversationId, dict[str, Any]]:
    accepted = parts.inbox.accept(
        InboundMessage(
            provider="cli",
            provider_id=parts.ids.new("sim"),
            channel="web",
            sender=address,
            recipient=parts.brand.numbers[0],
            text=text,
            received_at=parts.clock.now(),
        )
    )
    parts.run_waiting()
    with parts.database.read() as uow:
        turn_id = uow.messages.get(accepted.message_id).turn_id
        turn = None if turn_id is None else uow.turns.get(turn_id)
    return accepted.conversation_id, _row({} if turn is None else turn.result)


def _row(result: Mapping[str, Any]) -> dict[str, Any]:
    turn = result.get("turn") or {}
    escalation = turn.get("escalation") or {}
    return {
        "replies": [reply["text"] for reply in result.get("replies", [])],
        "route": turn.get("route", "none"),
        "intent": (turn.get("intent") or {}).get("name"),
        "confidence": (turn.get("intent") or {}).get("confidence"),
        "sentiment_score": (turn.get("sentiment") or {}).get("score"),
        "frustration": turn.get("frustration"),
        "escalated": bool(escalation.get("escalated")),
        "rule": escalation.get("rule"),
        "queue": escalation.get("queue"),
    }


def _agent_said(parts: Inline, conversation_id: ConversationId, text: str) -> None:
    """Let the file's agent turn stand for what was said; our own open question was never put."""
    with parts.database.begin() as uow:
        conversation = uow.conversations.get(conversation_id)
        uow.messages.add_outbound(
            conversation_id,
            author=Author.AGENT,
            text=text,
            provider="cli",
            encoding="",
            segments=0,
        )
        uow.conversations.remember(
            conversation_id, failed_turns=conversation.failed_turns, pending=None, flow=None
        )

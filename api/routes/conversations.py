"""Conversations: reading them with the decision behind each turn, and what a rep can do."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.ids import ConversationId
from agent.domain.messages import Message
from agent.domain.turns import TurnRecord
from agent.store.codec import dump_decision, dump_signals
from api.auth import API_KEY, API_REP, ServicesDep

router = APIRouter(prefix="/v1/conversations", tags=["conversations"], dependencies=API_KEY)


class NewText(BaseModel):
    """A rep's reply or note."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.get("")
def list_conversations(
    services: ServicesDep,
    status: ConversationStatus | None = None,
    queue: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Mapping[str, Any]:
    """List conversations, last active first."""
    with services.database.read() as uow:
        found = uow.conversations.list(status=status, queue=queue, limit=limit)
    return {"conversations": [_conversation(c) for c in found]}


@router.get("/{conversation_id}")
def read_conversation(conversation_id: str, services: ServicesDep) -> Mapping[str, Any]:
    """Return one conversation with its messages and the decision behind each turn."""
    key = ConversationId(conversation_id)
    with services.database.read() as uow:
        conversation = uow.conversations.get(key)
        messages = uow.messages.thread(key)
        turns = uow.turns.of_conversation(key)
        cases = uow.escalations.of_conversation(key)
        notes = uow.live.notes(key)
    return {
        **_conversation(conversation),
        "messages": [_message(message) for message in messages],
        "turns": [turn_view(turn) for turn in turns],
        "escalations": [
            {"rule": c.rule, "queue": c.queue, "reason": c.reason, "opened_at": c.opened_at,
             "taken_at": c.taken_at, "closed_at": c.closed_at, "rep": c.rep}
            for c in cases
        ],
        "notes": [{"author": n.author, "text": n.text, "at": n.created_at} for n in notes],
    }  # fmt: skip


@router.post("/{conversation_id}/replies", status_code=HTTPStatus.CREATED)
def reply(conversation_id: str, body: NewText, services: ServicesDep) -> Mapping[str, Any]:
    """Answer the customer as a person; the agent falls silent."""
    message = services.desk.reply(ConversationId(conversation_id), text=body.text, rep=API_REP)
    return _message(message)


@router.post("/{conversation_id}/takeover", status_code=HTTPStatus.NO_CONTENT)
def take_over(conversation_id: str, services: ServicesDep) -> Response:
    """Take the conversation over."""
    services.desk.take_over(ConversationId(conversation_id), API_REP)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{conversation_id}/return", status_code=HTTPStatus.NO_CONTENT)
def hand_back(conversation_id: str, services: ServicesDep) -> Response:
    """Give the conversation back to the agent."""
    services.desk.hand_back(ConversationId(conversation_id), API_REP)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{conversation_id}/resolve", status_code=HTTPStatus.NO_CONTENT)
def resolve(conversation_id: str, services: ServicesDep) -> Response:
    """Close the conversation."""
    services.desk.resolve(ConversationId(conversation_id), API_REP)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{conversation_id}/notes", status_code=HTTPStatus.NO_CONTENT)
def note(conversation_id: str, body: NewText, services: ServicesDep) -> Response:
    """Keep a remark that is never sent."""
    services.desk.note(ConversationId(conversation_id), API_REP, body.text)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _conversation(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "customer": conversation.customer_address,
        "status": conversation.status,
        "assigned_rep": conversation.assigned_rep,
        "failed_turns": conversation.failed_turns,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "direction": message.direction,
        "author": message.author,
        "author_name": message.author_name,
        "text": message.text,
        "at": message.created_at,
        "turn_id": message.turn_id,
        "delivery": message.delivery,
        "segments": message.segments,
        "encoding": message.encoding,
        "error": message.error,
    }


def turn_view(turn: TurnRecord) -> dict[str, Any]:
    """Return a turn with its trace as JSON values."""
    trace = turn.trace
    return {
        "id": turn.id,
        "state": turn.state,
        "at": turn.created_at,
        "turn": turn.result.get("turn"),
        "trace": None
        if trace is None
        else {
            "versions": {
                "schema": trace.versions.schema,
                "model": trace.versions.model,
                "rules": trace.versions.rules,
                "knowledge": trace.versions.knowledge,
                "prompt": trace.versions.prompt,
            },
            "signals_before": dump_signals(trace.signals_before),
            "decision_before": dump_decision(trace.decision_before),
            "signals_after": dump_signals(trace.signals_after),
            "decision_after": dump_decision(trace.decision_after),
            "evidence": [
                {"source": e.source, "heading": e.heading, "text": e.text, "score": e.score}
                for e in trace.evidence
            ],
            "cut": [{"claim": c.claim, "reason": c.reason} for c in trace.cut],
            "took_ms": dict(trace.took_ms),
        },
    }

"""``POST /v1/messages``: a text comes in through the API."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.messages import InboundMessage
from api.auth import API_KEY, ServicesDep

router = APIRouter(prefix="/v1", tags=["messages"], dependencies=API_KEY)

WAIT_S = 30.0
"""A call that waits longer is answered with 202 (contract.md)."""


class NewMessage(BaseModel):
    """A customer's text. ``id`` makes a repeated call harmless."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[str, Field(alias="from", min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=20_000)]
    id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    channel: Literal["web"] = "web"
    wait: bool = False


@router.post("/messages")
def post_message(body: NewMessage, services: ServicesDep, response: Response) -> Mapping[str, Any]:
    """Take a text. With ``wait`` the turn's replies are in the answer; without, they follow."""
    accepted = services.inbox.accept(
        InboundMessage(
            provider="web",
            provider_id=body.id or services.ids.new("api"),
            channel=body.channel,
            sender=body.sender,
            recipient=services.brand.numbers[0],
            text=body.text,
            received_at=services.clock.now(),
        ),
        silence_s=0.0 if body.wait else None,
    )
    result = (
        services.waiting_room.wait(accepted.message_id, timeout_s=WAIT_S)
        if body.wait or accepted.duplicate
        else None
    )
    if result is None:
        response.status_code = HTTPStatus.ACCEPTED
        result = {"replies": [], "turn": None}
    return {
        "conversation_id": accepted.conversation_id,
        "message_id": accepted.message_id,
        "duplicate": accepted.duplicate,
        **result,
    }

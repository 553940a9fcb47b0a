"""``POST /v1/messages``: a text comes in through the API."""

import time
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.ids import MessageId
from agent.domain.messages import InboundMessage
from agent.inbox import Accepted
from agent.wiring.services import Services
from api.auth import API_KEY, ServicesDep

router = APIRouter(prefix="/v1", tags=["messages"], dependencies=API_KEY)

MOST_WAITING = 64
"""Calls that wait at once in one process; further ones wait to be let in, as long as all wait."""


class NewMessage(BaseModel):
    """A customer's text. ``id`` makes a repeated call harmless."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[str, Field(alias="from", min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=20_000)]
    id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    channel: Literal["web"] = "web"
    wait: bool = False


def waiting_threads(request: Request) -> CapacityLimiter:
    """Return the threads of those who wait: webhooks have others, and never queue behind them."""
    limiter: CapacityLimiter = request.app.state.waiting_threads
    return limiter


@router.post("/messages")
async def post_message(
    body: NewMessage,
    services: ServicesDep,
    response: Response,
    threads: Annotated[CapacityLimiter, Depends(waiting_threads)],
) -> Mapping[str, Any]:
    """Take a text. With ``wait`` the turn's replies are in the answer; without, they follow."""
    accepted = await to_thread.run_sync(partial(_accept, services, body))
    result = None
    if body.wait or accepted.duplicate:
        ends_at = time.monotonic() + services.waiting_room.longest_s
        wait = partial(_wait, services, accepted.message_id, ends_at)
        result = await to_thread.run_sync(wait, limiter=threads)
    if result is None:
        response.status_code = HTTPStatus.ACCEPTED
        result = {"replies": [], "turn": None}
    return {
        "conversation_id": accepted.conversation_id,
        "message_id": accepted.message_id,
        "duplicate": accepted.duplicate,
        **result,
    }


def _accept(services: Services, body: NewMessage) -> Accepted:
    return services.inbox.accept(
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


def _wait(services: Services, message_id: MessageId, ends_at: float) -> Mapping[str, Any] | None:
    """Wait for a text's turn until ``ends_at`` (monotonic), also where that is over already."""
    left_s = max(0.0, ends_at - time.monotonic())
    return services.waiting_room.wait(message_id, timeout_s=left_s)

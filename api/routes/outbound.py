"""``POST /v1/outbound``: a text that the brand sends of its own accord."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agent.domain.consent import Purpose
from agent.domain.ids import MessageId
from agent.sending.outbound import IfQuiet, Outbound, OutboundReceipt
from api.auth import API_KEY, ServicesDep

router = APIRouter(prefix="/v1/outbound", tags=["outbound"], dependencies=API_KEY)


class NewOutbound(BaseModel):
    """A text to send. ``id`` makes a repeated call harmless."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(min_length=1, max_length=40)]
    text: Annotated[str, Field(min_length=1, max_length=1600)]
    purpose: Purpose
    topic: Annotated[str, Field(max_length=40)] = ""
    id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    if_quiet: IfQuiet = IfQuiet.WAIT
    send_at: AwareDatetime | None = None
    lapses_at: AwareDatetime | None = None


@router.post("", status_code=HTTPStatus.ACCEPTED)
def send(body: NewOutbound, services: ServicesDep) -> Mapping[str, Any]:
    """Take a text: it leaves at once, waits, or has lapsed. 409: it may not be sent."""
    return outbound_view(services.proactive.send(Outbound(**body.model_dump())))


@router.get("/{message_id}")
def look(message_id: str, services: ServicesDep) -> Mapping[str, Any]:
    """Say where a text stands."""
    return outbound_view(services.proactive.look(MessageId(message_id)))


def outbound_view(receipt: OutboundReceipt) -> dict[str, Any]:
    """Return what became of a text as the API shows it."""
    message = receipt.message
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "duplicate": receipt.duplicate,
        "state": receipt.state,
        "not_before": receipt.not_before,
        "reason": receipt.reason,
        "purpose": message.purpose,
        "topic": message.topic,
        "text": message.text,
        "encoding": message.encoding,
        "segments": message.segments,
        "delivery": message.delivery,
    }

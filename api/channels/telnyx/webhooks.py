"""Telnyx's webhook: texts and delivery news come to the same address."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from agent.domain.messages import InboundMessage
from agent.settings import Settings
from api.auth import ServicesDep, services_of
from api.channels.news import DeliveryNews, take_news
from api.channels.telnyx.codes import DELIVERIES, problem_of
from api.channels.telnyx.shapes import Event, Inbound, Status, Webhook
from api.channels.telnyx.signature import make_check
from api.channels.webhook import (
    JSON,
    clean_link,
    not_set_up,
    parse_object,
    read_body,
    read_shape,
    refuse_signature,
)

PROVIDER = "telnyx"

RECEIVED = "message.received"
STATUSES = frozenset({"message.sent", "message.finalized"})


def make_router(settings: Settings) -> APIRouter:
    """Make the webhook with the settings' public key."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    verified = Depends(_Verifier(settings))

    @router.post("/telnyx", status_code=HTTPStatus.NO_CONTENT)
    def webhook(
        services: ServicesDep, event: Annotated[Event, verified], message: str = ""
    ) -> Response:
        """Take a text or news of a delivery; other events are acknowledged and left."""
        if event.event_type == RECEIVED:
            services.inbox.accept(_inbound(event, services.clock.now()))
        elif event.event_type in STATUSES:
            news = _news(event, message)
            if news is not None:
                take_news(services, news)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


class _Verifier:
    """Reads the event and lets it pass only with Telnyx's signature."""

    def __init__(self, settings: Settings) -> None:
        key = settings.telnyx_public_key
        self._check = None if key is None else make_check(key)

    async def __call__(self, request: Request) -> Event:
        if self._check is None:
            raise not_set_up("Telnyx", "telnyx_public_key")
        body = await read_body(request, JSON)
        now_s = services_of(request).clock.now().timestamp()
        if not self._check(request.headers, body, now_s):
            raise refuse_signature(PROVIDER, request)
        return read_shape(Webhook, parse_object(body)).data


def _inbound(event: Event, now: datetime) -> InboundMessage:
    payload = read_shape(Inbound, event.payload)
    links = (clean_link(file.url or "") for file in payload.media or ())
    return InboundMessage(
        provider=PROVIDER,
        provider_id=payload.id,
        channel="sms",
        sender=payload.sender.phone_number,
        recipient=payload.to[0].phone_number,
        text=payload.text or "",
        received_at=now,
        media=tuple(link for link in links if link),
        provider_handled=bool(payload.autoresponse_type),
    )


def _news(event: Event, message_id: str) -> DeliveryNews | None:
    """Return what an event says, None where it is a word that we do not know."""
    payload = read_shape(Status, event.payload)
    word = payload.to[0].status or ""
    delivery = DELIVERIES.get(word)
    if delivery is None:
        return None
    codes = [str(error.code) for error in payload.errors or () if error.code is not None]
    code = codes[0] if codes else ""
    return DeliveryNews(
        provider=PROVIDER,
        provider_id=payload.id,
        delivery=delivery,
        message_id=message_id,
        code=code,
        problem=problem_of(word, code),
    )

"""Vonage's webhooks: texts of both APIs at one address, delivery news at another."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request, Response

from agent.domain.messages import InboundMessage
from agent.domain.parts import MessagePart
from agent.settings import Settings
from api.auth import ServicesDep, services_of
from api.channels.joining import take_part
from api.channels.news import DeliveryNews, take_news
from api.channels.vonage.codes import DELIVERIES, code_of, problem_of
from api.channels.vonage.numbers import to_e164
from api.channels.vonage.shapes import Inbound, Sms, Status
from api.channels.vonage.signature import sig_is_good, token_is_good
from api.channels.webhook import (
    FORM,
    JSON,
    clean_link,
    content_type,
    not_set_up,
    parse_form,
    parse_object,
    read_body,
    read_shape,
    refuse_signature,
)

_log = structlog.get_logger(__name__)

PROVIDER = "vonage"
SERVED = frozenset({"sms", "mms"})
"""Channels of the Messages API that are texts to a phone."""


def make_router(settings: Settings) -> APIRouter:
    """Make the webhooks with the settings' signature secret."""
    router = APIRouter(prefix="/webhooks/vonage", tags=["webhooks"])
    verifier = _Verifier(settings)
    verified, signed_token = Depends(verifier), Depends(verifier.token_only)

    @router.get("/inbound", status_code=HTTPStatus.NO_CONTENT)
    @router.post("/inbound", status_code=HTTPStatus.NO_CONTENT)
    def inbound(services: ServicesDep, came: Annotated[Inbound | Sms, verified]) -> Response:
        """Take a text, or a part of one."""
        now = services.clock.now()
        if isinstance(came, Inbound):
            if came.channel in SERVED:
                services.inbox.accept(_message(came, now))
            else:
                _log.warning("channel_not_served", provider=PROVIDER, channel=came.channel[:20])
        elif came.concat_total > 1:
            take_part(services, _part(came, now))
        else:
            services.inbox.accept(_text(came, now))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/status", status_code=HTTPStatus.NO_CONTENT)
    def status(services: ServicesDep, came: Annotated[dict[str, Any], signed_token]) -> Response:
        """Take news of a delivery; late or unknown news change nothing."""
        news = _news(read_shape(Status, came))
        if news is not None:
            take_news(services, news)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


class _Verifier:
    """Lets only what Vonage has signed pass: a token for JSON, ``sig`` in forms and queries."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.vonage_signature_secret
        self._secret = None if secret is None else secret.get_secret_value()
        self._method = settings.vonage_signature_method

    async def __call__(self, request: Request) -> Inbound | Sms:
        if request.method == "GET":
            return read_shape(Sms, self._signed(request, dict(parse_form(request.url.query))))
        if content_type(request) == FORM:
            body = await read_body(request, FORM)
            return read_shape(Sms, self._signed(request, dict(parse_form(body))))
        if "authorization" in request.headers:
            return read_shape(Inbound, await self.token_only(request))
        # The SMS API posts JSON where its account says so, signed as its forms are.
        fields = parse_object(await read_body(request, JSON, FORM))
        return read_shape(Sms, self._signed(request, {k: str(v) for k, v in fields.items()}))

    async def token_only(self, request: Request) -> dict[str, Any]:
        """Return a JSON body that is signed with a token."""
        secret = self._known_secret()
        body = await read_body(request, JSON)
        authorization = request.headers.get("authorization", "")
        if not token_is_good(authorization, body, secret=secret, now_s=_now_s(request)):
            raise refuse_signature(PROVIDER, request)
        return parse_object(body)

    def _signed(self, request: Request, fields: Mapping[str, str]) -> Mapping[str, str]:
        secret = self._known_secret()
        if not sig_is_good(fields, secret=secret, method=self._method, now_s=_now_s(request)):
            raise refuse_signature(PROVIDER, request)
        return fields

    def _known_secret(self) -> str:
        if self._secret is None:
            raise not_set_up("Vonage", "vonage_signature_secret")
        return self._secret


def _now_s(request: Request) -> float:
    return services_of(request).clock.now().timestamp()


def _message(came: Inbound, now: datetime) -> InboundMessage:
    links = (clean_link(file.url or "") for file in came.files)
    captions = [file.caption for file in came.files if file.caption]
    return InboundMessage(
        provider=PROVIDER,
        provider_id=came.message_uuid,
        channel="sms",
        sender=to_e164(came.sender),
        recipient=to_e164(came.to),
        text=came.text or "\n".join(captions),
        received_at=now,
        media=tuple(link for link in links if link),
    )


def _text(came: Sms, now: datetime) -> InboundMessage:
    return InboundMessage(
        provider=PROVIDER,
        provider_id=came.message_id,
        channel="sms",
        sender=to_e164(came.msisdn),
        recipient=to_e164(came.to),
        text=came.text,
        received_at=now,
    )


def _part(came: Sms, now: datetime) -> MessagePart:
    return MessagePart(
        provider=PROVIDER,
        part_id=came.message_id,
        sender=to_e164(came.msisdn),
        recipient=to_e164(came.to),
        reference=came.concat_ref,
        # A part beyond the total cannot complete anything: the last place then waits for it.
        number=min(came.concat_part, came.concat_total),
        total=came.concat_total,
        text=came.text,
        arrived_at=now,
    )


def _news(came: Status) -> DeliveryNews | None:
    """Return what a callback says, None where it is a word that we do not know."""
    delivery = DELIVERIES.get(came.status)
    if delivery is None:
        return None
    code = code_of(came.error or {})
    return DeliveryNews(
        provider=PROVIDER,
        provider_id=came.message_uuid,
        delivery=delivery,
        message_id=came.client_ref or "",
        code=code,
        problem=problem_of(code),
    )

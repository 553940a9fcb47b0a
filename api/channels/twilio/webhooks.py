"""Twilio's webhooks: inbound texts and delivery news, each with a checked signature."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from agent.consent.words import normalise
from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, InboundMessage
from agent.errors import InvalidInputError, NotFoundError
from agent.settings import Settings
from agent.store.unit_of_work import UnitOfWork
from api.auth import ServicesDep
from intents.consent import HELP_WORDS

_log = structlog.get_logger(__name__)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'
"""No reply in the answer: replies leave through REST, so that a slow turn never times out."""

# Single words that Twilio handles itself on long codes and toll-free numbers (its default list).
HANDLED_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
     "start", "unstop", *HELP_WORDS}
)  # fmt: skip

MAX_MEDIA = 10
"""The most files in one message (Twilio's limit)."""

DELIVERIES = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.CANCELLED,
}


def make_router(settings: Settings) -> APIRouter:
    """Make the two webhooks with the settings' token and public address."""
    router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"])
    verified = Depends(_Verifier(settings))

    @router.post("/sms")
    def inbound(services: ServicesDep, form: Annotated[FormData, verified]) -> Response:
        """Take an inbound text; the answer is empty TwiML."""
        message = _inbound(
            form, services.clock.now(), handles_keywords=settings.twilio_handles_keywords
        )
        services.inbox.accept(message)
        return Response(EMPTY_TWIML, media_type="application/xml")

    @router.post("/status", status_code=HTTPStatus.NO_CONTENT)
    def status(
        services: ServicesDep, form: Annotated[FormData, verified], message: str = ""
    ) -> Response:
        """Take news of a delivery; late or unknown news change nothing."""
        news = DELIVERIES.get(_field(form, "MessageStatus"))
        if news is not None:
            with services.database.begin() as uow:
                _apply(uow, form, news, message)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


class _Verifier:
    """Reads the form and lets it pass only with Twilio's signature."""

    def __init__(self, settings: Settings) -> None:
        token = settings.twilio_auth_token
        self._validator = None if token is None else RequestValidator(token.get_secret_value())
        self._public_url = settings.public_url

    async def __call__(self, request: Request) -> FormData:
        if self._validator is None:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Twilio is not set up here: set TEXTWISE_TWILIO_AUTH_TOKEN.",
            )
        content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            # A JSON body would be accepted by the SDK without its hash being checked.
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only form posts are taken.")
        form = await request.form()
        signature = request.headers.get("x-twilio-signature", "")
        if not self._validator.validate(self._url(request), form, signature):
            _log.warning("bad_signature", provider="twilio", path=request.url.path)
            raise HTTPException(HTTPStatus.FORBIDDEN, "The signature is missing or wrong.")
        return form

    def _url(self, request: Request) -> str:
        """Return the address as Twilio saw it; a proxy's headers are not believed."""
        if self._public_url is None:
            return str(request.url)
        query = f"?{request.url.query}" if request.url.query else ""
        return str(self._public_url).rstrip("/") + request.url.path + query


def _inbound(form: FormData, now: datetime, *, handles_keywords: bool) -> InboundMessage:
    sid, sender, text = (_field(form, name) for name in ("MessageSid", "From", "Body"))
    if not sid or not sender:
        raise InvalidInputError("MessageSid and From are needed.", field="MessageSid")
    word = normalise(text) if len(text) <= max(map(len, HANDLED_WORDS)) + 2 else ""
    handled = bool(_field(form, "OptOutType")) or (handles_keywords and word in HANDLED_WORDS)
    return InboundMessage(
        provider="twilio",
        provider_id=sid,
        channel="sms",
        sender=sender,
        recipient=_field(form, "To"),
        text=text,
        received_at=now,
        media=_media(form),
        provider_handled=handled,
    )


def _media(form: FormData) -> tuple[str, ...]:
    count = _field(form, "NumMedia")
    wanted = min(int(count), MAX_MEDIA) if count.isdecimal() else 0
    return tuple(filter(None, (_field(form, f"MediaUrl{place}") for place in range(wanted))))


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _apply(uow: UnitOfWork, form: FormData, news: Delivery, message_id: str) -> None:
    sid = _field(form, "MessageSid")
    known = uow.messages.find_outbound("twilio", sid)
    if known is None and message_id:
        try:
            known = uow.messages.get(MessageId(message_id))
        except NotFoundError:
            known = None
    if known is None:
        _log.info("status_of_unknown_message", provider="twilio")
        return
    state = uow.messages.set_delivery(
        known.id, news, provider_id=sid, error=_field(form, "ErrorCode")
    )
    uow.live.publish(known.conversation_id, "delivery", message_id=known.id, delivery=state)

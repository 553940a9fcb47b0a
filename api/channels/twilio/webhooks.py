"""Twilio's webhooks: inbound texts and delivery news, each with a checked signature."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from twilio.request_validator import (
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from agent.consent.words import normalise
from agent.domain.messages import InboundMessage
from agent.errors import InvalidInputError
from agent.settings import Settings
from api.auth import ServicesDep
from api.channels.news import DeliveryNews, take_news
from api.channels.twilio.codes import DELIVERIES, problem_of
from api.channels.webhook import (
    FORM,
    Fields,
    clean_link,
    count_of,
    not_set_up,
    parse_form,
    public_address,
    read_body,
    refuse_signature,
)
from intents.reading.consent import HELP_WORDS

PROVIDER = "twilio"

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'
"""No reply in the answer: replies leave through REST, so that a slow turn never times out."""

# Single words that Twilio handles itself on long codes and toll-free numbers (its default list).
HANDLED_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
     "start", "unstop", *HELP_WORDS}
)  # fmt: skip

MAX_MEDIA = 10
"""The most files in one message (Twilio's limit)."""


def make_router(settings: Settings) -> APIRouter:
    """Make the two webhooks with the settings' token and public address."""
    router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"])
    verified = Depends(_Verifier(settings))

    @router.post("/sms")
    def inbound(services: ServicesDep, form: Annotated[Fields, verified]) -> Response:
        """Take an inbound text; the answer is empty TwiML."""
        message = _inbound(
            form, services.clock.now(), handles_keywords=settings.twilio_handles_keywords
        )
        services.inbox.accept(message)
        return Response(EMPTY_TWIML, media_type="application/xml")

    @router.post("/status", status_code=HTTPStatus.NO_CONTENT)
    def status(
        services: ServicesDep, form: Annotated[Fields, verified], message: str = ""
    ) -> Response:
        """Take news of a delivery; late or unknown news change nothing."""
        news = _news(form, message)
        if news is not None:
            take_news(services, news)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


class _Verifier:
    """Reads the form and lets it pass only with Twilio's signature.

    Twilio signs with the account's auth token, or, where a header says so, with a SharedKey.
    """

    def __init__(self, settings: Settings) -> None:
        token, shared = settings.twilio_auth_token, settings.twilio_shared_key
        self._by_token = None if token is None else RequestValidator(token.get_secret_value())
        self._by_key = None if shared is None else RequestValidator(shared.get_secret_value())
        self._public_url = settings.public_url

    async def __call__(self, request: Request) -> Fields:
        if self._by_token is None and self._by_key is None:
            raise not_set_up("Twilio", "twilio_auth_token")
        # Forms only: a JSON body would pass the SDK's check without its hash being looked at.
        form = parse_form(await read_body(request, FORM))
        if not self._signed(request, form):
            raise refuse_signature(PROVIDER, request)
        return form

    def _signed(self, request: Request, form: Fields) -> bool:
        how = request.headers.get(SIGNATURE_SETTINGS_HEADER, "")
        validator = self._by_key if how else self._by_token
        if validator is None:
            return False
        signature = request.headers.get("x-twilio-signature", "")
        address = public_address(request, self._public_url)
        # The SDK tries the address with and without its port: Twilio itself is not consistent.
        return bool(validator.validate(address, form, signature, get_signature_algorithm(how)))


def _inbound(form: Fields, now: datetime, *, handles_keywords: bool) -> InboundMessage:
    sid, sender, recipient = (_needed(form, name) for name in ("MessageSid", "From", "To"))
    text = form.get("Body", "")
    word = normalise(text) if len(text) <= max(map(len, HANDLED_WORDS)) + 2 else ""
    handled = bool(form.get("OptOutType")) or (handles_keywords and word in HANDLED_WORDS)
    return InboundMessage(
        provider=PROVIDER,
        provider_id=sid,
        channel="sms",
        sender=sender,
        recipient=recipient,
        text=text,
        received_at=now,
        media=_media(form),
        provider_handled=handled,
    )


def _news(form: Fields, message_id: str) -> DeliveryNews | None:
    """Return what a callback says, None where it is a word that we do not know."""
    sid, word = (_needed(form, name) for name in ("MessageSid", "MessageStatus"))
    delivery = DELIVERIES.get(word)
    if delivery is None:
        return None
    code = form.get("ErrorCode", "")
    return DeliveryNews(
        provider=PROVIDER,
        provider_id=sid,
        delivery=delivery,
        message_id=message_id,
        code=code,
        problem=problem_of(code, refused=bool(code)),
    )


def _media(form: Fields) -> tuple[str, ...]:
    wanted = min(count_of(form.get("NumMedia", "")) or 0, MAX_MEDIA)
    links = (clean_link(form.get(f"MediaUrl{place}", "")) for place in range(wanted))
    return tuple(link for link in links if link)


def _needed(form: Fields, name: str) -> str:
    value = form.get(name, "").strip()
    if not value:
        raise InvalidInputError(f"{name} is needed.", field=name)
    return value

"""Twilio's webhooks and its sender, put together."""

from agent.settings import Settings
from api.channels import Channel
from api.channels.twilio.sender import TwilioSender
from api.channels.twilio.webhooks import make_router

PROVIDER = "twilio"
REDACTED = frozenset({"From", "To", "Body", "ProfileName", "WaId", "MediaUrl0"})


def make(settings: Settings) -> Channel:
    """Make the channel; without account and token it takes no webhooks and sends nothing."""
    token = settings.twilio_auth_token
    sender = None
    if settings.twilio_account_sid is not None and token is not None:
        sender = TwilioSender(
            account_sid=settings.twilio_account_sid,
            auth_token=token.get_secret_value(),
            base_url=settings.twilio_base_url,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            status_callback=_status_callback(settings),
        )
    return Channel(
        provider=PROVIDER, router=make_router(settings), sender=sender, redacted=REDACTED
    )


def _status_callback(settings: Settings) -> str | None:
    if settings.public_url is None:
        return None
    return str(settings.public_url).rstrip("/") + "/webhooks/twilio/status"

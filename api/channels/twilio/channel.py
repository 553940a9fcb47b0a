"""Twilio's webhooks and its sender, put together."""

from agent.settings import Settings
from api.channels import Channel
from api.channels.twilio.sender import TwilioSender
from api.channels.twilio.webhooks import MAX_MEDIA, PROVIDER, make_router
from api.channels.webhook import own_address

REDACTED = frozenset(
    {"From", "To", "Body", "ProfileName", "WaId", "auth_token", "shared_key"}
    | {f"MediaUrl{place}" for place in range(MAX_MEDIA)}
)


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
            status_callback=own_address(settings.public_url, "/webhooks/twilio/status"),
            timeout_s=settings.provider_timeout_s,
        )
    return Channel(
        provider=PROVIDER,
        router=make_router(settings),
        sender=sender,
        redacted=REDACTED,
        close=None if sender is None else sender.close,
    )

"""Telnyx's webhook and its sender, put together."""

from agent.settings import Settings
from api.channels import Channel
from api.channels.telnyx.sender import TelnyxSender
from api.channels.telnyx.webhooks import PROVIDER, make_router
from api.channels.webhook import own_address

REDACTED = frozenset({"phone_number", "text", "media", "media_urls", "url", "telnyx_api_key"})


def make(settings: Settings) -> Channel:
    """Make the channel; without a public key it takes no webhooks, without an API key it is mute.

    Raises:
        ConfigurationError: the public key is none.
    """
    sender = None
    if settings.telnyx_api_key is not None:
        sender = TelnyxSender(
            api_key=settings.telnyx_api_key.get_secret_value(),
            base_url=settings.telnyx_base_url,
            messaging_profile_id=settings.telnyx_messaging_profile_id,
            webhook=own_address(settings.public_url, "/webhooks/telnyx"),
            timeout_s=settings.provider_timeout_s,
        )
    return Channel(
        provider=PROVIDER,
        router=make_router(settings),
        sender=sender,
        redacted=REDACTED,
        close=None if sender is None else sender.close,
    )

"""Vonage's webhooks and its sender, put together."""

from functools import partial

import httpx

from agent.errors import ConfigurationError
from agent.settings import Settings
from api.channels import Channel
from api.channels.joining import sweep
from api.channels.vonage.sender import ApplicationAuth, VonageSender
from api.channels.vonage.webhooks import PROVIDER, make_router

REDACTED = frozenset(
    {"msisdn", "to", "from", "text", "keyword", "url", "caption", "vonage_api_secret",
     "signature_secret", "sig", "authorization"}
)  # fmt: skip


def make(settings: Settings) -> Channel:
    """Make the channel; without a signature secret it takes no webhooks.

    Raises:
        ConfigurationError: the application's id or key is missing or wrong.
    """
    auth = _auth(settings)
    sender = None
    if auth is not None:
        sender = VonageSender(
            auth=auth, base_url=settings.vonage_base_url, timeout_s=settings.provider_timeout_s
        )
    takes_texts = settings.vonage_signature_secret is not None
    return Channel(
        provider=PROVIDER,
        router=make_router(settings),
        sender=sender,
        redacted=REDACTED,
        close=None if sender is None else sender.close,
        sweep=partial(sweep, provider=PROVIDER) if takes_texts else None,
    )


def _auth(settings: Settings) -> httpx.Auth | tuple[str, str] | None:
    application, key = settings.vonage_application_id, settings.vonage_private_key
    if (application is None) is not (key is None):
        raise ConfigurationError(
            "TEXTWISE_VONAGE_APPLICATION_ID and TEXTWISE_VONAGE_PRIVATE_KEY belong together.",
            hint="Set both, or neither and send with the account's key and secret.",
        )
    if application is not None and key is not None:
        return ApplicationAuth(application, key)
    account, secret = settings.vonage_api_key, settings.vonage_api_secret
    if account is not None and secret is not None:
        return account, secret.get_secret_value()
    return None

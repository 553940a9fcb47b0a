"""The gateways' webhooks and their sender, put together."""

from agent.settings import Settings
from api.channels import Channel
from api.channels.gateway.files import load_gateways
from api.channels.gateway.inbound import PROVIDER
from api.channels.gateway.sender import GatewaySender
from api.channels.gateway.webhooks import make_router

REDACTED = frozenset(
    {"from", "to", "text", "content", "binary", "hex-content", "secret", "password", "username"}
)


def make(settings: Settings) -> Channel:
    """Make the channel; without a gateways' file it takes no webhooks and sends nothing.

    Raises:
        ConfigurationError: the file is wrong.
    """
    gateways = () if settings.gateways is None else load_gateways(settings.gateways)
    public_url = None if settings.public_url is None else str(settings.public_url)
    sender = GatewaySender(
        gateways, public_url=public_url, read_timeout_s=settings.provider_timeout_s
    )
    return Channel(
        provider=PROVIDER,
        router=make_router(gateways, settings.trusted_proxies),
        sender=sender if gateways else None,
        redacted=REDACTED,
        close=sender.close,
    )

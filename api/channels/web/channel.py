"""The web chat as a channel: what is stored is delivered, pages read it from there."""

from agent.channels import LocalSender
from agent.settings import Settings
from api.channels import Channel
from api.channels.web.routes import PROVIDER, Limits, make_router

REDACTED = frozenset({"text", "cookie", "textwise_chat"})


def make(settings: Settings) -> Channel:
    """Make the channel. Its sender also serves what comes in by ``POST /v1/messages``."""
    return Channel(
        provider=PROVIDER,
        router=make_router(settings, Limits()),
        sender=LocalSender(),
        redacted=REDACTED,
    )

"""Making the application from the environment, for ``textwise serve`` and its workers."""

from collections.abc import Callable

import structlog
from fastapi import FastAPI

from agent.logs import configure_logs
from agent.runtime.heaps import limit_heaps
from agent.settings import load_settings
from agent.wiring.services import wire
from api.app import create_app
from api.channels import discover


def make_app(tell: Callable[[str], None] | None = None) -> FastAPI:
    """Wire the services with every channel that is set up, and make the application.

    Raises:
        ConfigurationError: something is missing or wrong; says what to do.
    """
    limit_heaps()
    settings = load_settings()
    channels = discover(settings)
    redacted = frozenset().union(*(channel.redacted for channel in channels.values()))
    configure_logs(settings.log_level, redacted=redacted)
    senders = {name: c.sender for name, c in channels.items() if c.sender is not None}
    services = wire(settings, senders, tell or structlog.get_logger(__name__).info)
    return create_app(services, list(channels.values()))

"""One folder a provider, found by its place: adding a provider is adding a folder.

Each has ``channel.py`` with ``make(settings) -> Channel``, and a peer of the same name in
``tests/contract/peers`` that plays the provider for the contract suite. What is written once for
all: ``webhook.py`` (reading what comes in), ``news.py`` (deliveries), ``http_sender.py`` (sending).
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter

from agent.channels import Sender
from agent.errors import ConfigurationError
from agent.settings import Settings
from agent.wiring.services import Services

SWEEP_EVERY_S = 10.0
"""Seconds between two sweeps of a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A provider: its name in our rows, its webhooks, its sender, what its logs must not show.

    ``sender`` is None where the provider is not set up for sending. ``redacted`` names fields,
    ``sweep`` is what it needs done every so often while the service runs, ``close`` what at its
    end.
    """

    provider: str
    router: APIRouter
    sender: Sender | None
    redacted: frozenset[str]
    sweep: Callable[[Services], None] | None = None
    close: Callable[[], None] | None = None


def discover(settings: Settings) -> Mapping[str, Channel]:
    """Make every channel in the folder.

    Raises:
        ConfigurationError: two folders use one provider name.
    """
    channels: dict[str, Channel] = {}
    for name in folders():
        channel: Channel = importlib.import_module(f"{__name__}.{name}.channel").make(settings)
        if channel.provider in channels:
            raise ConfigurationError(f"Two channels are called {channel.provider}.")
        channels[channel.provider] = channel
    return channels


def folders() -> list[str]:
    """Return the names of the folders here that hold a ``channel.py``."""
    return [
        info.name
        for info in pkgutil.iter_modules(__path__)
        if info.ispkg and importlib.util.find_spec(f"{__name__}.{info.name}.channel") is not None
    ]

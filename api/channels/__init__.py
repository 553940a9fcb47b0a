"""One folder a provider, found by its place: adding a provider is adding a folder.

Each has ``channel.py`` with ``make(settings) -> Channel``.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter

from agent.channels import Sender
from agent.errors import ConfigurationError
from agent.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A provider: its name in our rows, its webhooks, its sender, what its logs must not show.

    ``sender`` is None where the provider is not set up for sending.
    """

    provider: str
    router: APIRouter
    sender: Sender | None
    redacted: frozenset[str]


def discover(settings: Settings) -> Mapping[str, Channel]:
    """Make every channel in the folder.

    Raises:
        ConfigurationError: two folders use one provider name.
    """
    channels: dict[str, Channel] = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.ispkg:
            continue
        channel: Channel = importlib.import_module(f"{__name__}.{info.name}.channel").make(settings)
        if channel.provider in channels:
            raise ConfigurationError(f"Two channels are called {channel.provider}.")
        channels[channel.provider] = channel
    return channels

"""The plain HTTP gateways that a shop names in its file."""

from collections.abc import Iterator
from typing import Protocol

from pydantic import HttpUrl

from agent.brand import Brand
from agent.doctor.finding import Concern, Finding, look
from agent.doctor.providers import is_local
from agent.errors import ConfigurationError
from agent.settings import Settings


class GatewayLike(Protocol):
    """A gateway as its file names it (``api/channels/gateway/files.py``)."""

    @property
    def name(self) -> str:
        """Its name in the webhook's address."""
        ...

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that it serves."""
        ...

    @property
    def send_url(self) -> HttpUrl:
        """Where texts are handed to it."""
        ...

    @property
    def callback_url(self) -> HttpUrl | None:
        """Where it reaches us."""
        ...

    @property
    def networks(self) -> tuple[object, ...]:
        """Who may call its webhook; empty: whoever knows the secret."""
        ...


def look_at_gateways(
    settings: Settings, gateways: tuple[GatewayLike, ...], brand: Brand
) -> Iterator[Finding]:
    """Look at each gateway of the file."""
    for gateway in gateways:
        yield look(
            f"gateway {gateway.name}",
            "Texts or their receipts would be lost.",
            lambda gateway=gateway: _gateway(settings, gateway, brand),  # type: ignore[misc]
        )


def _gateway(settings: Settings, gateway: GatewayLike, brand: Brand) -> str:
    back = gateway.callback_url or settings.public_url
    if back is None:
        raise ConfigurationError(
            f"The gateway {gateway.name} cannot reach us for receipts.",
            hint="Give it a callback_url, or set TEXTWISE_PUBLIC_URL.",
        )
    if not is_local(gateway.send_url) and gateway.send_url.scheme != "https":
        raise Concern(
            f"Texts and its password go to {gateway.name} in the clear.",
            hint="Use https, or a private network.",
        )
    foreign = sorted(set(gateway.numbers) - set(brand.numbers))
    if foreign:
        raise Concern(
            f"The brand file does not know {foreign[0]} of the gateway {gateway.name}.",
            hint="Add it to `numbers`, as it stands there.",
        )
    if gateway.networks and gateway.callback_url is None and not settings.trusted_proxies:
        raise Concern(
            f"{gateway.name} is known by its network, but calls through the public address, "
            "where only the proxy is seen.",
            hint="Set TEXTWISE_TRUSTED_PROXIES or a callback_url that goes past the proxy.",
        )
    return f"webhook {str(back).rstrip('/')}/webhooks/gateway/{gateway.name}"

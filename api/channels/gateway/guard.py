"""Gateways sign nothing: a secret in the address, the caller's network, or both, must be right."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from api.channels.gateway.files import Gateway
from api.channels.webhook import refuse_signature
from api.client_address import Network, belongs, client_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets the calls of one gateway pass. ``trusted`` are the proxies before us."""

    gateway: Gateway
    trusted: Sequence[Network]

    def check(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            HTTPException: 403 from a wrong network or without the secret.
        """
        if self._right_network(request) and self._right_secret(request):
            return
        raise refuse_signature(f"gateway {self.gateway.name}", request)

    def _right_network(self, request: Request) -> bool:
        if not self.gateway.networks:
            return True
        address = client_address(request, self.trusted)
        return address is not None and belongs(address, self.gateway.networks)

    def _right_secret(self, request: Request) -> bool:
        if self.gateway.secret is None:
            return True
        query = request.scope["query_string"].decode("latin-1")
        given = dict(parse_qsl(query, encoding="latin-1")).get("secret", "")
        known = self.gateway.secret.get_secret_value()
        return hmac.compare_digest(given.encode("latin-1"), known.encode())

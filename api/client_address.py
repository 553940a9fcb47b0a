"""Who calls: the peer's own address, or what a trusted proxy says about it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from fastapi import Request

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def client_address(request: Request, trusted: Sequence[Network]) -> Address | None:
    """Return the caller's address, None where there is none (a Unix socket, a test).

    ``X-Forwarded-For`` is believed only as far as trusted proxies wrote it: from its end, up to
    the first address that is none of theirs.
    """
    address = _parse("" if request.client is None else request.client.host)
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and address is not None and belongs(address, trusted):
        address = _parse(hops.pop())
    return address


def belongs(address: Address, networks: Sequence[Network]) -> bool:
    """Whether the address is in one of the networks."""
    return any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

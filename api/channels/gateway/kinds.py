"""The kinds of gateways, by the name that the gateways' file uses."""

from collections.abc import Mapping
from types import MappingProxyType

from api.channels.gateway.dialect import Dialect
from api.channels.gateway.jasmin import Jasmin
from api.channels.gateway.kannel import Kannel

KINDS: Mapping[str, Dialect] = MappingProxyType({"kannel": Kannel(), "jasmin": Jasmin()})

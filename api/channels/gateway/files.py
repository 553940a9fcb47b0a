"""The file that names a shop's gateways (``TEXTWISE_GATEWAYS``)."""

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    model_validator,
)

from agent.errors import ConfigurationError
from api.channels.gateway.kinds import KINDS

_SECRET = re.compile(r"[A-Za-z0-9._~-]{16,}")
"""Long, for it can be tried from anywhere; of what stands in an address as it is, for Kannel reads
``%`` in addresses as marks of its own."""
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


def _from_environment(value: object) -> object:
    """Take ``$NAME`` out of the environment, so that the file can be kept with the code."""
    found = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    if not os.environ.get(found[1]):
        raise ValueError(f"the environment variable {found[1]} is not set")
    return os.environ[found[1]]


def _known_kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"{value!r} is no kind of gateway; there are {', '.join(sorted(KINDS))}")
    return value


def _fit_for_an_address(value: SecretStr) -> SecretStr:
    if _SECRET.fullmatch(value.get_secret_value()) is None:
        raise ValueError("a secret has at least 16 characters, letters, digits and . _ ~ - only")
    return value


_Secret = Annotated[SecretStr, BeforeValidator(_from_environment)]


class Gateway(BaseModel):
    """One gateway. Numbers are E.164 or short codes; the first stands for unknown recipients."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    kind: Annotated[str, AfterValidator(_known_kind)]
    numbers: Annotated[tuple[str, ...], Field(min_length=1)]
    send_url: HttpUrl
    username: str
    password: _Secret
    secret: Annotated[_Secret, AfterValidator(_fit_for_an_address)] | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    callback_url: HttpUrl | None = None
    """Where the gateway reaches us for receipts; the public address if unset."""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """Country of numbers that come without one; unset: digits without + are international."""

    @model_validator(mode="after")
    def _guarded(self) -> "Gateway":
        if self.secret is None and not self.networks:
            raise ValueError(f"the gateway {self.name} needs a secret, networks or both")
        return self


class GatewayFile(BaseModel):
    """All gateways of a shop; no name and no number twice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gateways: Annotated[tuple[Gateway, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> "GatewayFile":
        for what, values in (
            ("name", [gateway.name for gateway in self.gateways]),
            ("number", [number for gateway in self.gateways for number in gateway.numbers]),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"the {what} {twice[0]} belongs to two gateways")
        return self


def load_gateways(path: Path) -> tuple[Gateway, ...]:
    """Read the gateways' file.

    Raises:
        ConfigurationError: the file is missing, no YAML, or a field is wrong; each is named.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return GatewayFile.model_validate(raw).gateways
    except OSError as error:
        raise ConfigurationError(
            f"The gateways' file {path} cannot be read: {error.strerror}.",
            hint="Set TEXTWISE_GATEWAYS to a gateways.yaml, or unset it.",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The gateways' file {path} is no valid YAML: {error}") from None
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError(
            f"The gateways' file {path} is wrong:\n  " + "\n  ".join(lines)
        ) from None

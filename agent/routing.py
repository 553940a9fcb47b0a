"""The routing file: what the agent does with each intent where nothing more urgent holds."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import ConfigurationError

SHIPPED = Path(__file__).with_name("routing.yaml")


class Routing(BaseModel):
    """Templates for small talk and offers of a person, and flows, by intent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    smalltalk: dict[str, str]
    offer_person: dict[str, str]
    flows: dict[str, str]
    alike: tuple[frozenset[str], ...] = ()

    def are_alike(self, one: str, other: str) -> bool:
        """Whether two intents are answered from the same pages and rows."""
        return any(one in group and other in group for group in self.alike)


def load_routing(path: Path = SHIPPED) -> Routing:
    """Read a routing file.

    Raises:
        ConfigurationError: it is missing or malformed.
    """
    try:
        return Routing.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"The routing file {path} is wrong: {error}") from None

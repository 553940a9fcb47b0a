"""A rules file: which rules hold, in which order, with which thresholds."""

import hashlib
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from agent.domain.signals import Escalate, Signals
from agent.errors import ConfigurationError
from agent.escalation import rules as rules_package
from agent.escalation.rule import ArmedRule, Rule
from agent.escalation.urgency import OF_THE_BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of one file in order; ``version`` is a hash of what the file says."""

    version: str
    rules: tuple[ArmedRule, ...]

    def judge(self, signals: Signals) -> Escalate | None:
        """Return what the first rule that holds says, or None.

        Danger to somebody's body comes first, whatever else is wanted: 'get me a person, he is
        choking' is told whom to call.
        """
        said = [one for armed in self.rules if (one := armed.judge(signals)) is not None]
        return next((one for one in said if one.about in OF_THE_BODY), next(iter(said), None))


@cache
def known_rules() -> Mapping[str, Rule]:
    """Return every rule in the folder by name.

    Raises:
        ConfigurationError: two files define a rule of the same name, or one defines none.
    """
    known: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(rules_package.__path__):
        rule = importlib.import_module(f"{rules_package.__name__}.{module.name}").RULE
        if rule.name in known:
            raise ConfigurationError(f"Two escalation rules are called {rule.name}.")
        known[rule.name] = rule
    return known


def load_rules(path: Path) -> RuleSet:
    """Read a rules file.

    Raises:
        ConfigurationError: it is missing, no YAML, names an unknown rule, or a threshold is
            wrong; each is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = yaml.safe_load(text)
    except OSError as error:
        raise ConfigurationError(
            f"The escalation rules {path} cannot be read: {error.strerror}.",
            hint="Set TEXTWISE_ESCALATION to a rules file.",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is no valid YAML: {error}") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("rules"), dict):
        raise ConfigurationError(f"{path} needs a section `rules:` with a name for each rule.")
    armed = tuple(_arm(path, name, section) for name, section in raw["rules"].items())
    return RuleSet(version=_version(raw), rules=armed)


def _arm(path: Path, name: str, section: Any) -> ArmedRule:
    rule = known_rules().get(name)
    if rule is None:
        raise ConfigurationError(
            f"{path}: there is no escalation rule {name!r}.",
            hint=f"Known: {', '.join(sorted(known_rules()))}.",
        )
    try:
        return ArmedRule(rule=rule, settings=rule.schema.model_validate(section or {}))
    except ValidationError as error:
        lines = [f"{name}.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError(f"{path}:\n  " + "\n  ".join(lines)) from None


def _version(raw: object) -> str:
    canonical = yaml.safe_dump(raw, sort_keys=False)
    return "rules-" + hashlib.sha256(canonical.encode()).hexdigest()[:8]

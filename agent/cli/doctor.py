"""``textwise doctor``: finds wrong settings before customers do."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from agent.brand import load_brand
from agent.cli.console import FAILED, OUT, errors_told, print_json
from agent.errors import ConfigurationError
from agent.escalation.ruleset import load_rules
from agent.flows.files import load_flows
from agent.keywords import load_keywords
from agent.replies.templates import load_templates
from agent.routing import load_routing
from agent.settings import Settings, load_settings
from agent.wiring import lay_foundation, load_understander


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: fine or not, and what to do."""

    what: str
    fine: bool
    said: str


def doctor(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Look at every setting and file; exit non-zero if one is wrong."""
    with errors_told():
        findings = list(examine(load_settings()))
    if as_json:
        print_json([{"what": f.what, "fine": f.fine, "said": f.said} for f in findings])
    else:
        for finding in findings:
            mark = "[green]ok[/]   " if finding.fine else "[red]wrong[/]"
            OUT.print(f"{mark} {finding.what}: ", end="", highlight=False)
            OUT.print(finding.said, markup=False, highlight=False)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(FAILED)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at each part by itself, so that one wrong part hides no other."""
    yield _look("home", lambda: _writable(settings))
    yield _look("brand", lambda: _brand(settings))
    yield _look("escalation rules", lambda: load_rules(settings.escalation).version)
    yield _look("routing", lambda: f"version {load_routing().version}")
    yield _look("keywords", lambda: (load_keywords(), "readable")[1])
    yield _look("flows", lambda: ", ".join(load_flows(settings.flows)))
    yield _look("database", lambda: _database(settings))
    yield _look("models", lambda: load_understander(settings).version)
    yield _look("Twilio", lambda: _twilio(settings))
    yield _look("LLM", lambda: _llm(settings))


def _look(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, fine=True, said=check())
    except ConfigurationError as error:
        return Finding(what=what, fine=False, said=f"{error} {error.hint}".strip())


def _writable(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.home, os.W_OK):
        raise ConfigurationError(f"{settings.home} cannot be written.")
    return str(settings.home.resolve())


def _brand(settings: Settings) -> str:
    brand = load_brand(settings.brand)
    load_templates(brand)
    return f"{brand.name}, {brand.numbers[0]}"


def _database(settings: Settings) -> str:
    return lay_foundation(settings).engine.url.render_as_string(hide_password=True)


def _twilio(settings: Settings) -> str:
    given = (settings.twilio_account_sid, settings.twilio_auth_token, settings.public_url)
    if not any(given):
        return "not set up"
    if settings.twilio_auth_token is None:
        raise ConfigurationError(
            "TEXTWISE_TWILIO_AUTH_TOKEN is missing.", hint="Webhooks are refused without it."
        )
    if settings.public_url is None:
        raise ConfigurationError(
            "TEXTWISE_PUBLIC_URL is missing.",
            hint="Behind a proxy signatures cannot be checked without it.",
        )
    if settings.twilio_account_sid is None:
        raise ConfigurationError(
            "TEXTWISE_TWILIO_ACCOUNT_SID is missing.", hint="Nothing can be sent without it."
        )
    return f"webhook {str(settings.public_url).rstrip('/')}/webhooks/twilio/sms"


def _llm(settings: Settings) -> str:
    if not settings.llm_configured:
        if settings.llm_base_url is not None or settings.llm_model is not None:
            raise ConfigurationError(
                "An LLM needs both TEXTWISE_LLM_BASE_URL and TEXTWISE_LLM_MODEL."
            )
        return "not set up; replies are extracts"
    return f"{settings.llm_model} at {settings.llm_base_url}"

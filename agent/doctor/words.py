"""The files a person edits: brand, rules, flows, templates, and whether they fit together."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import phonenumbers
from pydantic import BaseModel

from agent.brand import Brand, load_brand
from agent.doctor.finding import Concern, Finding, look
from agent.errors import ConfigurationError
from agent.escalation.ruleset import RuleSet, load_rules
from agent.flows.files import load_flows
from agent.keywords import load_keywords
from agent.replies.templates import load_templates
from agent.routing import load_routing
from agent.settings import Settings

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""ITU-T E.164: at most 15 digits; the shortest numbers in use have 7 with their country."""
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_YEAR = timedelta(days=365)


def look_at_words(settings: Settings, today: date) -> Iterator[Finding]:
    """Look at each file by itself, then at what one says about another."""
    brand = look("brand", "Without it nothing starts.", lambda: _brand(settings))
    yield brand
    rules = look(
        "escalation rules",
        "They decide when a person takes over.",
        lambda: load_rules(settings.escalation).version,
    )
    yield rules
    yield look("keywords", "MENU and its kin would not work.", _keywords)
    yield look("flows", "A dialogue that leads nowhere leaves a customer there.",
               lambda: ", ".join(load_flows(settings.flows)))  # fmt: skip
    if not brand.fine:
        return
    read = load_brand(settings.brand)
    for what, why, check in (
        ("numbers", "Replies leave from them; a wrong one is refused.", partial(_numbers, read)),
        ("hours", "Customers are told when somebody reads.", partial(_hours, read, today)),
        ("HELP", "Carriers require a way to reach you in it.", partial(_contact, read)),
        ("templates", "They are what customers read.", partial(_templates, read)),
        ("routing", "An intent without its text or flow fails.",
         partial(_routing, settings, read)),
    ):  # fmt: skip
        yield look(what, why, check)
    if rules.fine:
        yield look(
            "queues",
            "A case for a queue that is not there goes to the first one.",
            lambda: _queues(load_rules(settings.escalation), read),
        )


def _brand(settings: Settings) -> str:
    brand = load_brand(settings.brand)
    if brand.demo and settings.public_url is not None:
        raise Concern(
            f"The demo brand {brand.name} is served at {settings.public_url}.",
            hint="Set TEXTWISE_BRAND and TEXTWISE_KNOWLEDGE to your own (docs/your-brand.md).",
        )
    return f"{brand.name}, {', '.join(brand.numbers)}"


def _keywords() -> str:
    load_keywords()
    return "readable"


def _numbers(brand: Brand) -> str:
    for number in brand.numbers:
        _number(number)
    if len(set(brand.numbers)) < len(brand.numbers):
        raise Concern("A number stands twice in the brand file.", hint="Take one out.")
    unknown = sorted(set(brand.sending.parts_per_second_of) - set(brand.numbers))
    if unknown:
        raise Concern(
            f"sending.parts_per_second_of names {unknown[0]}, which is none of the numbers.",
            hint="Write it as it stands in `numbers`.",
        )
    return ", ".join(brand.numbers)


def _number(number: str) -> None:
    if _SHORT_CODE.fullmatch(number):
        return
    if not _E164.fullmatch(number):
        raise ConfigurationError(
            f"{number!r} is no number in international form.",
            hint='Write + and the country first, without blanks: "+13035550100"; '
            "or a short code of digits.",
        )
    if not phonenumbers.is_possible_number(phonenumbers.parse(number)):
        raise ConfigurationError(
            f"{number} has too many or too few digits for its country.", hint="Correct `numbers`."
        )


def _hours(brand: Brand, today: date) -> str:
    for day, hours in brand.hours.items():
        if hours is not None and hours.opens >= hours.closes:
            raise ConfigurationError(
                f"On {day} the desk closes before it opens.",
                hint="Hours end on the day they begin; for a whole day write 00:00 to 23:59.",
            )
    if not brand.hours:
        raise Concern(
            "The brand has no hours, so every handover promises a reply in minutes.",
            hint="Add `hours` to the brand file.",
        )
    if not any(brand.hours.values()):
        raise ConfigurationError(
            "The desk is never open, so no handover says when somebody answers.",
            hint="Give `hours` at least one day.",
        )
    if not any(today <= day <= today + _YEAR for day in brand.holidays):
        raise Concern("No holiday of the coming year is listed.", hint="Add them to `holidays`.")
    return f"{sum(h is not None for h in brand.hours.values())} days a week, {brand.time_zone}"


def _contact(brand: Brand) -> str:
    contact = brand.contact
    if not (contact.phone or contact.email or contact.url):
        raise Concern("The brand file names no phone, email or page.", hint="Fill in `contact`.")
    return contact.phone or contact.email or contact.url


def _templates(brand: Brand) -> str:
    return f"{len(load_templates(brand).names)} texts"


def _routing(settings: Settings, brand: Brand) -> str:
    routing = load_routing()
    flows, texts = load_flows(settings.flows), load_templates(brand).names
    for intent, name in {**routing.smalltalk, **routing.offer_person}.items():
        if name not in texts:
            raise ConfigurationError(
                f"{intent} is answered with the text {name!r}, which is not there.",
                hint="Correct agent/routing.yaml or the templates.",
            )
    for intent, name in routing.flows.items():
        if name not in flows:
            raise ConfigurationError(
                f"{intent} starts the flow {name!r}, which is not in {settings.flows}.",
                hint="Add a flow of that name, or set TEXTWISE_FLOWS to the shipped folder.",
            )
    return f"version {routing.version}"


def _queues(rules: RuleSet, brand: Brand) -> str:
    for armed in rules.rules:
        if not armed.settings.enabled:
            continue
        for queue in sorted(set(_queues_in(armed.settings))):
            if queue and queue not in brand.queues:
                raise Concern(
                    f"The rule {armed.rule.name} names the queue {queue!r}, "
                    f"but the brand has {', '.join(brand.queues)}.",
                    hint="Add it to `queues` in the brand file, or correct the rule.",
                )
    return ", ".join(brand.queues)


def _queues_in(settings: object) -> Iterator[str]:
    """Yield every queue that a rule's settings name, however deep they stand."""
    if isinstance(settings, BaseModel):
        for name in type(settings).model_fields:
            value = getattr(settings, name)
            if isinstance(value, str) and (name == "queue" or name.endswith("_queue")):
                yield value
            else:
                yield from _queues_in(value)
    elif isinstance(settings, dict):
        for value in settings.values():
            yield from _queues_in(value)

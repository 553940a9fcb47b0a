"""What both consent forms share: the wording's version, the evidence they leave, numbers."""

from typing import Annotated
from urllib.parse import quote

import phonenumbers
from fastapi import Form, Request

from agent.brand import Brand
from agent.consent.terms import text_version
from agent.wiring.services import Services
from api.client_address import client_address

CHANGED = "The wording has changed meanwhile. Please read it again and send the form once more."
_LONGEST_BROWSER = 200

Topics = Annotated[list[str], Form()]
Field = Annotated[str, Form(max_length=200)]


def readable(number: str) -> str:
    """Return a number as people write it; a short code or a name as it is."""
    if not number.startswith("+"):
        return number
    return phonenumbers.format_number(
        phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def sms_link(number: str, text: str) -> str:
    """Return a link that opens a phone's messages with number and text filled in.

    RFC 5724 has ``?body=``; ``?&body=`` is what both kinds of phones understand.
    """
    return f"sms:{number}?&body={quote(text)}"


def version_shown(brand: Brand) -> str:
    """Return the version of everything that a form shows to agree to."""
    everything = tuple(brand.consent.topics)
    return text_version(brand.consent.shown_on_form(brand.name, everything))


def details_of(services: Services, request: Request) -> dict[str, str]:
    """Return the evidence that a form leaves: address of the page, visitor's address, browser."""
    address = client_address(request, services.settings.trusted_proxies)
    return {
        # The path of a customer's own page is a key to it, and is left out.
        "page": "/preferences" if request.url.path.startswith("/preferences") else "/join",
        "ip": "" if address is None else str(address),
        "browser": request.headers.get("user-agent", "")[:_LONGEST_BROWSER],
    }

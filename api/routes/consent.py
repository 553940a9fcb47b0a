"""The brand's public pages: signing up at ``/join``, choosing topics at ``/preferences/…``.

Plain HTML without scripts or cookies. What a form agrees to is shown beside its button and kept
word for word; the form names the version it was shown, so that no other text can be agreed to.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

import phonenumbers
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from agent.brand import Brand
from agent.consent.ledger import LedgerOf
from agent.consent.preferences import Preferences, preferences
from agent.consent.signing_up import SignUp
from agent.consent.terms import text_version
from agent.domain.consent import ConsentSource
from agent.domain.customers import Customer
from agent.domain.ids import CustomerId
from agent.errors import ConflictError, InvalidInputError, NotFoundError, TextwiseError
from agent.store.unit_of_work import UnitOfWork
from agent.wiring import Services
from api.client_address import client_address
from api.pages import assets
from api.pages.templating import SHARED, Pages, page_route

_CHANGED = "The wording has changed meanwhile. Please read it again and send the form once more."
_LONGEST_AGENT = 200
_LONGEST_TOKEN = 200

Topics = Annotated[list[str], Form()]
Field = Annotated[str, Form(max_length=200)]


def router(services: Services) -> APIRouter:
    """Make the public pages' routes."""
    made = APIRouter(include_in_schema=False)
    files = assets.Assets("/public/assets", [assets.SHARED])
    pages = Pages(folder=SHARED / "public", assets=files, brand=services.brand)
    files.add_to(made)
    made.include_router(_join_routes(services, pages))
    made.include_router(_preference_routes(services, pages))
    return made


# ── signing up ─────────────────────────────────────────────────────────────────────────────────


def _join_routes(services: Services, pages: Pages) -> APIRouter:
    made = APIRouter(route_class=page_route(pages))
    brand = services.brand

    @made.get("/join")
    def form(request: Request) -> HTMLResponse:
        """Show the form. ``?from=qr`` is what a printed code leads to."""
        came_by = ConsentSource.QR if request.query_params.get("from") == "qr" else ""
        return pages.render(request, "public/join.html", _join_view(brand, came_by=came_by))

    @made.post("/join")
    def join(
        request: Request,
        number: Field = "",
        version: Field = "",
        came_by: Field = "",
        frequency: Field = "",
        topics: Topics = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Take the form; the answer is the same whatever is known of the number."""
        entered = {"entered": number, "chosen": topics, "frequency": frequency}
        fault = "" if version == _version(brand) else _CHANGED
        if not fault:
            try:
                services.consent.sign_ups.request(
                    _sign_up(services, request, number, tuple(topics), frequency, came_by)
                )
            except InvalidInputError as error:
                fault = str(error)
            else:
                return RedirectResponse("/join/sent", HTTPStatus.SEE_OTHER)
        view = {**_join_view(brand, came_by=came_by), **entered, "fault": fault}
        return pages.render(
            request, "public/join.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )

    @made.get("/join/sent")
    def sent(request: Request) -> HTMLResponse:
        return pages.render(request, "public/sent.html", _keyword_view(brand))

    return made


def _sign_up(
    services: Services,
    request: Request,
    number: str,
    topics: tuple[str, ...],
    frequency: str,
    came_by: str,
) -> SignUp:
    details = _details(services, request)
    brand = services.brand
    return SignUp(
        number=number,
        topics=tuple(key for key in brand.consent.topics if key in topics),
        frequency=frequency,
        source=ConsentSource.QR if came_by == ConsentSource.QR else ConsentSource.WEB_FORM,
        shown=brand.consent.shown_on_form(brand.name, topics),
        origin=details["ip"],
        details=details,
    )


def _join_view(brand: Brand, *, came_by: str) -> dict[str, Any]:
    terms = brand.consent
    view = _keyword_view(brand)
    topic = terms.topic_of_keyword(view["keyword"])
    return {
        **view,
        "keyword_agreement": ""
        if topic is None
        else terms.agreement(brand.name, (topic,), by_keyword=view["keyword"]),
        "agreement": terms.form_agreement(brand.name),
        "version": _version(brand),
        "came_by": came_by,
        "entered": "",
        # Nothing is ticked for anybody (47 CFR 64.1200(f)(9): they must do it themselves).
        "chosen": (),
        "frequency": next(iter(terms.frequencies), ""),
        "fault": "",
    }


def _keyword_view(brand: Brand) -> dict[str, str]:
    keywords = [word for topic in brand.consent.topics.values() for word in topic.keywords]
    keyword = keywords[0].upper() if keywords else ""
    return {
        "keyword": keyword,
        "number": _readable(brand.numbers[0]),
        "sms_link": sms_link(brand.numbers[0], keyword or "START"),
    }


def _readable(number: str) -> str:
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


# ── choosing topics ────────────────────────────────────────────────────────────────────────────


def _preference_routes(services: Services, pages: Pages) -> APIRouter:
    made = APIRouter(route_class=page_route(pages))

    @made.get("/preferences")
    def without_link(request: Request) -> HTMLResponse:
        view = _no_link(services.brand, "Your texts", "This page opens with your own link only.")
        return pages.render(request, "public/no_link.html", view)

    @made.get("/preferences/{token}")
    def form(token: str, request: Request) -> HTMLResponse:
        """Show a customer's topics."""
        return _shown(services, pages, request, token, saved="")

    @made.post("/preferences/{token}")
    def save(
        token: str,
        request: Request,
        do: Field = "save",
        version: Field = "",
        frequency: Field = "",
        topics: Topics = [],  # noqa: B006 - FastAPI copies it
    ) -> HTMLResponse:
        """Save what was chosen, or stop all texts."""
        try:
            with services.database.begin() as uow:
                ledger = _ledger(services, request, uow, _customer(services, uow, token))
                if do == "stop":
                    saved = _stop(ledger)
                else:
                    saved = _save(ledger, tuple(topics), frequency, version)
        except NotFoundError as error:
            return _refused(services, pages, request, error)
        except ConflictError as error:
            return _shown(services, pages, request, token, saved="", fault=str(error))
        return _shown(services, pages, request, token, saved=saved)

    return made


def _shown(
    services: Services, pages: Pages, request: Request, token: str, *, saved: str, fault: str = ""
) -> HTMLResponse:
    try:
        with services.database.read() as uow:
            customer = _customer(services, uow, token)
            lines = uow.consents.ledger(customer.id, sender=services.brand.slug)
    except NotFoundError as error:
        return _refused(services, pages, request, error)
    chosen = preferences(services.brand.consent, lines)
    view = {
        "ending": customer.address[-4:],
        "chosen": chosen,
        "on": [topic.key for topic in chosen.topics if topic.on],
        "agreement": services.brand.consent.form_agreement(services.brand.name),
        "version": _version(services.brand),
        "number": _readable(services.brand.numbers[0]),
        "sms_link": sms_link(services.brand.numbers[0], "START"),
        "saved": saved,
        "fault": fault,
    }
    status = HTTPStatus.CONFLICT if fault else HTTPStatus.OK
    return pages.render(request, "public/preferences.html", view, status=status)


def _customer(services: Services, uow: UnitOfWork, token: str) -> Customer:
    known: CustomerId | None = None
    if len(token) <= _LONGEST_TOKEN:
        known = services.consent.links.read(token)
    customer = None if known is None else uow.customers.get(known)
    if customer is None:
        raise NotFoundError("This link is too old or was cut off.")
    return customer


def _ledger(services: Services, request: Request, uow: UnitOfWork, customer: Customer) -> LedgerOf:
    return LedgerOf(
        uow=uow,
        brand=services.brand,
        customer_id=customer.id,
        evidence="the customer's own page of preferences",
        details=_details(services, request),
    )


def _stop(ledger: LedgerOf) -> str:
    if not ledger.stopped():
        ledger.stop(ConsentSource.PREFERENCE_PAGE)
    return "Done: you get no more texts from us."


def _save(ledger: LedgerOf, topics: tuple[str, ...], frequency: str, version: str) -> str:
    """Write down what differs from what was chosen before.

    Raises:
        ConflictError: the wording has changed, or the customer has stopped all texts.
    """
    terms = ledger.brand.consent
    if version != _version(ledger.brand):
        raise ConflictError(_CHANGED)
    before: Preferences = preferences(terms, ledger.lines())
    if before.stopped:
        raise ConflictError("You have stopped all texts; text START to get them again.")
    shown = terms.shown_on_form(ledger.brand.name, topics)
    for topic in before.topics:
        wanted = topic.key in topics
        if wanted != topic.on:
            ledger.turn_topic(
                topic.key,
                on=wanted,
                source=ConsentSource.PREFERENCE_PAGE,
                shown=shown if wanted else "",
            )
    if frequency in terms.frequencies and frequency != before.frequency:
        ledger.choose_frequency(frequency, source=ConsentSource.PREFERENCE_PAGE)
    return "Saved."


def _refused(
    services: Services, pages: Pages, request: Request, error: TextwiseError
) -> HTMLResponse:
    view = _no_link(services.brand, "This link does not open", str(error))
    return pages.render(request, "public/no_link.html", view, status=HTTPStatus.NOT_FOUND)


def _no_link(brand: Brand, title: str, detail: str) -> Mapping[str, str]:
    return {
        "title": title,
        "detail": detail,
        "number": _readable(brand.numbers[0]),
        "sms_link": sms_link(brand.numbers[0], "PREFS"),
    }


# ── both ───────────────────────────────────────────────────────────────────────────────────────


def _version(brand: Brand) -> str:
    """Return the version of everything that a form shows to agree to."""
    everything = tuple(brand.consent.topics)
    return text_version(brand.consent.shown_on_form(brand.name, everything))


def _details(services: Services, request: Request) -> dict[str, str]:
    """Return the evidence that a form leaves: address of the page, visitor's address, browser."""
    address = client_address(request, services.settings.trusted_proxies)
    return {
        # The path of a customer's own page is a key to it, and is left out.
        "page": "/preferences" if request.url.path.startswith("/preferences") else "/join",
        "ip": "" if address is None else str(address),
        "browser": request.headers.get("user-agent", "")[:_LONGEST_AGENT],
    }

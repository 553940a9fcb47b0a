"""Choosing topics at ``/preferences/…``: every customer has a link of their own."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from agent.brand import Brand
from agent.consent.ledger import LedgerOf
from agent.consent.preferences import Preferences, preferences
from agent.domain.consent import ConsentSource
from agent.domain.customers import Customer
from agent.domain.ids import CustomerId
from agent.errors import ConflictError, NotFoundError, TextwiseError
from agent.store.unit_of_work import UnitOfWork
from agent.wiring.services import Services
from api.pages.templating import Pages, page_route
from api.routes.consent_forms import (
    CHANGED,
    Field,
    Topics,
    details_of,
    readable,
    sms_link,
    version_shown,
)

_LONGEST_TOKEN = 200


def preference_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the page's routes."""
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
        "version": version_shown(services.brand),
        "number": readable(services.brand.numbers[0]),
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
        details=details_of(services, request),
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
    if version != version_shown(ledger.brand):
        raise ConflictError(CHANGED)
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
        "number": readable(brand.numbers[0]),
        "sms_link": sms_link(brand.numbers[0], "PREFS"),
    }

"""Signing up at ``/join``."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from agent.brand import Brand
from agent.consent.signing_up import SignUp
from agent.domain.consent import ConsentSource
from agent.errors import InvalidInputError
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


def join_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the form's routes."""
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
        fault = "" if version == version_shown(brand) else CHANGED
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
    details = details_of(services, request)
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
        "version": version_shown(brand),
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
        "number": readable(brand.numbers[0]),
        "sms_link": sms_link(brand.numbers[0], keyword or "START"),
    }

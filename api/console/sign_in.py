"""Signing in and out of the console."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from agent.wiring.services import Services
from api.auth import session_user
from api.console.access import Throttle
from api.pages.security import check_csrf, local_path
from api.pages.templating import Pages, page_route

HOME = "/console"


def routes(services: Services, pages: Pages) -> APIRouter:
    """Make the routes of signing in and out."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages))
    throttle = Throttle(services.clock.now)

    def form(
        request: Request, *, to: str, email: str = "", error: str = "", status: int
    ) -> Response:
        context = {"next": local_path(to, otherwise=HOME), "email": email, "error": error}
        return pages.render(request, "sign_in.html", context, status=status)

    @made.get("/sign-in")
    def show(request: Request, next: str = HOME) -> Response:  # noqa: A002 - the address says next
        if session_user(request) is not None:
            return _see(local_path(next, otherwise=HOME))
        return form(request, to=next, status=HTTPStatus.OK)

    @made.post("/sign-in", dependencies=[Depends(check_csrf)])
    def sign_in(
        request: Request,
        email: Annotated[str, Form(max_length=320)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        next: Annotated[str, Form()] = HOME,  # noqa: A002 - the form says next
    ) -> Response:
        address = "" if request.client is None else request.client.host
        wait_s = throttle.wait_s(address)
        if wait_s:
            error = f"Too many wrong tries. Wait {wait_s} seconds, then try again."
            shown = form(request, to=next, email=email, error=error, status=429)
            shown.headers["Retry-After"] = str(wait_s)
            return shown
        with services.database.read() as uow:
            user = uow.users.sign_in(email, password)
        if user is None:
            throttle.wrong(address)
            error = "This email and password do not belong together."
            return form(request, to=next, email=email, error=error, status=401)
        throttle.right(address)
        # A new session, so that what was set before signing in (the form token) is worth nothing.
        request.session.clear()
        request.session["user_id"] = user.id
        return _see(local_path(next, otherwise=HOME))

    @made.post("/sign-out", dependencies=[Depends(check_csrf)])
    def sign_out(request: Request) -> Response:
        request.session.clear()
        return _see(f"{HOME}/sign-in")

    return made


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)

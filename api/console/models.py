"""The console's pages on trained versions: look, judge, promote, roll back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from agent.domain.learning import JobState
from agent.learning.model_desk import COMPARE, EVALUATE, GATE, HELD_OUT, PROMOTE, WRITTEN
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import LeadDep, lead
from api.console.job_view import CompareResult, GateResult, result_of
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route

HOME = "/console/models"
_FORM = [Depends(check_csrf), Depends(lead)]
_Field = Annotated[str, Form(max_length=200)]

_REPORT_HEADERS = {
    # The report brings its own scripts and pictures: it runs in a sandbox, apart from the console.
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def name_of(user: User) -> str:
    """Return the name under which a person's acts are written down."""
    return user.name or user.email


def see(path: str) -> Response:
    """Lead the browser to a page after a form."""
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the pages that are read."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])
    desk = services.learning.desk

    @made.get("")
    def show_versions(request: Request, user: LeadDep) -> Response:
        overview = desk.overview(services.learning.serving())
        context = {"user": user, "overview": overview, "tests": list(desk.tests())}
        return pages.render(request, "models.html", context)

    @made.get("/versions/{name}")
    def show_version(name: str, request: Request, user: LeadDep) -> Response:
        view = desk.version(name)
        jobs = [
            desk.last_job(PROMOTE, name),
            desk.last_job(GATE, name),
            *(desk.last_job(EVALUATE, f"{name} {test}") for test in desk.tests()),
        ]
        asked = max((j for j in jobs[:2] if j), key=lambda j: j.started_at, default=None)
        context = {
            "user": user,
            "view": view,
            "live": services.learning.serving().version,
            "asked": asked,
            "gate": result_of(asked, GateResult),
            "kept": desk.last_verdict(name),
            "evaluations": [j for j in jobs[2:] if j is not None and j.state is not JobState.DONE],
            "tests": list(desk.tests()),
        }
        return pages.render(request, "version.html", context)

    @made.get("/versions/{name}/report")
    def show_report(name: str) -> Response:
        return FileResponse(desk.report(name), media_type="text/html", headers=_REPORT_HEADERS)

    @made.get("/compare")
    def show_comparison(
        request: Request, user: LeadDep, a: str = "", b: str = "", test: str = ""
    ) -> Response:
        tests = list(desk.tests())
        chosen = test if test in tests else (WRITTEN if WRITTEN in tests else HELD_OUT)
        overview = desk.overview(services.learning.serving())
        job = desk.last_job(COMPARE, f"{a} {b} {chosen}") if a and b else None
        context = {
            "user": user,
            "overview": overview,
            "a": a or overview.live,
            "b": b,
            "test": chosen,
            "tests": tests,
            "job": job,
            "found": result_of(job, CompareResult),
        }
        return pages.render(request, "compare.html", context)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms of a lead. Each answers with the page that shows what came of it."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=_FORM)
    desk = services.learning.desk

    @made.post("/versions/{name}/promote")
    def promote(name: str, user: LeadDep) -> Response:
        desk.promote(name, by=name_of(user))
        return see(f"{HOME}/versions/{name}")

    @made.post("/versions/{name}/gate")
    def ask_gate(name: str, user: LeadDep) -> Response:
        desk.ask_gate(name, by=name_of(user))
        return see(f"{HOME}/versions/{name}")

    @made.post("/versions/{name}/evaluate")
    def evaluate(name: str, user: LeadDep, test: _Field = HELD_OUT) -> Response:
        desk.evaluate(name, test=test, by=name_of(user))
        return see(f"{HOME}/versions/{name}")

    @made.post("/rollback")
    def rollback(user: LeadDep) -> Response:
        desk.rollback(by=name_of(user))
        return see(HOME)

    @made.post("/compare")
    def compare(user: LeadDep, a: _Field, b: _Field, test: _Field = HELD_OUT) -> Response:
        desk.compare(a, b, test=test, by=name_of(user))
        return see(f"{HOME}/compare?a={a}&b={b}&test={test}")

    return made

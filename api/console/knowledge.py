"""The console's pages on the knowledge: what is live, files, versions, and trying a question."""

from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.datastructures import UploadFile

from agent.errors import ConfigurationError, InvalidInputError, NotFoundError
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import LeadDep, lead
from api.console.job_view import IngestResult, result_of
from api.console.models import name_of, see
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route, told
from knowledge_base.readers import readers

HOME = "/console/knowledge"
UPLOAD = f"{HOME}/files"
MOST_FILES = 50
"""Files of one upload."""

_FORM = [Depends(check_csrf), Depends(lead)]
_Field = Annotated[str, Form(max_length=300)]


class _Page:
    """Renders the page on what is live; actions that are refused end on it."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def show(
        self, request: Request, user: User, *, status: int = HTTPStatus.OK, trouble: str = ""
    ) -> Response:
        desk = self._services.knowledge
        view = desk.view()
        context = {
            "user": user,
            "view": view,
            "done": result_of(view.job, IngestResult),
            "open": len(desk.questions.groups()),
            "accept": ",".join(sorted(key for key in readers() if key.startswith("."))),
            "trouble": trouble,
        }
        return self._pages.render(request, "knowledge.html", context, status=status)

    def refused(self, request: Request, user: User, error: Exception) -> Response:
        status, words = told(error)
        return self.show(request, user, status=status, trouble=words)


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the pages that are read."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])
    desk, page = services.knowledge, _Page(services, pages)

    @made.get("")
    def show_knowledge(request: Request, user: LeadDep) -> Response:
        return page.show(request, user)

    @made.get("/try")
    def try_question(request: Request, user: LeadDep, question: str = "") -> Response:
        asked = question.strip()[:1000]
        context = {
            "user": user,
            "question": asked,
            "tried": desk.ask(asked) if asked else None,
            "open": len(desk.questions.groups()),
        }
        return pages.render(request, "knowledge_try.html", context)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms of a lead. Each answers with the page that shows what came of it."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=_FORM)
    desk, page = services.knowledge, _Page(services, pages)

    @made.post("/index")
    def read_again(user: LeadDep) -> Response:
        desk.read_again(by=name_of(user))
        return see(HOME)

    @made.post("/rollback")
    def roll_back(request: Request, user: LeadDep, version: _Field) -> Response:
        try:
            desk.roll_back(version, by=name_of(user))
        except ConfigurationError as error:
            return page.show(request, user, status=HTTPStatus.NOT_FOUND, trouble=str(error))
        return see(HOME)

    @made.post("/files/remove")
    def remove(request: Request, user: LeadDep, name: _Field) -> Response:
        try:
            desk.remove(name, by=name_of(user))
        except NotFoundError as error:
            return page.refused(request, user, error)
        return see(HOME)

    return made


def uploading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the form that uploads files.

    Its body is read only once the lead is known: it may be large, and strangers send none.
    """
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])
    page = _Page(services, pages)

    @made.post("/files")
    async def upload(request: Request, user: LeadDep) -> Response:
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
            check_csrf(request, str(form.get("csrf", "")))
            chosen = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
            files = {file.filename: await file.read() for file in chosen if file.filename}

        def act() -> Response:
            try:
                services.knowledge.upload(files, by=name_of(user))
            except InvalidInputError as error:
                return page.refused(request, user, error)
            return see(HOME)

        return await to_thread.run_sync(act)

    return made

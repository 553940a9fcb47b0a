"""The console's pages for labelling: one message at a time, one key a label."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from agent.domain.ids import TurnId
from agent.domain.learning import LabelQueue
from agent.errors import ConflictError, InvalidInputError, NotFoundError
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import LeadDep, RepDep, lead
from api.console.models import name_of, see
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route, told

HOME = "/console/labels"
_FORM = [Depends(check_csrf), Depends(lead)]
_Field = Annotated[str, Form(max_length=200)]

ENOUGH_BLIND = 300
"""Live labels from which on a version may be called better (issue 3)."""


class _Page:
    """Renders the labelling page; each action ends on it."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._labelling = services.learning.labelling
        self._pages = pages

    def show(
        self,
        request: Request,
        user: User,
        queue: LabelQueue,
        *,
        item_id: str = "",
        status: int = HTTPStatus.OK,
        trouble: str = "",
    ) -> Response:
        task = self._labelling.next(queue, by=name_of(user), item_id=item_id)
        context = {
            "user": user,
            "queue": queue,
            "task": task,
            "counts": self._labelling.counts(),
            "intents": sorted({*self._labelling.intents()} - {"out_of_scope"}),
            "enough": ENOUGH_BLIND,
            "trouble": trouble,
        }
        return self._pages.render(request, "labels.html", context, status=status)


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the page that shows what is to be labelled next."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])
    page = _Page(services, pages)

    @made.get("")
    def show_next(
        request: Request, user: LeadDep, queue: LabelQueue = LabelQueue.WORTH, item: str = ""
    ) -> Response:
        try:
            return page.show(request, user, queue, item_id=item)
        except NotFoundError as error:
            return page.show(request, user, queue, trouble=str(error))

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms. Each leads to the next message."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=_FORM)
    labelling, page = services.learning.labelling, _Page(services, pages)

    @made.post("/undo")
    def undo(user: LeadDep, queue: Annotated[LabelQueue, Form()]) -> Response:
        item = labelling.undo(queue, by=name_of(user))
        return see(f"{HOME}?queue={queue}" + ("" if item is None else f"&item={item.id}"))

    @made.post("/{item_id}")
    def label(
        item_id: str,
        request: Request,
        user: LeadDep,
        queue: Annotated[LabelQueue, Form()],
        label: _Field = "",
        skip: _Field = "",
    ) -> Response:
        try:
            if skip:
                labelling.skip(item_id, by=name_of(user))
            else:
                labelling.label(item_id, label, by=name_of(user))
        except (ConflictError, InvalidInputError, NotFoundError) as error:
            status, words = told(error)
            return page.show(request, user, queue, status=status, trouble=words)
        return see(f"{HOME}?queue={queue}")

    return made


def correcting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the form by which a rep says that a text was misunderstood."""
    made = APIRouter(prefix="/console/turns", route_class=page_route(pages))

    @made.post("/{turn_id}/misread", dependencies=[Depends(check_csrf)])
    def misread(turn_id: str, user: RepDep) -> Response:
        del user
        with services.database.read() as uow:
            turn = uow.turns.get(TurnId(turn_id))
        if turn is None:
            raise NotFoundError(f"There is no turn {turn_id}.")
        services.learning.observer.correct(turn.id)
        return see(f"/console/turns/{turn_id}?misread=1")

    return made

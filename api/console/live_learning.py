"""The console's pages on what live traffic teaches: the shadow, and emerging topics."""

from fastapi import APIRouter, Depends, Request, Response

from agent.wiring.services import Services
from api.console.access import LeadDep, lead
from api.console.models import HOME, name_of, see
from api.console.packet import sparkline
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route

_FORM = [Depends(check_csrf), Depends(lead)]


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the pages that are read."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])

    @made.get("/shadow")
    def show_shadow(request: Request, user: LeadDep) -> Response:
        overview = services.learning.desk.overview(services.learning.serving())
        context = {"user": user, "overview": overview, "view": services.learning.desk.shadow()}
        return pages.render(request, "shadow.html", context)

    @made.get("/topics")
    def show_topics(request: Request, user: LeadDep) -> Response:
        context = {"user": user, "view": services.learning.themes.view(), "spark": spark}
        return pages.render(request, "topics.html", context)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=_FORM)
    learning = services.learning

    @made.post("/versions/{name}/shadow")
    def begin_shadow(name: str, user: LeadDep) -> Response:
        learning.desk.set_shadow(name, by=name_of(user))
        return see(f"{HOME}/shadow")

    @made.post("/shadow/stop")
    def stop_shadow() -> Response:
        learning.desk.stop_shadow()
        return see(f"{HOME}/shadow")

    @made.post("/topics")
    def look_for_topics(user: LeadDep) -> Response:
        learning.themes.look(by=name_of(user))
        return see(f"{HOME}/topics")

    return made


def spark(days: tuple[int, ...]) -> str:
    """Return the points of a line of counts a day, the greatest at the top."""
    most = max(1, *days)
    return sparkline([2 * day / most - 1 for day in days], width=120, height=32)

"""The console's pages on conversations."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId, TurnId
from agent.errors import NotFoundError
from agent.store.repositories.live import News
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import RepDep, rep, rep_for_data
from api.console.listing import make_listing
from api.console.story import read_story
from api.pages.decision import decision_view
from api.pages.live import ReadNews, news_response
from api.pages.templating import Pages, page_route


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the pages that are read."""
    made = APIRouter(prefix="/console", route_class=page_route(pages), dependencies=[Depends(rep)])

    @made.get("")
    def show_list(
        request: Request,
        user: RepDep,
        status: ConversationStatus | str = ConversationStatus.WAITING,
        queue: str = "",
    ) -> Response:
        chosen = ConversationStatus(status) if status in set(ConversationStatus) else None
        known = queue if queue in services.brand.queues else ""
        with services.database.read() as uow:
            listing = make_listing(uow, status=chosen, queue=known)
        context = {"user": user, "listing": listing, "now": services.clock.now()}
        return pages.render(request, "list.html", context)

    @made.get("/conversations/{conversation_id}")
    def show(conversation_id: str, request: Request, user: RepDep) -> Response:
        return story_page(services, pages, request, ConversationId(conversation_id), user)

    @made.get("/turns/{turn_id}")
    def show_turn(
        turn_id: str, request: Request, user: RepDep, *, misread: bool = False
    ) -> Response:
        with services.database.read() as uow:
            turn = uow.turns.get(TurnId(turn_id))
        if turn is None:
            raise NotFoundError(f"There is no turn {turn_id}.")
        context = {"user": user, "turn": turn, "view": decision_view(turn), "misread": misread}
        fragment = request.headers.get("x-fragment") == "1"
        return pages.render(request, "_panel.html" if fragment else "turn.html", context)

    return made


def live_routes(services: Services) -> APIRouter:
    """Make the stream of news, of one conversation or of all."""
    made = APIRouter(prefix="/console", dependencies=[Depends(rep_for_data)])

    @made.get("/events")
    async def events(request: Request, after: int = 0, conversation: str = "") -> StreamingResponse:
        return news_response(request, _news_of(services, conversation), after)

    return made


def _news_of(services: Services, conversation: str) -> ReadNews:
    wanted = ConversationId(conversation) if conversation else None

    def read(after: int) -> Sequence[News]:
        with services.database.read() as uow:
            return uow.live.news_after(after, conversation_id=wanted)

    return read


def story_page(
    services: Services,
    pages: Pages,
    request: Request,
    conversation_id: ConversationId,
    user: User,
    *,
    status: int = HTTPStatus.OK,
    trouble: str = "",
    reply_draft: str = "",
    note_draft: str = "",
) -> Response:
    """Render a conversation's page, with what went wrong and what was written, if anything."""
    with services.database.read() as uow:
        url = services.settings.public_url
        story = read_story(
            uow, services.brand, conversation_id, public_url="" if url is None else str(url)
        )
    context = {
        "user": user,
        "story": story,
        "now": services.clock.now(),
        "trouble": trouble,
        "reply_draft": reply_draft,
        "note_draft": note_draft,
    }
    return pages.render(request, "conversation.html", context, status=status)

"""The console's pages on conversations, and what a rep does there."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from agent.domain.conversations import ConversationStatus, TransitionError
from agent.domain.ids import ConversationId, TurnId
from agent.errors import ConflictError, InvalidInputError, NotFoundError
from agent.store.repositories.live import News
from agent.store.repositories.users import User
from agent.wiring import Services
from api.console.access import RepDep, rep, rep_for_data
from api.console.listing import make_listing
from api.console.story import read_story
from api.pages.decision import decision_view
from api.pages.live import ReadNews, news_response
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route, told

TextForm = Annotated[str, Form(max_length=20_000)]
_FORM = [Depends(check_csrf)]


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
        return _story_page(services, pages, request, ConversationId(conversation_id), user)

    @made.get("/turns/{turn_id}")
    def show_turn(turn_id: str, request: Request, user: RepDep) -> Response:
        with services.database.read() as uow:
            turn = uow.turns.get(TurnId(turn_id))
        if turn is None:
            raise NotFoundError(f"There is no turn {turn_id}.")
        context = {"user": user, "turn": turn, "view": decision_view(turn)}
        fragment = request.headers.get("x-fragment") == "1"
        return pages.render(request, "_panel.html" if fragment else "turn.html", context)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms by which a rep acts. Each answers with the conversation's page."""
    made = APIRouter(
        prefix="/console/conversations/{conversation_id}", route_class=page_route(pages)
    )
    desk = services.desk

    def act(
        request: Request,
        conversation_id: str,
        user: User,
        action: Callable[[ConversationId], object],
        **draft: str,
    ) -> Response:
        key = ConversationId(conversation_id)
        try:
            action(key)
        except (InvalidInputError, ConflictError, TransitionError) as error:
            status, words = told(error)
            return _story_page(
                services, pages, request, key, user, status=status, trouble=words, **draft
            )
        return RedirectResponse(
            f"/console/conversations/{conversation_id}", status_code=HTTPStatus.SEE_OTHER
        )

    @made.post("/replies", dependencies=_FORM)
    def reply(
        request: Request, conversation_id: str, user: RepDep, text: TextForm = ""
    ) -> Response:
        # Browsers send line breaks of forms as CR LF.
        plain = text.replace("\r\n", "\n")
        return act(
            request,
            conversation_id,
            user,
            lambda key: desk.reply(key, text=plain, rep=user),
            reply_draft=plain,
        )

    @made.post("/notes", dependencies=_FORM)
    def note(request: Request, conversation_id: str, user: RepDep, text: TextForm = "") -> Response:
        plain = text.replace("\r\n", "\n")
        return act(
            request,
            conversation_id,
            user,
            lambda key: desk.note(key, user, plain),
            note_draft=plain,
        )

    @made.post("/takeover", dependencies=_FORM)
    def take_over(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.take_over(key, user))

    @made.post("/return", dependencies=_FORM)
    def hand_back(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.hand_back(key, user))

    @made.post("/resolve", dependencies=_FORM)
    def resolve(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.resolve(key, user))

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


def _story_page(
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
    with services.database.read() as uow:
        story = read_story(uow, services.brand, conversation_id)
    context = {
        "user": user,
        "story": story,
        "now": services.clock.now(),
        "trouble": trouble,
        "reply_draft": reply_draft,
        "note_draft": note_draft,
    }
    return pages.render(request, "conversation.html", context, status=status)

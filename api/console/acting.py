"""What a rep does with a conversation: forms, each answered with the conversation's page."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from agent.domain.conversations import TransitionError
from agent.domain.ids import ConversationId
from agent.errors import ConflictError, InvalidInputError
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import RepDep
from api.console.conversations import story_page
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route, told

TextForm = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class _Acting:
    """Carries out an action; where it is refused, the page says why and keeps what was written."""

    services: Services
    pages: Pages

    def __call__(
        self,
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
            return story_page(
                self.services, self.pages, request, key, user, status=status, trouble=words, **draft
            )
        return RedirectResponse(
            f"/console/conversations/{conversation_id}", status_code=HTTPStatus.SEE_OTHER
        )


def routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms."""
    made = APIRouter(
        prefix="/console/conversations/{conversation_id}",
        route_class=page_route(pages),
        dependencies=[Depends(check_csrf)],
    )
    act = _Acting(services, pages)
    _writing(made, services, act)
    _handing(made, services, act)
    return made


def _writing(made: APIRouter, services: Services, act: _Acting) -> None:
    desk = services.desk

    @made.post("/replies")
    def reply(
        request: Request, conversation_id: str, user: RepDep, text: TextForm = ""
    ) -> Response:
        plain = _plain(text)
        return act(
            request, conversation_id, user,
            lambda key: desk.reply(key, text=plain, rep=user), reply_draft=plain,
        )  # fmt: skip

    @made.post("/notes")
    def note(request: Request, conversation_id: str, user: RepDep, text: TextForm = "") -> Response:
        plain = _plain(text)
        return act(
            request, conversation_id, user,
            lambda key: desk.note(key, user, plain), note_draft=plain,
        )  # fmt: skip


def _handing(made: APIRouter, services: Services, act: _Acting) -> None:
    desk = services.desk

    @made.post("/takeover")
    def take_over(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.take_over(key, user))

    @made.post("/return")
    def hand_back(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.hand_back(key, user))

    @made.post("/resolve")
    def resolve(request: Request, conversation_id: str, user: RepDep) -> Response:
        return act(request, conversation_id, user, lambda key: desk.resolve(key, user))


def _plain(text: str) -> str:
    """Undo what browsers do to line breaks in forms: they send CR LF."""
    return text.replace("\r\n", "\n")

"""The phone simulator at ``/``: a page, its thread as JSON, and news as server-sent events."""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import InboundMessage
from agent.domain.turns import TurnRecord
from agent.errors import NotFoundError
from agent.inbox import normalise_address
from agent.store.repositories.live import News
from agent.wiring.services import Services
from api.auth import session_user
from api.pages import assets
from api.pages.decision import DecisionView, decision_view
from api.pages.live import ReadNews, news_response
from api.pages.stopping import hear_stop
from api.pages.templating import Pages
from api.simulator.suggestions import suggestions
from api.simulator.views import (
    CHANNEL,
    PROVIDER,
    CustomerView,
    ThreadView,
    customer_views,
    find_thread,
    thread_view,
)

_HERE = Path(__file__).parent

SILENCE_S = 1.2
"""Silence that ends a burst, if the setting is no shorter: whoever watches the page waits less
patiently than a phone in a pocket."""

_LONGEST_ADDRESS = 64


class NewText(BaseModel):
    """A text from the simulated phone."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, Field(min_length=1, max_length=_LONGEST_ADDRESS)]
    text: Annotated[str, Field(max_length=20_000)]


class TakenText(BaseModel):
    """Where a text was stored."""

    conversation_id: ConversationId
    message_id: MessageId


def _address(address: Annotated[str, Query(min_length=1, max_length=_LONGEST_ADDRESS)]) -> str:
    """Return the address in its normal form. An unescaped ``+`` has arrived as a blank."""
    return normalise_address(f"+{address[1:]}" if address.startswith(" ") else address)


AddressDep = Annotated[str, Depends(_address)]


def router(services: Services) -> APIRouter:
    """Make the simulator's routes."""
    made = APIRouter(tags=["simulator"], include_in_schema=False, lifespan=hear_stop)
    files = assets.Assets("/simulator/assets", [assets.SHARED, _HERE / "static"])
    pages = Pages(folder=_HERE / "templates", assets=files, brand=services.brand)
    files.add_to(made)
    made.include_router(_page_routes(services, pages))
    made.include_router(_data_routes(services))
    return made


def _page_routes(services: Services, pages: Pages) -> APIRouter:
    made = APIRouter(dependencies=[Depends(_let_in)])

    @made.get("/")
    def page(request: Request) -> HTMLResponse:
        with services.database.read() as uow:
            customers = customer_views(uow)
        context = {"customers": customers, "stranger": suggestions(None)}
        return pages.render(request, "simulator.html", context)

    @made.get("/simulator/turns/{turn_id}/panel")
    def panel(turn_id: str, request: Request) -> HTMLResponse:
        view = decision_view(_turn(services, turn_id))
        return pages.render(request, "_panel.html", {"view": view})

    return made


def _data_routes(services: Services) -> APIRouter:
    made = APIRouter(prefix="/simulator", dependencies=[Depends(_let_in)])

    @made.get("/customers")
    def customers() -> list[CustomerView]:
        with services.database.read() as uow:
            return customer_views(uow)

    @made.get("/thread")
    def thread(address: AddressDep) -> ThreadView:
        with services.database.read() as uow:
            return thread_view(uow, services.brand, address)

    @made.post("/messages", status_code=HTTPStatus.ACCEPTED)
    def send(body: NewText) -> TakenText:
        return _accept(services, body)

    @made.get("/turns/{turn_id}")
    def turn(turn_id: str) -> DecisionView:
        view = decision_view(_turn(services, turn_id))
        if view is None:
            raise NotFoundError(f"The turn {turn_id} has left no trace.")
        return view

    @made.get("/events")
    async def events(request: Request, address: AddressDep, after: int = 0) -> StreamingResponse:
        return news_response(request, _news_of(services, address), after)

    return made


def _let_in(request: Request) -> None:
    """Let everyone in where the simulator is open, else those signed in to the console.

    Raises:
        HTTPException: 303 to the sign-in for a page, 401 for its data.
    """
    services: Services = request.app.state.services
    wanted = services.settings.simulator
    if services.brand.demo if wanted is None else wanted:
        return
    if session_user(request) is not None:
        return
    if request.url.path == "/":
        raise HTTPException(
            HTTPStatus.SEE_OTHER, "Sign in first.", headers={"Location": "/console/sign-in?next=/"}
        )
    raise HTTPException(HTTPStatus.UNAUTHORIZED, "Sign in at /console/sign-in first.")


def _accept(services: Services, body: NewText) -> TakenText:
    accepted = services.inbox.accept(
        InboundMessage(
            provider=PROVIDER,
            provider_id=services.ids.new("sim"),
            channel=CHANNEL,
            sender=normalise_address(body.address),
            recipient=services.brand.numbers[0],
            text=body.text,
            received_at=services.clock.now(),
        ),
        silence_s=min(SILENCE_S, services.settings.burst_silence_s),
    )
    return TakenText(conversation_id=accepted.conversation_id, message_id=accepted.message_id)


def _turn(services: Services, turn_id: str) -> TurnRecord:
    with services.database.read() as uow:
        turn = uow.turns.get(TurnId(turn_id))
        if turn is None or uow.conversations.get(turn.conversation_id).channel != CHANNEL:
            raise NotFoundError(f"There is no turn {turn_id}.")
    return turn


def _news_of(services: Services, address: str) -> ReadNews:
    """Read the news of one address; its conversation may begin while the page is open."""
    known: list[ConversationId] = []

    def read(after: int) -> Sequence[News]:
        with services.database.read() as uow:
            if not known:
                conversation = find_thread(uow, services.brand, address)
                if conversation is None:
                    return ()
                known.append(conversation.id)
            return uow.live.news_after(after, conversation_id=known[0])

    return read

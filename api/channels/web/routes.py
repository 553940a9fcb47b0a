"""The chat's page, its thread as JSON, its news as server-sent events, and the script for sites."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.messages import InboundMessage
from agent.settings import Settings
from agent.wiring.services import Services
from api.auth import ServicesDep, services_of
from api.channels.web.rates import Buckets
from api.channels.web.views import ChatView, chat_news, chat_view
from api.channels.web.visitors import Visitors
from api.channels.webhook import JSON, parse_object, read_body, read_shape
from api.client_address import client_address
from api.pages import assets
from api.pages.live import news_response
from api.pages.security import PAGE_HEADERS
from api.pages.stopping import hear_stop
from api.pages.templating import Pages
from api.simulator import routes as simulator
from api.simulator.views import CHANNEL

PROVIDER = "web"
LONGEST_TEXT = 4_000
MOST_STREAMS = 100
"""Open pages of one process that are told news; further ones ask every few seconds."""

_HERE = Path(__file__).parent
_SIMULATOR = Path(simulator.__file__).parent
_WIDGET_CACHE_S = 300


class NewText(BaseModel):
    """A visitor's text. The page makes ``id``, so that sending again doubles nothing."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]


@dataclass(kw_only=True)
class Limits:
    """What keeps one visitor, or one place, from taking the service for itself."""

    visitor: Buckets = field(
        default_factory=lambda: Buckets(burst=6, refill_s=3.0, now=time.monotonic)
    )
    place: Buckets = field(
        default_factory=lambda: Buckets(burst=60, refill_s=1.0, now=time.monotonic)
    )
    streams: int = 0

    def check(self, visitor: str, place: str | None) -> None:
        """Let a text pass.

        Raises:
            HTTPException: 429 with the seconds to wait.
        """
        wait_s = self.visitor.take(visitor) or (0 if place is None else self.place.take(place))
        if wait_s:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"That was quick. Please wait {wait_s} s before the next message.",
                headers={"Retry-After": str(wait_s)},
            )

    async def counted(self, stream: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Count a stream as long as it runs."""
        self.streams += 1
        try:
            async for part in stream:
                yield part
        finally:
            self.streams -= 1


def make_router(settings: Settings, limits: Limits) -> APIRouter:
    """Make the chat's routes."""
    made = APIRouter(tags=["chat"], include_in_schema=False, lifespan=hear_stop)
    # The simulator's thread and look, under addresses of the chat's own.
    folders = [assets.SHARED, _SIMULATOR / "static", _HERE / "static"]
    files = assets.Assets("/chat/assets", folders)
    files.add_to(made)
    _add_page(made, settings, files)
    _add_data(made, settings, limits)
    return made


def _add_page(made: APIRouter, settings: Settings, files: assets.Assets) -> None:
    policy = _policy(settings)

    made_pages: dict[str, Pages] = {}

    def pages(services: Services) -> Pages:
        """Make the templates once: only a running service knows its brand."""
        if "chat" not in made_pages:
            made_pages["chat"] = Pages(
                folder=_HERE / "templates", assets=files, brand=services.brand
            )
        return made_pages["chat"]

    @made.get("/chat", dependencies=[Depends(_let_in)])
    def page(request: Request, services: ServicesDep) -> Response:
        shown = pages(services).render(request, "chat.html", {"longest": LONGEST_TEXT})
        shown.headers["Content-Security-Policy"] = policy
        visitors = _visitors(settings, services)
        visitors.remember(shown, visitors.address(request) or visitors.new_address())
        return shown

    @made.get("/chat/widget.js", dependencies=[Depends(_let_in)])
    def widget() -> Response:
        script = (_HERE / "static" / "widget.js").read_bytes()
        return Response(
            script,
            media_type="text/javascript",
            headers={
                "Cache-Control": f"public, max-age={_WIDGET_CACHE_S}",
                "X-Content-Type-Options": "nosniff",
                # A module of another site is loaded only if its server allows it.
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )


def _add_data(made: APIRouter, settings: Settings, limits: Limits) -> None:
    def visitor(request: Request, services: ServicesDep) -> str:
        return _visitors(settings, services).require(request)

    async def new_text(request: Request) -> NewText:
        return read_shape(NewText, parse_object(await read_body(request, JSON)))

    visitor_dep = Annotated[str, Depends(visitor)]
    let_in = [Depends(_let_in)]

    @made.get("/chat/thread", dependencies=let_in)
    def thread(services: ServicesDep, address: visitor_dep) -> ChatView:
        with services.database.read() as uow:
            return chat_view(uow, services.brand, address)

    @made.post("/chat/messages", status_code=HTTPStatus.ACCEPTED, dependencies=let_in)
    def send(
        request: Request,
        services: ServicesDep,
        address: visitor_dep,
        body: Annotated[NewText, Depends(new_text)],
    ) -> dict[str, str]:
        place = client_address(request, settings.trusted_proxies)
        limits.check(address, None if place is None else str(place))
        return {"message_id": _accept(services, address, body)}

    @made.get("/chat/events", dependencies=let_in)
    async def events(
        request: Request, services: ServicesDep, address: visitor_dep, after: int = 0
    ) -> StreamingResponse:
        if limits.streams >= MOST_STREAMS:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too many pages are open; this one asks by itself.",
                headers={"Retry-After": "30"},
            )
        response = news_response(request, chat_news(services, address), after)
        response.body_iterator = limits.counted(aiter(response.body_iterator))
        return response


def _accept(services: Services, address: str, body: NewText) -> str:
    accepted = services.inbox.accept(
        InboundMessage(
            provider=PROVIDER,
            # A visitor's ids are the visitor's own: nobody can use up another's.
            provider_id=f"{address}:{body.id}",
            channel=CHANNEL,
            sender=address,
            recipient=services.brand.numbers[0],
            text=body.text,
            received_at=services.clock.now(),
        ),
        silence_s=min(simulator.SILENCE_S, services.settings.burst_silence_s),
    )
    return accepted.message_id


def _let_in(request: Request) -> None:
    """Let everyone in where the chat is on.

    Raises:
        HTTPException: 404 where it is off.
    """
    services = services_of(request)
    wanted = services.settings.chat
    if not (services.brand.demo if wanted is None else wanted):
        raise HTTPException(HTTPStatus.NOT_FOUND, "The web chat is off: set TEXTWISE_CHAT=true.")


def _visitors(settings: Settings, services: Services) -> Visitors:
    url = settings.public_url
    return Visitors(
        secret=services.secrets.session,
        secure=url is not None and url.scheme == "https",
        embedded=bool(settings.chat_origins),
    )


def _policy(settings: Settings) -> str:
    """Return the page's policy: as everywhere, but the sites in the settings may frame it."""
    origins = " ".join(str(origin).rstrip("/") for origin in settings.chat_origins)
    return PAGE_HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", f"frame-ancestors 'self' {origins}".rstrip()
    )

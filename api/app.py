"""The application: routes, channels, pages and errors put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Response
from starlette.datastructures import Headers
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.runtime.background import Repeated
from agent.wiring.services import Services
from api import errors
from api.channels import SWEEP_EVERY_S, Channel
from api.console.knowledge import UPLOAD
from api.console.routes import router as console_router
from api.routes import consent, consents, conversations, health, messages, outbound
from api.simulator.routes import router as simulator_router

SESSION_S = 12 * 3600
"""A sign-in lasts a long shift."""

MAX_BODY = 256 * 1024
"""Bytes; a text has at most 10,000 characters, a form with MMS links a few thousand more."""

MOST_UPLOADED = 32 * 1024 * 1024
"""Bytes of an upload of knowledge: a file of 20 MB, the largest that is read, and some more."""


def create_app(services: Services, channels: list[Channel]) -> FastAPI:
    """Make the application around running services; they start and stop with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # In a thread: DBOS refuses to be set up where an event loop runs.
        await to_thread.run_sync(services.start)
        sweeps = _start_sweeps(services, channels)
        try:
            yield
        finally:
            for sweep in sweeps:
                await to_thread.run_sync(sweep.close)
            await to_thread.run_sync(services.close)
            for close in (channel.close for channel in channels if channel.close is not None):
                await to_thread.run_sync(close)

    app = FastAPI(title="Textwise", version=services.version, lifespan=lifespan)
    app.state.services = services
    app.state.waiting_threads = CapacityLimiter(messages.MOST_WAITING)
    app.add_middleware(
        SessionMiddleware,
        secret_key=services.secrets.session,
        session_cookie="textwise_session",
        same_site="lax",
        max_age=SESSION_S,
        https_only=_public_over_https(services),
    )
    app.add_middleware(_BodyLimit)
    errors.install(app)
    for part in (messages, conversations, outbound, consents, health):
        app.include_router(part.router)
    for channel in channels:
        app.include_router(channel.router)
    app.include_router(consent.router(services))
    app.include_router(simulator_router(services))
    app.include_router(console_router(services))
    return app


def _start_sweeps(services: Services, channels: list[Channel]) -> list[Repeated]:
    """Start what channels need done every so often, beside the turns."""
    sweeps = [
        Repeated(
            f"sweep-{channel.provider}", partial(channel.sweep, services), every_s=SWEEP_EVERY_S
        )
        for channel in channels
        if channel.sweep is not None
    ]
    for sweep in sweeps:
        sweep.start()
    return sweeps


def _public_over_https(services: Services) -> bool:
    url = services.settings.public_url
    return url is not None and url.scheme == "https"


class _BodyLimit:
    """Refuses bodies that are too large, or do not say how large they are.

    Bare ASGI: Starlette's way for plain functions costs each webhook a task and two streams.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refused_body(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def _refused_body(scope: Scope) -> Response | None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    most = MOST_UPLOADED if scope["path"] == UPLOAD else MAX_BODY
    if length.isdecimal() and int(length) > most:
        return errors.problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {most} bytes."
        )
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return errors.problem(HTTPStatus.LENGTH_REQUIRED, "Send the body with its Content-Length.")
    return None

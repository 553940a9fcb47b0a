"""The one map from errors to HTTP: RFC 9457 problem details, and never a traceback."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from agent.domain.conversations import TransitionError
from agent.errors import (
    ConfigurationError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TextwiseError,
)
from agent.runtime.patience import is_outage

_log = structlog.get_logger(__name__)

STATUS: dict[type[Exception], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    TransitionError: HTTPStatus.CONFLICT,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConfigurationError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

MEDIA_TYPE = "application/problem+json"

RETRY_AFTER_S = 5
"""What providers and programs are told where the database is away; a restart takes seconds."""


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Make a problem response. ``errors`` lists fields: ``{"field", "message"}``."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Answer every error with a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(TextwiseError, _own)
    app.add_exception_handler(TransitionError, _own)
    for kind in (DBAPIError, PoolTimeoutError):
        app.add_exception_handler(kind, _database)
    app.add_exception_handler(Exception, _unexpected)


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))


def _validation(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {"field": ".".join(str(p) for p in e["loc"][1:]) or str(e["loc"][0]), "message": e["msg"]}
        for e in error.errors()
    ]
    names = ", ".join(e["field"] for e in errors)
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, f"The request is wrong here: {names}.", errors=errors
    )


def _own(_request: Request, error: Exception) -> JSONResponse:
    status = next(
        (s for kind, s in STATUS.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    field = getattr(error, "field", "")
    errors = [{"field": field, "message": str(error)}] if field else []
    hint = getattr(error, "hint", "")
    return problem(status, f"{error} {hint}".strip(), errors=errors)


def _database(_request: Request, error: Exception) -> JSONResponse:
    """Say that the database is away: nothing was stored, so whoever called is to call again."""
    if not (is_outage(error) or isinstance(error, OperationalError)):
        raise error
    _log.error("database_unreachable", error=type(error).__name__)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database cannot be reached; nothing was stored. Try again in a moment.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected_error", path=request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here. It has been logged."
    )

"""What every webhook does first: read the body, as UTF-8, in the form that its provider uses.

Whatever is wrong with a request ends as a problem of the 4xx kind; nothing here trusts the caller.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import structlog
from fastapi import HTTPException, Request
from pydantic import BaseModel, HttpUrl, ValidationError
from starlette.datastructures import ImmutableMultiDict

from agent.errors import InvalidInputError

_log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

MAX_FIELDS = 500
"""Fields of one form; providers send about thirty."""

MAX_DIGITS = 12
"""Digits of a number in a webhook: a Unix time has ten."""

MAX_LINK = 2048
"""Characters of a picture's link."""

Fields = ImmutableMultiDict[str, str]
Shape = TypeVar("Shape", bound=BaseModel)


async def read_body(request: Request, *media_types: str) -> bytes:
    """Return the raw body, if it has one of these content types.

    Raises:
        HTTPException: 415 for another content type.
    """
    if content_type(request) not in media_types:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Only {' or '.join(media_types)} is taken here."
        )
    return await request.body()


def content_type(request: Request) -> str:
    """Return the content type without its parameters, in lower case."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def parse_form(body: bytes | str) -> Fields:
    """Read a form or a query; blank values are kept, for signatures count them.

    Raises:
        InvalidInputError: it is not UTF-8, or has more than 500 fields.
    """
    try:
        text = body.decode() if isinstance(body, bytes) else body
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise InvalidInputError(
            "The form cannot be read: send UTF-8, and at most 500 fields."
        ) from error
    return ImmutableMultiDict(pairs)


def parse_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InvalidInputError: it is not UTF-8, not JSON or not an object.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise InvalidInputError("The body is not a JSON object.")
    return value


def read_shape(shape: type[Shape], value: Mapping[str, Any]) -> Shape:
    """Check a webhook's fields against their shape.

    Raises:
        InvalidInputError: a field is missing or of a wrong type; names the first, shows no value.
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(f"{field}: {first['msg']}", field=field) from None


def count_of(text: str) -> int | None:
    """Return a whole number of at most 12 digits, None for anything else.

    Python reads every script's digits, and raises for thousands of them.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def clean_link(link: str) -> str | None:
    """Return a picture's link if it is an http(s) address of sensible length, else None."""
    fits = link.lower().startswith(("https://", "http://")) and len(link) <= MAX_LINK
    return link if fits else None


def public_address(request: Request, public_url: HttpUrl | None) -> str:
    """Return the request's address as the provider saw it; a proxy's headers are not believed."""
    if public_url is None:
        return str(request.url)
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{own_address(public_url, request.url.path)}{query}"


def own_address(public_url: HttpUrl | None, path: str) -> str | None:
    """Return the address for a provider to call us at; None where ours is not set."""
    return None if public_url is None else str(public_url).rstrip("/") + path


def refuse_signature(provider: str, request: Request) -> HTTPException:
    """Log a bad signature, and return the 403 to raise."""
    _log.warning("bad_signature", provider=provider, path=request.url.path)
    return HTTPException(HTTPStatus.FORBIDDEN, "The signature is missing or wrong.")


def not_set_up(provider: str, setting: str) -> HTTPException:
    """Return the 503 for a channel whose secret is not set."""
    return HTTPException(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"{provider} is not set up here: set TEXTWISE_{setting.upper()}.",
    )

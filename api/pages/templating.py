"""Rendering pages: one Jinja environment a room, everything escaped."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from agent.brand import Brand
from agent.domain.conversations import TransitionError
from agent.errors import TextwiseError
from api.errors import STATUS
from api.pages.assets import Assets
from api.pages.security import PAGE_HEADERS, csrf_token

SHARED = Path(__file__).with_name("templates")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Pages:
    """Renders the templates of one room and the shared ones."""

    def __init__(self, *, folder: Path, assets: Assets, brand: Brand) -> None:
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder, SHARED]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(asset=assets.url, brand=brand)
        self._env.filters.update(
            clock=_in_zone(brand.zone, _clock),
            moment=_in_zone(brand.zone, _moment),
            iso_moment=_in_zone_of_text(brand.zone, _moment),
            day=_day,
            local_moment=_local_moment,
            words=in_words,
            duration=duration,
        )

    def render(
        self,
        request: Request,
        template: str,
        context: Mapping[str, object],
        *,
        status: int = HTTPStatus.OK,
    ) -> HTMLResponse:
        """Render a page with the headers of every page. Forms find their token as ``csrf()``."""
        page = self._env.get_template(template)
        html = page.render({**context, "csrf": partial(csrf_token, request)})
        return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)


def in_words(name: str) -> str:
    """Return a name such as ``order_status`` as people write it."""
    return name.replace("_", " ")


def duration(seconds: float) -> str:
    """Return a length of time in its largest fitting unit, such as ``3 min``."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    return f"{whole // _HOUR} h" if whole < _DAY else f"{whole // _DAY} d"


def _in_zone(zone: ZoneInfo, format_: Callable[[datetime], str]) -> Callable[[datetime], str]:
    return lambda at: format_(at.astimezone(zone))


def _in_zone_of_text(zone: ZoneInfo, format_: Callable[[datetime], str]) -> Callable[[str], str]:
    return lambda text: format_(datetime.fromisoformat(text).astimezone(zone))


def _clock(at: datetime) -> str:
    return f"{at:%I:%M %p}".lstrip("0")


def _moment(at: datetime) -> str:
    return f"{_day(at)}, {_clock(at)}"


def _day(on: date) -> str:
    return f"{on:%b} {on.day}"


def _local_moment(when: str) -> str:
    """Return a booked time (ISO 8601, local); one that is none as it stands."""
    try:
        return _moment(datetime.fromisoformat(when))
    except ValueError:
        return when


def page_route(pages: Pages) -> type[APIRoute]:
    """Make a route class whose errors are pages for people instead of problem documents."""

    class PageRoute(APIRoute):
        """Shows errors as a page; redirects and what nobody expected pass on."""

        def get_route_handler(self) -> Callable[[Request], Any]:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    response: Response = await handle(request)
                except (TextwiseError, TransitionError, HTTPException) as error:
                    status, detail = told(error)
                    if status < HTTPStatus.BAD_REQUEST:
                        raise
                except RequestValidationError:
                    status, detail = (
                        HTTPStatus.UNPROCESSABLE_ENTITY,
                        "The address or form is wrong.",
                    )
                else:
                    return response
                context = {"title": HTTPStatus(status).phrase, "detail": detail}
                return pages.render(request, "error.html", context, status=status)

            return handled

    return PageRoute


def told(error: Exception) -> tuple[int, str]:
    """Return an expected error's HTTP status and words, from the one map in ``api.errors``."""
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail)
    status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), None)
    hint = getattr(error, "hint", "")
    return status or HTTPStatus.INTERNAL_SERVER_ERROR, f"{error} {hint}".strip()

"""Webhooks go before the turns of the same process."""

from starlette.types import ASGIApp, Receive, Scope, Send

from agent.runtime.right_of_way import RightOfWay

WEBHOOKS = "/webhooks/"


class TextsFirst:
    """ASGI middleware: says of each webhook that it is under way."""

    def __init__(self, app: ASGIApp, *, right_of_way: RightOfWay) -> None:
        self._app = app
        self._right_of_way = right_of_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or not scope["path"].startswith(WEBHOOKS):
            await self._app(scope, receive, send)
            return
        with self._right_of_way.arriving():
            await self._app(scope, receive, send)

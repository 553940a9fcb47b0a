"""Webhooks are counted while they are answered; other requests are not."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from agent.runtime.right_of_way import AT_EASE, RightOfWay
from api.texts_first import TextsFirst


@pytest.mark.parametrize(
    ("path", "counted"),
    [("/webhooks/twilio/sms", True), ("/webhooks/telnyx", True), ("/console", False)],
)
def test_texts_that_come_in_are_counted(path: str, *, counted: bool) -> None:
    way = RightOfWay()
    crowded: list[bool] = []

    async def answers(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0)
        crowded.append(way.crowded)

    async def ask() -> None:
        app = TextsFirst(answers, right_of_way=way)
        scope = {"type": "http", "path": path}
        await asyncio.gather(*(app(scope, _no_receive, _no_send) for _ in range(AT_EASE + 1)))

    asyncio.run(ask())
    assert crowded[0] is counted
    assert not way.crowded


def test_a_webhook_that_fails_counts_no_longer() -> None:
    way = RightOfWay()

    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("no")

    app = TextsFirst(fails, right_of_way=way)
    for _ in range(AT_EASE + 1):
        with pytest.raises(RuntimeError):
            asyncio.run(app({"type": "http", "path": "/webhooks/x"}, _no_receive, _no_send))
    assert not way.crowded


async def _no_receive() -> dict[str, object]:
    return {}


async def _no_send(_message: object) -> None: ...

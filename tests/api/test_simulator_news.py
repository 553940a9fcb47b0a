"""Server-sent events, as a stream of text."""

import signal
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI

from agent.domain.ids import ConversationId
from agent.store.repositories.live import News
from api.console.conversations import _news_of as console_news
from api.pages.live import news_stream, resume_after
from api.pages.stopping import hear_stop
from api.simulator.routes import _news_of as simulator_news
from tests.browser.house import ROSALIND, close_house, open_house
from tests.conftest import FakeClock


def news(number: int, kind: str = "message") -> News:
    return News(id=number, conversation_id=ConversationId("con_1"), kind=kind, data={"on": True})


def stream(read: Callable[[int], Sequence[News]], after: int = 0, **limits: Any) -> list[str]:
    settings = {"poll_s": 0.01, "heartbeat_s": 5.0, "lifetime_s": 0.1, **limits}

    async def collect() -> list[str]:
        return [line async for line in news_stream(read, after, **settings)]

    return anyio.run(collect)


def test_news_are_told_once_in_order_and_name_their_conversation() -> None:
    kept = [news(1), news(2, "typing"), news(3)]

    told = stream(lambda after: [item for item in kept if item.id > after], after=1)

    assert told[0].startswith("retry:")
    assert told[1:] == [
        'id: 2\nevent: typing\ndata: {"conversation_id": "con_1", "on": true}\n\n',
        'id: 3\nevent: message\ndata: {"conversation_id": "con_1", "on": true}\n\n',
    ]


def test_silence_is_broken_by_a_comment() -> None:
    told = stream(lambda _: [], heartbeat_s=0.03)

    assert told.count(": still here\n\n") >= 1


def test_the_stream_ends_after_its_lifetime_so_that_the_sign_in_is_asked_again() -> None:
    assert stream(lambda _: [], lifetime_s=0.03)


def test_a_failing_read_ends_the_stream() -> None:
    def fail(_: int) -> Sequence[News]:
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        stream(fail)


def test_the_stream_ends_when_the_service_is_told_to_stop() -> None:
    told = iter([False, False, True])

    assert stream(lambda _: [], lifetime_s=60.0, stopping=lambda: next(told))


def test_the_stop_signal_is_heard_and_passed_on() -> None:
    """The server's own handler must still get it."""
    passed_on: list[int] = []
    original = signal.signal(signal.SIGTERM, lambda number, _: passed_on.append(number))
    app = FastAPI()

    async def serve() -> bool:
        async with hear_stop(app), hear_stop(app):
            signal.raise_signal(signal.SIGTERM)
            return bool(app.state.stopping.is_set())

    try:
        assert anyio.run(serve)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, original)
    assert passed_on == [signal.SIGTERM, signal.SIGTERM]


@pytest.mark.parametrize(
    ("header", "after", "expected"),
    [(None, 5, 5), ("9", 5, 9), ("3", 5, 5), ("nonsense", 5, 5), ("-1", 5, 5), ("", 5, 5)],
)
def test_a_browser_that_comes_back_goes_on_where_it_was(
    header: str | None, after: int, expected: int
) -> None:
    assert resume_after(header, after) == expected


def test_a_conversation_that_begins_while_the_page_is_open_is_heard(
    tmp_path: Path, clock: FakeClock
) -> None:
    house = open_house(tmp_path, clock=clock)
    read = simulator_news(house.services, ROSALIND)

    before = read(0)
    house.text("hi")
    house.text("hello", sender="+13035550111")
    heard = read(0)
    everything = console_news(house.services, "")(0)
    close_house(house)

    assert list(before) == []
    assert {"message", "typing", "delivery"} <= {item.kind for item in heard}
    assert len({item.conversation_id for item in heard}) == 1
    assert len({item.conversation_id for item in everything}) == 2
    assert all(a.id < b.id for a, b in pairwise(heard))

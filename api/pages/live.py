"""Server-sent events from the append-only events table."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse

from agent.store.repositories.live import News
from api.pages.stopping import is_stopping

POLL_S = 0.3
"""How often the table is read for one open page."""
HEARTBEAT_S = 15.0
"""Silence after which a comment is sent, so that proxies and dead clients are noticed."""
LIFETIME_S = 15 * 60.0
"""After this the stream ends and the browser comes back, signed in or not."""

ReadNews = Callable[[int], Sequence[News]]
"""Returns news with an id greater than the one given, in order."""


async def news_stream(
    read: ReadNews,
    after: int,
    *,
    poll_s: float = POLL_S,
    heartbeat_s: float = HEARTBEAT_S,
    lifetime_s: float = LIFETIME_S,
    stopping: Callable[[], bool] = lambda: False,
) -> AsyncIterator[str]:
    """Yield news in the wire format of server-sent events.

    Ends after ``lifetime_s``, when ``stopping`` says so, or when the client leaves (cancelled).
    """
    began = spoke = anyio.current_time()
    yield "retry: 2000\n\n"
    while anyio.current_time() - began < lifetime_s and not stopping():
        for item in await anyio.to_thread.run_sync(read, after):
            after = item.id
            spoke = anyio.current_time()
            yield _event(item)
        if anyio.current_time() - spoke >= heartbeat_s:
            spoke = anyio.current_time()
            yield ": still here\n\n"
        await anyio.sleep(poll_s)


def news_response(request: Request, read: ReadNews, after: int) -> StreamingResponse:
    """Answer with a stream; a browser that comes back says which event it saw last."""
    return StreamingResponse(
        news_stream(
            read,
            resume_after(request.headers.get("last-event-id"), after),
            stopping=partial(is_stopping, request),
        ),
        media_type="text/event-stream",
        # Buffering proxies (nginx) would hold news back.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def resume_after(last_event_id: str | None, after: int) -> int:
    """Return the later of the page's cursor and the browser's own."""
    if last_event_id is None or not last_event_id.isdecimal():
        return after
    return max(after, int(last_event_id))


def _event(item: News) -> str:
    data = json.dumps({"conversation_id": item.conversation_id, **item.data})
    return f"id: {item.id}\nevent: {item.kind}\ndata: {data}\n\n"

"""Streams that end when the service is told to stop.

uvicorn waits for every open response before it runs the end of the lifespan, and an open page's
stream would never end: so the signals themselves are heard here, and passed on.
"""

import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

from fastapi import FastAPI, Request

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@asynccontextmanager
async def hear_stop(app: FastAPI) -> AsyncIterator[None]:
    """Set ``app.state.stopping`` as soon as the process is told to stop.

    Several routers may each bring this; the first one listens.
    """
    if hasattr(app.state, "stopping"):
        yield
        return
    app.state.stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        # Signals are the main thread's; whoever runs the service on another one stops it otherwise.
        yield
    else:
        before = {number: _chain(number, app.state.stopping) for number in _SIGNALS}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)
    del app.state.stopping


def _chain(number: signal.Signals, stopping: threading.Event) -> "signal._HANDLER":
    before = signal.getsignal(number)

    def told(told_number: int, frame: FrameType | None) -> None:
        stopping.set()
        if callable(before):
            before(told_number, frame)

    signal.signal(number, told)
    return before


def is_stopping(request: Request) -> bool:
    """Whether the service has been told to stop."""
    stopping: threading.Event | None = getattr(request.app.state, "stopping", None)
    return stopping is not None and stopping.is_set()

"""A stand-in for the provider: a server of its own that counts what it took, by message.

What it does with a text stands in the text, so that it is the same before and after a crash:
``[busy]`` is refused the first time (429, Retry-After 1), ``[down]`` is answered with a 500,
``[hang]`` is taken and answered too late, ``[refused]`` is refused for good (400).
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agent.channels import Receipt
from agent.domain.ids import MessageId
from agent.errors import PermanentSendError, TransientSendError, UnknownSendError

HANG_S = 1.0
"""Longer than a sender waits."""
TIMEOUT_S = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A text that the provider took. ``at`` is ``time.monotonic`` of the server's process."""

    message_id: str
    to: str
    text: str
    at: float


class Provider:
    """What the stand-in has seen."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.tries: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.url = ""
        self._lock = threading.Lock()

    def handle(self, message_id: str, to: str, text: str) -> tuple[int, dict[str, str]]:
        """Take a text or refuse it; return the status and headers of the answer."""
        with self._lock:
            self.tries[message_id] += 1
            if "[busy]" in text and self.tries[message_id] == 1:
                self.refused.add(to)
                return 429, {"Retry-After": "1"}
            if "[refused]" in text:
                self.refused.add(to)
                return 400, {}
            # Whether a server that says 500 took the text, nobody knows; this one did.
            self.taken.append(Taken(message_id=message_id, to=to, text=text, at=time.monotonic()))
        return (500 if "[down]" in text else 201), {}

    def to(self, address: str) -> list[Taken]:
        """Return what left for an address, in order."""
        with self._lock:
            return [taken for taken in self.taken if taken.to == address]


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a stand-in on a free port of the loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers = provider.handle(body["message_id"], body["to"], body["text"])
            if "[hang]" in body["text"]:
                time.sleep(HANG_S)
            try:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()
            except OSError:
                self.close_connection = True  # the sender was killed, or waited no longer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A sender that is killed in the middle of a request is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class HttpSender:
    """Sends to the stand-in, and reads its answers as a channel's sender does."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        import httpx

        self._client = httpx.Client(base_url=url, timeout=timeout_s)

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        import httpx

        del sender, media
        try:
            answer = self._client.post("/", json={"message_id": message_id, "to": to, "text": text})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TransientSendError("cannot be reached") from error
        except httpx.HTTPError as error:
            raise UnknownSendError("no answer") from error
        return read_answer(message_id, answer.status_code, answer.headers)


class DirectSender:
    """Sends to the stand-in within one process, for tests that need no killing."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        del sender, media
        status, headers = self._provider.handle(message_id, to, text)
        if "[hang]" in text:
            raise UnknownSendError("no answer")
        return read_answer(message_id, status, headers)


def read_answer(message_id: MessageId, status: int, headers: Mapping[str, str]) -> Receipt:
    """Read an answer of the stand-in as a channel's sender does.

    Raises:
        SendError: it did not say that it took the text.
    """
    if status == 429:
        raise TransientSendError("busy", code="429", retry_after_s=float(headers["Retry-After"]))
    if status >= 500:
        raise UnknownSendError("a fault of the provider", code="500")
    if status >= 400:
        raise PermanentSendError("refused", code="400")
    return Receipt(provider_id=f"PX_{message_id}")

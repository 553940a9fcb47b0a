"""A chat-completions endpoint on loopback that plays what a model or its server may do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {"answerable": True, "sentences": [{"text": "Standard shipping costs $5.95.", "source": 1}]}
INVENTED = {"answerable": True, "sentences": [{"text": "Standard shipping costs $2.", "source": 1}]}


@dataclass
class Play:
    """What the server does next, and what it was asked.

    ``turned_away`` are the statuses that the next requests get, before anything is played.
    """

    does: str = "good"
    answer: Any = field(default_factory=lambda: GOOD)
    asked: list[dict[str, Any]] = field(default_factory=list)
    turned_away: list[int] = field(default_factory=list)
    message: str = "broken"
    retry_after: str = ""
    release: threading.Event = field(default_factory=threading.Event)


@contextmanager
def llm_server() -> Iterator[tuple[str, Play]]:
    """Run the server on a free port; gives its base URL and what it plays."""
    play = Play()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(play))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", play
    finally:
        play.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(play: Play) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            play.asked.append(json.loads(body))
            if play.turned_away:
                self._send(play.turned_away.pop(0), _error(play))
                return
            self._play()

        def _play(self) -> None:
            if play.does == "never":
                play.release.wait(20)
            elif play.does == "drip":
                self._drip()
            else:
                play.release.wait(0.2 if play.does == "slow" else 0)
                self._send(500 if play.does == "error" else 200, _body(play))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status >= HTTPStatus.BAD_REQUEST and play.retry_after:
                self.send_header("Retry-After", play.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            try:
                while not play.release.is_set():
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.02)
            except OSError:
                return  # the client has had enough: what the test is about

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    return Handler


def _body(play: Play) -> bytes:
    """Return what is sent: as given, as a model's plain text, or as a model's JSON."""
    if play.does == "error":
        return _error(play)
    if play.does == "raw":
        return str(play.answer).encode()
    return _completion(str(play.answer) if play.does == "text" else json.dumps(play.answer))


def _error(play: Play) -> bytes:
    return json.dumps({"error": {"message": play.message}}).encode()


def _completion(content: str) -> bytes:
    return json.dumps(
        {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": content},
                }
            ],
            "usage": {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100},
        }
    ).encode()

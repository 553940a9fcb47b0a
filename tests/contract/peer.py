"""What the contract suite needs to know of a provider, and a stand-in for its HTTP API."""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from agent.domain.messages import Delivery
from agent.errors import SendProblem, UnknownSendError

PUBLIC_URL = "https://sms.shop.example"
BRAND_NUMBER = "+15550100200"


@dataclass(frozen=True)
class Call:
    """One webhook call as it goes over the wire. ``path`` holds the query too."""

    path: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"

    def with_headers(self, **headers: str) -> "Call":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True)
class Answer:
    """What the stand-in answers.

    ``hangs``: nothing until the caller gives up; ``drops``: it reads and closes the connection.
    """

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """A request that the stand-in got."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.content.decode(), keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Sent:
    """A text as the provider understands our request."""

    to: str
    sender: str
    text: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """An answer to a send, and what it means to us."""

    answer: Answer
    problem: SendProblem
    code: str = ""


class Peer(ABC):
    """Plays one provider. Class attributes say what it can; the suite leaves out the rest.

    ``provider``: the name in our rows. ``secrets``: values that no log may show. ``words``: the
    words of its statuses and what each means. ``codes``: error codes in a status, with their
    meaning. ``refusals``: answers to a send that are a no.
    """

    provider: str
    secrets: Sequence[str] = ()
    signs = True
    has_body = True
    media_in = True
    media_out = True
    sends_over_http = True
    words: Mapping[str, Delivery] = {}
    codes: Mapping[str, SendProblem] = {}
    failing_word = ""
    """The status that carries an error code; empty: none does."""
    refusals: Sequence[Refusal] = ()
    on_server_error: type[Exception] = UnknownSendError

    @abstractmethod
    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        """Return the settings that set the channel up against a stand-in; files go in folder."""

    @abstractmethod
    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        """Make the call for a customer's text, not signed yet."""

    def sign(self, call: Call) -> Call:
        """Sign a call, whatever is in it."""
        return call

    def forge(self, call: Call) -> Call:
        """Sign another text, and send this one under it."""
        other = self.inbound(provider_id="another", text="another text", sender="+15550100999")
        return replace(call, headers={**call.headers, **self.sign(other).headers})

    def stored_id(self, provider_id: str) -> str:
        """Return the id in our rows for the provider's."""
        return provider_id

    def wrong(self) -> Mapping[str, Call]:
        """Return calls, not signed yet, with missing fields or fields of wrong types."""
        return {}

    def status(self, word: str, *, provider_id: str, message_id: str = "", code: str = "") -> Call:
        """Make the call for news of a delivery, not signed yet."""
        raise NotImplementedError

    def accepted(self, provider_id: str) -> Answer:
        """Return the answer to a send that it takes."""
        raise NotImplementedError

    def read(self, asked: Asked) -> Sent:
        """Read our request as the provider would."""
        raise NotImplementedError


@dataclass
class StandIn:
    """A provider's HTTP API on loopback: keeps what it was asked, answers what it was told."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    otherwise: Answer = field(default_factory=Answer)

    def expect(self, *answers: Answer) -> None:
        self.asked.clear()
        self.answers[:] = answers

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if self.answers else self.otherwise


def _handler(stand_in: StandIn, closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand_in.asked.append(Asked(self.command, self.path, dict(self.headers), content))
            answer = stand_in.next_answer()
            if answer.hangs:
                closing.wait(2.0)
            if answer.hangs or answer.drops:
                self.close_connection = True
                return
            self.send_response(answer.status)
            sizes = {"Content-Length": str(len(answer.content))}
            for name, value in {**answer.headers, **sizes}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _take  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Run a stand-in."""
    stand_in, closing = StandIn(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in, closing))
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    yield stand_in
    closing.set()
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def unix_now() -> int:
    return int(time.time())

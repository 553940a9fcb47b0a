"""What stands around a service under load: a provider that takes replies, and a crowd that texts.

Bare sockets on one event loop each, so that they cost little of the machine that is measured.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

TOKEN = "load-token"  # noqa: S105 - of the stand-in
ACCOUNT = "ACload"
BRAND_NUMBER = "+15550100200"


@dataclass
class Replies:
    """What the service has sent, as the provider saw it."""

    at: dict[str, float] = field(default_factory=dict)
    """First reply by customer, ``time.monotonic``."""
    count: Counter[str] = field(default_factory=Counter)
    last: float = 0.0


class Provider:
    """Takes what the service sends, in a thread of its own."""

    def __init__(self, latency_s: float = 0.0) -> None:
        self.replies = Replies()
        self.url = ""
        self._latency_s = latency_s
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._number = 0

    def start(self) -> None:
        """Listen on a free port of the loopback."""
        self._thread.start()
        self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_forever()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, body = await read_message(reader)
                form = parse_qs(body.decode())
                to, now = form["To"][0], time.monotonic()
                self.replies.at.setdefault(to, now)
                self.replies.count[to] += 1
                self.replies.last = now
                if self._latency_s:
                    await asyncio.sleep(self._latency_s)
                self._number += 1
                answer = json.dumps({"sid": f"SMout{self._number}"}).encode()
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: "
                    + str(len(answer)).encode() + b"\r\n\r\n" + answer
                )  # fmt: skip
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@dataclass(frozen=True)
class Delivered:
    """A webhook call. ``took_ms`` until its answer; ``at`` is when it began."""

    sender: str
    status: int
    took_ms: float
    at: float


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read the head and the body of an HTTP message with a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head, await reader.readexactly(length)


def signed_request(url: str, form: dict[str, str]) -> bytes:
    """Make a webhook call as Twilio signs it: HMAC-SHA1 over the address and the sorted form."""
    signed = url + "".join(key + form[key] for key in sorted(form))
    mac = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    body = urlencode(form).encode()
    host = url.split("/")[2]
    path = url.split(host, 1)[1]
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {base64.b64encode(mac).decode()}\r\n\r\n"
    ).encode() + body


async def deliver(
    url: str,
    texts: Sequence[tuple[str, str]],
    *,
    per_s: float | None,
    connections: int,
    prefix: str,
) -> list[Delivered]:
    """Deliver texts ``(sender, text)``.

    ``per_s``: at this rate whatever the service does, a late call counts from when it was due;
    None: as fast as ``connections`` calls at a time are answered.
    """
    began = time.monotonic()
    queue = iter(enumerate(texts))
    done: list[Delivered] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2]))
        for number, (sender, text) in queue:
            due = time.monotonic() if per_s is None else began + number / per_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            form = {"MessageSid": f"{prefix}{number}", "From": sender, "To": BRAND_NUMBER,
                    "Body": text, "NumMedia": "0", "AccountSid": ACCOUNT}  # fmt: skip
            writer.write(signed_request(f"{url}/webhooks/twilio/sms", form))
            head, _ = await read_message(reader)
            status = int(head.split(b" ", 2)[1])
            done.append(Delivered(sender, status, (time.monotonic() - due) * 1000, due))
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return done

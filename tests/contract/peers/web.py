"""A visitor's browser, with the cookie that the chat's page gave it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.secrets_file import load_secrets
from api.channels.web.visitors import COOKIE, Visitors
from tests.contract.peer import BRAND_NUMBER, Call, Peer

PATH = "/chat/messages"
HEADERS = {"content-type": "application/json"}


class Web(Peer):
    provider = "web"
    media_in = False
    media_out = False
    sends_over_http = False

    def __init__(self) -> None:
        self._senders: dict[str, str] = {}
        self._visitors: dict[bytes, str] = {}

    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        # The service finds the same secrets in its home.
        _homes.append(folder)
        return {"chat": True}

    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        self._senders[provider_id] = sender
        content = json.dumps({"id": provider_id, "text": text}).encode()
        self._visitors[content] = sender
        return Call(PATH, content, HEADERS)

    def sign(self, call: Call) -> Call:
        sender = self._visitors.get(call.content, "visitor-of-rubbish")
        return call.with_headers(cookie=f"{COOKIE}={_cookie(sender)}")

    def forge(self, call: Call) -> Call:
        return call.with_headers(cookie=f"{COOKIE}={_cookie('visitor-1')[:-2]}xx")

    def stored_id(self, provider_id: str) -> str:
        return f"{self._senders[provider_id]}:{provider_id}"

    def wrong(self) -> Mapping[str, Call]:
        return {
            "no id": self.inbound(provider_id="", text="hi", sender="visitor-1"),
            "an id with blanks": self.inbound(provider_id="a b", text="hi", sender="visitor-2"),
            "nothing": Call(PATH, b"{}", HEADERS),
            "a number": Call(PATH, b'{"id": "1", "text": 7}', HEADERS),
            "more": Call(PATH, b'{"id": "1", "text": "hi", "from": "+15550100301"}', HEADERS),
            "too long": Call(PATH, json.dumps({"id": "1", "text": "x" * 4001}).encode(), HEADERS),
        }


_homes: list[Path] = []


def _cookie(address: str) -> str:
    secret = load_secrets(_homes[0]).session
    return Visitors(secret=secret, secure=True, embedded=False).cookie(address)


def make() -> Peer:
    return Web()

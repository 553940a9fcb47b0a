"""What a kind of gateway speaks: its calls to us, ours to it, and what the answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from agent.domain.ids import MessageId
from agent.domain.messages import Delivery
from agent.errors import SendProblem
from agent.replies.segments import encoding_of, measure, split
from api.channels.gateway.fields import Fields

LONGEST_CODE = 60
"""Characters kept of what a gateway says about a failure."""

_FULL = {"GSM-7": measure("a" * 161).units[0], "UCS-2": measure("ж" * 71).units[0]}
"""Units of a full part among several, as ``agent.replies.segments`` cuts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayText:
    """A text as the gateway gives it; ``given_id`` and ``sent_at`` may be empty."""

    sender: str
    recipient: str
    text: str
    given_id: str
    sent_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayNews:
    """What a receipt says. ``delivery`` is None where it says nothing that we keep."""

    delivery: Delivery | None
    problem: SendProblem | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where and as whom we send."""

    send_url: str
    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One call's worth of a message: part ``number`` of ``total`` (from 1).

    ``receipt_url`` is where news of it go, empty for none.
    """

    message_id: MessageId
    to: str
    sender: str
    text: str
    number: int
    total: int
    receipt_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that is no yes. ``problem`` is None where the words say nothing that we know."""

    reason: str
    problem: SendProblem | None


class Dialect(Protocol):
    """A kind of gateway. Holds no state."""

    acknowledgement: str
    """The body of our answer to each of its calls."""
    receipt_fields: Mapping[str, str]
    """What it fills in, if put into the address of receipts."""
    bodies: tuple[str, ...]
    """Content types of posts whose body is the text itself."""
    minds_escapes: bool
    """Whether it keeps GSM escape pairs whole where it cuts long texts."""

    def read_text(self, fields: Fields) -> GatewayText:
        """Read an inbound text.

        Raises:
            InvalidInputError: a field is missing or wrong.
        """
        ...

    def read_news(self, fields: Fields) -> GatewayNews:
        """Read a receipt."""
        ...

    def request(self, account: Account, part: Part) -> httpx.Request:
        """Make the call that sends one part."""
        ...

    def read_answer(self, response: httpx.Response) -> Refusal | None:
        """Return None where it took the text, else what it says."""
        ...


def cut(text: str, *, minds_escapes: bool) -> tuple[str, ...]:
    """Cut a text into what is sent by one call each: one, unless the gateway would cut badly.

    Gateways cut at full parts, through surrogate pairs and graphemes, some through escape pairs;
    where none lies across such a place, the gateway's own cutting is as good as ours and keeps
    the message one.
    """
    encoding = encoding_of(text)
    parts = split(text)
    if encoding == "GSM-7" and minds_escapes:
        return (text,)
    full = all(sum(measure(part).units) == _FULL[encoding] for part in parts[:-1])
    return (text,) if full else parts


def refusal(said: str, problems: Mapping[str, SendProblem]) -> Refusal:
    """Return a refusal; ``problems`` are what reasons mean, by some of their (lower-case) words."""
    words = said.strip()
    meant = next((p for part, p in problems.items() if part in words.lower()), None)
    return Refusal(reason=words, problem=meant)

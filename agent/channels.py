"""What the outbox needs from a channel. Implementations live in ``api/channels`` and below."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from agent.domain.ids import MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A provider took a message. ``delivered``: it is already where it should be."""

    provider_id: str
    delivered: bool = False


class Sender(Protocol):
    """Sends texts through one provider."""

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        """Hand one text to the provider.

        Args:
            message_id: ours, for delivery news that come before the answer.
            to: the customer's address.
            sender: the brand's address.
            text: what is said.
            media: links of pictures to go along; a channel without pictures appends the links.

        Raises:
            TransientSendError: surely not taken; try again later.
            PermanentSendError: surely not taken; never try again.
            UnknownSendError: nobody knows.
        """
        ...


CLOCK_SKEW = timedelta(seconds=60)
"""How far a provider's clock may be from ours when we look for a message by its time."""


@runtime_checkable
class LooksUp(Protocol):
    """A sender whose provider can be asked what became of a send with unknown outcome."""

    def find_sent(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        not_before: datetime,
        taken: Collection[str] = (),
    ) -> Receipt | None:
        """Find a text that the provider took at or after ``not_before``; None: it has none.

        Args:
            message_id: ours, where the provider keeps it.
            to: the customer's address.
            sender: the brand's address.
            text: what was said.
            not_before: when the send began (UTC); clocks may differ by ``CLOCK_SKEW``.
            taken: ids of this provider that other messages of ours have: the same words sent
                twice must not be taken for one another.

        Raises:
            TransientSendError: the provider cannot be asked now.
            PermanentSendError: it can never be asked.
        """
        ...


class LocalSender:
    """Web chat, simulator and terminal: what is stored is delivered, pages read it from there."""

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        """Deliver at once."""
        del message_id, to, sender, text, media
        return Receipt(provider_id=f"local_{secrets.token_hex(8)}", delivered=True)


LOCAL_PROVIDERS = ("web", "simulator", "cli")
"""Providers whose messages never leave this machine."""
